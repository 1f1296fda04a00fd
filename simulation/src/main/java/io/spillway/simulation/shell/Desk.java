package io.spillway.simulation.shell;

import io.spillway.Spillway;
import io.spillway.failure.BadInputException;
import io.spillway.model.Hostlist;
import io.spillway.simulation.Simulation;
import io.spillway.simulation.VirtualTime;
import io.spillway.simulation.Watch;
import io.spillway.timeline.Event;
import io.spillway.timeline.Timeline;
import java.time.Duration;
import java.util.Optional;

/** The site that the shell's lines are about. */
interface Desk extends AutoCloseable {
    /** The front door. */
    Spillway site();

    /** Lets time pass. */
    void advance(Duration some);

    /** A user submits a job; its id. */
    String submit(String name, Duration length);

    /** What happened since the shell began. */
    Timeline timeline();

    /** A decision, for the timeline. */
    void note(Event event);

    /** The shell leaves it. */
    @Override
    default void close() {
        site().close();
    }

    /** The simulated one. */
    static Desk simulated() {
        return new Simulated();
    }

    /** A real one: its time passes by itself, and its users submit jobs by sbatch. */
    record Real(Spillway site, RealWatch watch) implements Desk {
        /** From one look to the next: a step of a node's way takes about as long. */
        private static final Duration INTERVAL = Duration.ofSeconds(10);

        Real(Spillway site) {
            this(site, new RealWatch(site::view, INTERVAL));
            watch.look();
        }

        @Override
        public void close() {
            watch.close();
            site.close();
        }

        @Override
        public void advance(Duration some) {
            throw new BadInputException(
                    null, "time passes by itself at a real site; simulate() has one where it does not");
        }

        @Override
        public String submit(String name, Duration length) {
            throw new BadInputException(null, "at a real site jobs are submitted by sbatch");
        }

        @Override
        public Timeline timeline() {
            return watch.timeline();
        }

        @Override
        public void note(Event event) {}
    }

    /** Two hosts, and sixteen names for nodes. */
    final class Simulated implements Desk {
        private static final Duration LIMIT = Duration.ofHours(24);

        private final VirtualTime time = new VirtualTime();
        private final Simulation simulation = new Simulation(time);
        private final Spillway site;
        private final Watch watch;

        Simulated() {
            simulation.physical("cn01");
            simulation.physical("cn02");
            site = simulation.spillway(Hostlist.parse("vn[01-16]")).within(LIMIT);
            watch = simulation.watch();
        }

        @Override
        public Spillway site() {
            return site;
        }

        @Override
        public void advance(Duration some) {
            simulation.pass(some);
        }

        @Override
        public String submit(String name, Duration length) {
            return simulation.submit(name, Optional.empty(), length);
        }

        @Override
        public Timeline timeline() {
            return watch.timeline();
        }

        @Override
        public void note(Event event) {
            watch.note(event);
        }
    }
}
