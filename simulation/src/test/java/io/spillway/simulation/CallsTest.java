package io.spillway.simulation;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * How often an operation asks Salt and Nova, and how much of its time is Spillway's own, where a call to Salt takes 1 s
 * and one to Nova 0.1 s: by a command that looks first, and by a daemon that has looked 10 s ago. Too many is a failure:
 * what is gained once stays.
 */
class CallsTest {
    private static final Duration SALT = Duration.ofSeconds(1);
    private static final Duration NOVA = Duration.ofMillis(100);

    /** So the calls to Nova and Neutron begin; all others go to Salt. */
    private static final List<String> CLOUD = List.of(
            "list servers",
            "write",
            "forget",
            "suspend server",
            "resume server",
            "start server",
            "unpause server",
            "live-migrate",
            "newest migration",
            "has port");

    private static final Pool HTC = new Pool("htc", "htc", Hostlist.parse("vn[01-02]"), 2);
    private static final List<String> TABLE = new ArrayList<>();

    private final VirtualTime time = new VirtualTime();
    private final Simulation site = new Simulation(time);
    private final List<String> asked = new ArrayList<>();

    @BeforeEach
    void oneNodeWithAJob() {
        site.ready("vn01");
        site.running("11", "vn01");
        site.pass(Duration.ofMinutes(1));
    }

    private Wire wire() {
        return new Wire() {
            @Override
            public <T> T call(String what, Supplier<T> work) {
                asked.add(what);
                Duration half = (nova(what) ? NOVA : SALT).dividedBy(2);
                site.pass(half);
                T answer = work.get();
                site.pass(half);
                return answer;
            }
        };
    }

    private static boolean nova(String what) {
        return CLOUD.stream().anyMatch(what::startsWith);
    }

    private void measure(Reconciler by, String operation, Goal goal, int mostOfSalt) {
        asked.clear();
        var limits = new Reconciler.Limits(
                time.nanos() + Duration.ofMinutes(5).toNanos(), () -> false, told -> {}, Optional.empty());
        NodeOutcome outcome = by.bring(NodeName.of("vn01"), goal, Optional.of(HTC), limits);
        assertThat(outcome.failure()).as(operation).isEmpty();
        long salt = asked.stream().filter(what -> !nova(what)).count();
        TABLE.add("calls: %-20s Salt %2d, Nova %2d, %5.1f s, of which %4.1f s own"
                .formatted(
                        operation,
                        salt,
                        asked.size() - salt,
                        outcome.took().toMillis() / 1e3,
                        outcome.own().toMillis() / 1e3));
        assertThat(salt).as("%s asks Salt: %s", operation, asked).isLessThanOrEqualTo(mostOfSalt);
        site.pass(Duration.ofMinutes(1));
    }

    private void command(String operation, Goal goal, int mostOfSalt) {
        measure(new Reconciler(site.ports(wire()), time), operation, goal, mostOfSalt);
    }

    @Test
    void eachOperationAsksSaltNoMoreThanItMust() {
        command("checkpoint", Goal.CHECKPOINTED, 5);
        command("restore", Goal.READY, 4);
        command("hold", Goal.HELD, 4);
        command("release", Goal.READY, 4);
        command("migrate", Goal.READY.on("cn02"), 3);
        site.admin().cancels("11");
        site.pass(Duration.ofMinutes(1));
        command("down", Goal.ABSENT, 4);
        command("up", Goal.READY, 4);
    }

    @Test
    void anOrderThroughADaemonBeginsByItsLook() {
        daemon("checkpoint", Goal.CHECKPOINTED, 4);
        daemon("restore", Goal.READY, 4);
        daemon("hold", Goal.HELD, 3);
        daemon("release", Goal.READY, 3);
        daemon("migrate", Goal.READY.on("cn02"), 2);
        site.admin().cancels("11");
        site.pass(Duration.ofMinutes(1));
        daemon("down", Goal.ABSENT, 3);
    }

    private void daemon(String operation, Goal goal, int mostOfSalt) {
        Reconciler reconciler = new Reconciler(site.ports(wire()), time);
        OldLook.give(reconciler, site.ports(wire()).slurm().site(), time.nanos());
        site.pass(Duration.ofSeconds(10));
        measure(reconciler, "daemon's " + operation, goal, mostOfSalt);
    }

    @AfterAll
    static void tell() throws IOException {
        String table = String.join("\n", TABLE) + "\n";
        System.out.print(table);
        Files.writeString(Files.createDirectories(Path.of("target")).resolve("calls.txt"), table);
    }
}
