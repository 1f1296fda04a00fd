package io.spillway.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spillway.model.Goal;
import io.spillway.model.Hostlist;
import io.spillway.model.NodeName;
import io.spillway.model.Pool;
import io.spillway.reconcile.NodeOutcome;
import io.spillway.reconcile.OldLook;
import io.spillway.reconcile.Reconciler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * How much longer each operation takes than it must, by order of a daemon that has looked 10 s ago, on a node without
 * jobs, where the parts take what they take on the lab. What no one can avoid is told by the site and not by the
 * reconciler: the calls that change something or prove the guest, and the time that Nova is at work. All else is our own:
 * looks, notes in the metadata, and what Nova has long done before we notice.
 */
class OwnShareTest {
    private static final Duration SALT = Duration.ofMillis(650);
    private static final Duration NOVA = Duration.ofMillis(75);

    /** As usual, but for how long Nova takes to bring a server back and to move it. */
    private static final Durations ON_THE_LAB =
            new Durations(0.06, 0.06, 8, 20, 15, 3, 4.5, 11.5 / Vm.SIZE.memory(), 1);

    /** What of an operation's time may be our own, or how long that may be. */
    private static final double MOST = 0.10;

    private static final Duration LEAST = Duration.ofMillis(500);

    private static final List<String> OWN =
            List.of("look at Slurm", "list servers", "newest migration", "has port", "write", "forget");
    private static final List<String> OF_NOVA = List.of(
            "list servers",
            "newest migration",
            "has port",
            "write",
            "forget",
            "suspend server",
            "resume server",
            "live-migrate");
    private static final List<String> NOTES = List.of("write", "forget");

    private static final Pool HTC = new Pool("htc", "htc", Hostlist.parse("vn[01-02]"), 2);
    private static final List<String> TABLE = new ArrayList<>();

    private final VirtualTime time = new VirtualTime();
    private final Simulation site = new Simulation(time, ON_THE_LAB);
    private Duration floor = Duration.ZERO;
    private Duration notes = Duration.ZERO;

    private static boolean among(List<String> calls, String what) {
        return calls.stream().anyMatch(what::startsWith);
    }

    private Wire wire() {
        return new Wire() {
            @Override
            public <T> T call(String what, Supplier<T> work) {
                long began = time.nanos();
                Duration half = (among(OF_NOVA, what) ? NOVA : SALT).dividedBy(2);
                site.pass(half);
                T answer = work.get();
                site.pass(half);
                Duration took = Duration.ofNanos(time.nanos() - began);
                if (among(NOTES, what)) {
                    notes = notes.plus(took);
                } else if (!among(OWN, what)) {
                    floor = floor.plus(took).plus(then(what, half));
                }
                return answer;
            }
        };
    }

    /** So much longer Nova is at work after it has answered. */
    private Duration then(String what, Duration half) {
        if (what.startsWith("suspend server")) {
            return Durations.time(ON_THE_LAB.suspend()).minus(half);
        }
        if (what.startsWith("resume server")) {
            return Durations.time(ON_THE_LAB.resume()).minus(half);
        }
        return what.startsWith("live-migrate")
                ? ON_THE_LAB.migration(Vm.SIZE.memory()).minus(half)
                : Duration.ZERO;
    }

    /** What is gained once stays: no operation takes more of its own than that, in seconds. */
    private void costsLittleMoreThanItMust(String operation, Goal goal, double most) {
        Reconciler reconciler = new Reconciler(site.ports(wire()), time);
        OldLook.give(reconciler, new SimulatedSlurm(site, site.wire()).seen(), time.nanos());
        site.pass(Duration.ofSeconds(10));
        floor = Duration.ZERO;
        notes = Duration.ZERO;
        var limits = new Reconciler.Limits(
                time.nanos() + Duration.ofMinutes(5).toNanos(), () -> false, told -> {}, Optional.empty());
        NodeOutcome outcome = reconciler.bring(NodeName.of("vn01"), goal, Optional.of(HTC), limits);
        assertThat(outcome.failure()).as(operation).isEmpty();
        // who waits for a guest to boot asks it again and again: there its own account must do
        boolean boots = operation.equals("up");
        Duration own = boots ? outcome.own().plus(notes) : outcome.took().minus(floor);
        double share = (double) own.toNanos() / outcome.took().toNanos();
        TABLE.add("share: %-18s %5.2f s, of which %4.2f s own (%4.1f %%); by its own account %4.2f s, and %4.2f s notes"
                .formatted(
                        operation,
                        outcome.took().toMillis() / 1e3,
                        own.toMillis() / 1e3,
                        100 * share,
                        outcome.own().toMillis() / 1e3,
                        notes.toMillis() / 1e3));
        assertThat(own.compareTo(LEAST) <= 0 || share <= MOST)
                .as("%s takes %s, of which %s is our own", operation, outcome.took(), own)
                .isTrue();
        assertThat(own.toMillis() / 1e3).as("%s, our own seconds", operation).isLessThanOrEqualTo(most);
        assertThat(outcome.own().plus(notes).toMillis())
                .as("%s: its own account tells the truth", operation)
                .isCloseTo(own.toMillis(), within(200L));
        site.pass(Duration.ofMinutes(1));
    }

    @Test
    void eachOperationCostsLittleMoreThanItMust() {
        site.ready("vn01");
        site.pass(Duration.ofMinutes(1));
        costsLittleMoreThanItMust("migrate", Goal.READY.on("cn02"), 0.6);
        costsLittleMoreThanItMust("checkpoint", Goal.CHECKPOINTED, 0.25);
        costsLittleMoreThanItMust("restore", Goal.READY, 0.9);
        costsLittleMoreThanItMust("hold", Goal.HELD, 0.2);
        costsLittleMoreThanItMust("release", Goal.READY, 0.25);
        costsLittleMoreThanItMust("checkpoint again", Goal.CHECKPOINTED, 0.25);
        costsLittleMoreThanItMust("restore elsewhere", Goal.READY.on("cn01"), 1.3);
        costsLittleMoreThanItMust("down", Goal.ABSENT, 0.4);
        costsLittleMoreThanItMust("up", Goal.READY, 1.3);
    }

    @AfterAll
    static void tell() throws IOException {
        String table = String.join("\n", TABLE) + "\n";
        System.out.print(table);
        Files.writeString(Files.createDirectories(Path.of("target")).resolve("shares.txt"), table);
    }
}
