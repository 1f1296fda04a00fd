package io.spillway.simulation;

import io.spillway.Pilot;
import io.spillway.Spillway;
import io.spillway.failure.BadInputException;
import io.spillway.failure.DeadlineException;
import io.spillway.policy.Action;
import io.spillway.policy.Plan;
import io.spillway.reconcile.Keeper;
import io.spillway.reconcile.Looks;
import io.spillway.slurm.Happenings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What {@code spillwayd} is at a real site: looks every 30 s and soon after something happened, keeps the goals, and goes a
 * round of the site's policies after each look. It lives in the thread that lets time pass. As threadsafe as the
 * {@link VirtualTime}.
 */
public final class SimulatedDaemon implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    /** As the real one: a storm of events is no storm of looks. */
    private static final Duration CALM = Duration.ofSeconds(1);

    private static final Duration SLICE = Duration.ofMillis(250);

    /** The same decision so often at one moment is no decision any more. */
    private static final int OFTEN = 100;

    private final Simulation simulation;
    private final Spillway site;
    private final Keeper keeper;
    private final Pilot pilot;
    private final Happenings.Listening listening;
    private final List<Decision> decisions = new ArrayList<>();
    private final Map<String, Integer> atThisMoment = new HashMap<>();
    private long moment = -1;
    private long nextLook;

    /**
     * A policy's decision.
     *
     * @param seconds when, since the site began
     * @param action what, and why
     */
    public record Decision(double seconds, Action action) {}

    /**
     * A daemon for a site.
     *
     * @param simulation the site
     * @param site the front door to it, with its policies
     */
    public SimulatedDaemon(Simulation simulation, Spillway site) {
        this.simulation = simulation;
        this.site = site;
        this.keeper = site.keeper("simulated", INTERVAL, told -> {});
        this.pilot = site.pilot(Pilot.Memory.NONE);
        this.listening =
                simulation.listen(happened -> nextLook = Math.min(nextLook, simulation.time.nanos() + CALM.toNanos()));
    }

    /**
     * One look and one round of the policies, now.
     *
     * @return what was begun
     * @throws BadInputException if the policies decide the same again and again at this moment: for ever, as no time passes
     */
    public Plan round() {
        nextLook = simulation.time.nanos() + INTERVAL.toNanos();
        Optional<Looks.View> seen;
        try {
            seen = keeper.look();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("nobody interrupts here", interrupted);
        }
        Plan plan = seen.map(look -> pilot.round(site.view(look)))
                .orElseGet(() -> new Plan(site.name(), simulation.clock(), List.of(), List.of()));
        plan.actions().forEach(this::decided);
        return plan;
    }

    private void decided(Action action) {
        long now = simulation.time.nanos();
        if (now != moment) {
            moment = now;
            atThisMoment.clear();
        }
        String what = action.verb() + " " + action.subject();
        if (atThisMoment.merge(action.why().policy() + ": " + what, 1, Integer::sum) > OFTEN) {
            throw new BadInputException(
                    action.subject(),
                    "policy %s decides for ever at %s, second %.1f of the simulation: %s, %d times and no time passes"
                            .formatted(action.why().policy(), simulation.clock(), now / 1e9, what, OFTEN));
        }
        decisions.add(new Decision(now / 1e9, action));
        simulation.decided(action);
    }

    /**
     * Lets time pass, with looks and rounds.
     *
     * @param some how much
     */
    public void pass(Duration some) {
        long until = simulation.time.nanos() + some.toNanos();
        while (simulation.time.nanos() < until) {
            if (simulation.time.nanos() >= nextLook) {
                rounds();
            } else {
                simulation.pass(SLICE);
            }
        }
    }

    /** What took no time, as on a wire that takes none, is decided upon at once. */
    private void rounds() {
        long before;
        Plan plan;
        do {
            before = simulation.time.nanos();
            plan = round();
        } while (!plan.isEmpty() && simulation.time.nanos() == before);
    }

    /**
     * Lets time pass until something is so.
     *
     * @param what what is awaited, for people
     * @param test whether it is so
     * @param most so long at most
     * @throws DeadlineException if it is not so by then
     */
    public void until(String what, BooleanSupplier test, Duration most) {
        long end = simulation.time.nanos() + most.toNanos();
        while (!test.getAsBoolean()) {
            if (simulation.time.nanos() > end) {
                throw new DeadlineException(null, "not seen within %d s: %s".formatted(most.toSeconds(), what));
            }
            pass(SLICE);
        }
    }

    /**
     * What policies have decided; said again before it was seen to be under way, it is still one decision.
     *
     * @return in order
     */
    public List<Decision> decisions() {
        Map<String, Decision> once = new LinkedHashMap<>();
        decisions.forEach(one -> once.putIfAbsent(one.action().line(), one));
        return List.copyOf(once.values());
    }

    @Override
    public void close() {
        listening.close();
    }
}
