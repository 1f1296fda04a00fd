package io.spillway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillway.cloud.ServerStatus;
import io.spillway.failure.FailedException;
import io.spillway.failure.NoCapacityException;
import io.spillway.model.Bounds;
import io.spillway.model.Goal;
import io.spillway.model.Hostlist;
import io.spillway.model.NodeName;
import io.spillway.model.Pool;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class BreakersTest {
    private static final Pool HTC = new Pool("htc", "htc", Hostlist.parse("vn[01-08]"), 8);

    private final World world = new World();
    private final Reconciler reconciler = new Reconciler(world.ports(), world);

    private NodeOutcome up(String node) {
        var limits = new Reconciler.Limits(
                world.nanos() + Duration.ofMinutes(20).toNanos(), () -> false, told -> {}, Optional.empty());
        return reconciler.bring(NodeName.of(node), Goal.READY, Optional.of(HTC), limits);
    }

    @Test
    void noRoomClosesThePoolForAWhileAndOneServerTriesAgain() {
        boolean[] full = {true};
        int[] asked = {0};
        world.before = what -> {
            if (what.startsWith("create")) {
                asked[0]++;
                if (full[0]) {
                    throw new NoCapacityException(null, "No valid host was found");
                }
            }
        };
        assertThat(up("vn01").failure()).get().isInstanceOf(NoCapacityException.class);
        assertThat(up("vn02").failure()).get().isInstanceOf(NoCapacityException.class);
        assertThat(up("vn02").reason()).contains("no room a moment ago", "No valid host");
        assertThat(asked[0]).isEqualTo(1);
        assertThat(reconciler.closedPools()).containsOnlyKeys("htc");
        world.sleep(Duration.ofSeconds(40));
        full[0] = false;
        assertThat(up("vn02").failure()).isEmpty();
        assertThat(asked[0]).isEqualTo(2);
        assertThat(up("vn01").failure()).isEmpty();
        assertThat(reconciler.closedPools()).isEmpty();
    }

    @Test
    void onlyOneIsTriedAtATime() {
        Breakers breakers = new Breakers(world);
        breakers.notMade("htc", new NoCapacityException(null, "full"));
        world.sleep(Duration.ofSeconds(40));
        breakers.admit("htc");
        assertThatThrownBy(() -> breakers.admit("htc"))
                .isInstanceOf(NoCapacityException.class)
                .hasMessageContaining("one server is tried");
        breakers.made("htc");
        breakers.admit("htc");
        breakers.admit("htc");
    }

    @Test
    void anImageWhoseServersAllEndInErrorIsBroken() {
        world.before = what -> {};
        for (String node : new String[] {"vn01", "vn02", "vn03"}) {
            breaks(node);
        }
        NodeOutcome fourth = up("vn04");
        assertThat(fourth.failure()).get().isInstanceOf(FailedException.class);
        assertThat(fourth.reason()).contains("htc", "vn01, vn02, vn03", "ERROR", "--reset htc");
        assertThat(world.vms).doesNotContainKey(NodeName.of("vn04"));
        reconciler.reopen("htc");
        assertThat(up("vn04").failure()).isEmpty();
    }

    @Test
    void aNodeThatJoinsInBetweenClearsTheImage() {
        breaks("vn01");
        breaks("vn02");
        assertThat(up("vn03").failure()).isEmpty();
        breaks("vn04");
        assertThat(up("vn05").failure()).isEmpty();
    }

    private void breaks(String node) {
        NodeName name = NodeName.of(node);
        World.Vm vm = world.ready(node);
        vm.metadata.remove(Marks.STATES);
        vm.status = ServerStatus.ERROR;
        world.slurm.remove(name);
        assertThat(up(node).failure()).isPresent();
    }

    @Test
    void workUnderWayIsBounded() {
        Permits permits = new Permits(new Bounds(1, 2, 1), () -> 0);
        Observation seen = Observation.of(NodeName.of("vn01"), Optional.empty(), Seen.unasked(), Seen.unasked());
        Effect slurm = new Effect.SuspendJobs(new TreeSet<>(), "");
        Effect server = new Effect.LiveMigrate(new UUID(0, 1), "cn01", 0, "");
        Effect create = new Effect.Create(NodeName.of("vn01"), HTC, Goal.READY, "");
        Permits.Permit one = permits.take(slurm, seen).orElseThrow();
        assertThat(permits.take(slurm, seen)).isEmpty();
        assertThat(permits.crowd(slurm, seen)).contains("Slurm");
        assertThat(permits.take(server, seen)).isPresent();
        assertThat(permits.take(server, seen)).isEmpty();
        // what was refused for its host took nothing of the cloud
        assertThat(permits.take(create, seen)).isPresent();
        assertThat(permits.take(create, seen)).isEmpty();
        one.giveBack();
        one.giveBack();
        assertThat(permits.take(slurm, seen)).isPresent();
        assertThat(permits.take(slurm, seen)).isEmpty();
    }
}
