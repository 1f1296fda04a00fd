package io.spillway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.model.Goal;
import io.spillway.model.Hostlist;
import io.spillway.model.Node;
import io.spillway.model.Phase;
import io.spillway.model.Pool;
import io.spillway.simulation.Simulation;
import io.spillway.simulation.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two daemons on a site without a server, where there is nothing to bear a lease: both lead, and Slurm's power saving
 * wants a node of both. Its server is made once all the same, and one of them leads from then on.
 */
class EmptySiteTest {
    private static final Pool HTC = new Pool("htc", "htc", Hostlist.parse("vn[01-02]"), 2);
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final VirtualTime time = new VirtualTime();
    private final Simulation site = new Simulation(time);

    /** From the same moment to one that is later than a whole creation, in steps that a call's time is no part of. */
    static List<Duration> laterBy() {
        return IntStream.range(0, 40)
                .mapToObj(step -> Duration.ofMillis(step * 37L + (step > 20 ? (step - 20) * 2013L : 0)))
                .toList();
    }

    private Keeper daemon(String me) {
        Reconciler reconciler = new Reconciler(site.ports(site.wire()), time);
        Lanes lanes = new Lanes(reconciler, time::begin, () -> {});
        Lease lease = new Lease(reconciler.ports.cloud(), me, time);
        return new Keeper(reconciler, lanes, List.of(HTC), lease, INTERVAL, told -> {});
    }

    private void look(Keeper keeper, Duration late) {
        try {
            time.sleep(late);
            for (int looks = 0; looks < 60; looks++) {
                keeper.look();
                time.sleep(INTERVAL);
            }
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException("nobody interrupts here", interrupted);
        }
    }

    @Timeout(30)
    @ParameterizedTest
    @MethodSource("laterBy")
    void itsServerIsMadeOnceAndThenOneLeads(Duration later) throws InterruptedException {
        site.switchedOn("vn01");
        Keeper first = daemon("a@one");
        Keeper second = daemon("b@two");
        time.run(List.of(() -> look(first, Duration.ZERO), () -> look(second, later)));
        assertThat(site.story().stream().filter(line -> line.contains("create")))
                .hasSize(1);
        assertThat(site.story()).noneMatch(line -> line.contains("destroy") || line.contains("delete"));
        assertThat(List.of(first.leads(), second.leads())).containsOnlyOnce(true);
        assertThat(first.troubles()).isEmpty();
        assertThat(second.troubles()).isEmpty();
        List<Node> nodes = first.look().orElseThrow().nodes();
        assertThat(nodes).extracting(Node::phase).containsExactly(Phase.READY);
        assertThat(nodes).allMatch(node -> node.goal().equals(Optional.of(Goal.READY)));
    }
}
