package io.spillway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillway.cloud.Server;
import io.spillway.cloud.ServerStatus;
import io.spillway.failure.DeadlineException;
import io.spillway.model.Goal;
import io.spillway.model.Hostlist;
import io.spillway.model.NodeName;
import io.spillway.slurm.SlurmSite;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A job comes to a host of the cloud, and the virtual nodes there stand still; it ends, and they go on. */
@Timeout(30)
class TideTest {
    private static final NodeName VN01 = NodeName.of("vn01");
    private static final NodeName VN02 = NodeName.of("vn02");
    private static final Hostlist NONE = Hostlist.of(List.of());

    /** Happens once while Slurm's answer, which knows nothing of it, is on its way. */
    private Runnable meanwhile = () -> {};

    private Runnable asleep = () -> {};

    private final World world = new World() {
        @Override
        public void sleep(Duration time) {
            super.sleep(time);
            asleep.run();
        }

        @Override
        public SlurmSite site() {
            SlurmSite seen = super.site();
            Runnable once = meanwhile;
            meanwhile = () -> {};
            once.run();
            return seen;
        }
    };
    private final Reconciler reconciler = new Reconciler(world.ports(), world);
    private final Tide tide = new Tide(reconciler, world::servers, Runnable::run);

    private Tide.Call call(String asked, String closed, Map<String, Tide.JobOn> jobs) {
        return new Tide.Call("99", List.of("cn01"), now(), Duration.ofSeconds(10), list(asked), list(closed), jobs);
    }

    private Instant now() {
        return world.site().time();
    }

    private static Hostlist list(String nodes) {
        return nodes.isEmpty() ? NONE : Hostlist.parse(nodes);
    }

    private static Map<String, Tide.JobOn> running(String job, String nodes) {
        return Map.of(job, new Tide.JobOn(true, Hostlist.parse(nodes)));
    }

    /** What the gate does beside slurmctld. */
    private void gate() {
        Tide.Answer answer = tide.come(call("", "", Map.of()));
        while (!answer.clear()) {
            String nodes = answer.close().toString();
            answer.close().forEach(node -> world.drain(node, "spillway: tide"));
            world.suspend(answer.suspend());
            Map<String, Tide.JobOn> jobs = world.tasks.values().stream()
                    .filter(task -> !task.over && !task.suspended)
                    .collect(java.util.stream.Collectors.toMap(
                            task -> task.id, task -> new Tide.JobOn(true, Hostlist.of(task.nodes))));
            answer = tide.come(call(nodes, nodes, jobs));
        }
    }

    private NodeOutcome bring(Goal goal) {
        var limits = new Reconciler.Limits(
                world.nanos + Duration.ofMinutes(5).toNanos(), () -> false, told -> {}, Optional.empty(), true);
        return reconciler.bring(VN01, goal, Optional.empty(), limits);
    }

    private void goal(Goal goal) {
        world.vms.get(VN01).metadata.putAll(Marks.writing(goal));
    }

    @Test
    void theNodesOnItStandStillAndThoseElsewhereRunOn() {
        world.ready("vn01");
        world.ready("vn02").host = "cn02";
        world.job("12", "vn01");
        world.job("13", "vn02");
        goal(Goal.READY);
        gate();
        assertThat(world.vms.get(VN01).status).isEqualTo(ServerStatus.PAUSED);
        assertThat(world.tasks.get("12").suspended).isTrue();
        assertThat(world.vms.get(NodeName.of("vn02")).status).isEqualTo(ServerStatus.ACTIVE);
        assertThat(world.tasks.get("13").suspended).isFalse();
        // and there is nothing left for the lifecycle to do but to wait for that job's end
        world.done.clear();
        NodeOutcome kept = bring(Goal.READY);
        assertThat(kept.reason()).contains("a job has its host cn01");
        assertThat(world.vms.get(VN01).status).isEqualTo(ServerStatus.PAUSED);
    }

    @Test
    void whenTheJobHasEndedTheyGoOnAndTheirJobsDo() {
        world.ready("vn01");
        world.job("12", "vn01");
        goal(Goal.READY);
        gate();
        world.job("99", "cn01");
        assertThat(tide.ebb(world.site(), world.servers())).isFalse();
        world.nanos += Duration.ofMinutes(7).toNanos();
        assertThat(tide.ebb(world.site(), world.servers())).isFalse();
        world.tasks.get("99").over = true;
        assertThat(tide.ebb(world.site(), world.servers())).isTrue();
        assertThat(bring(Goal.READY).done()).isTrue();
        assertThat(world.vms.get(VN01).status).isEqualTo(ServerStatus.ACTIVE);
        assertThat(world.tasks.get("12").suspended).isFalse();
        assertThat(Marks.of(world.vms.get(VN01).metadata).held().isEmpty()).isTrue();
    }

    @Test
    void aLookAtSlurmThatBeganBeforeTheGateIsNotGoneBy() {
        world.ready("vn01");
        world.job("12", "vn01");
        goal(Goal.READY);
        meanwhile = () -> {
            gate();
            world.nanos += Duration.ofSeconds(2).toNanos();
            assertThat(tide.ebb(world.site(), world.servers())).isTrue();
        };
        assertThat(bring(Goal.READY).done()).isTrue();
        assertThat(world.vms.get(VN01).status).isEqualTo(ServerStatus.ACTIVE);
        assertThat(world.tasks.get("12").suspended).isFalse();
    }

    @Test
    void aLookThatIsOlderThanTheJobLetsNothingGo() {
        world.ready("vn01");
        var before = world.site();
        world.nanos += Duration.ofSeconds(1).toNanos();
        gate();
        assertThat(tide.ebb(before, world.servers())).isFalse();
        // nor does one of before a second job's, though the first has ended
        var between = world.site();
        world.nanos += Duration.ofSeconds(5).toNanos();
        var later = world.site();
        world.nanos += Duration.ofSeconds(1).toNanos();
        tide.come(call("", "", Map.of()));
        assertThat(tide.ebb(between, world.servers())).isFalse();
        assertThat(tide.ebb(later, world.servers())).isFalse();
    }

    @Test
    void beforeAJobIsSuspendedItIsWrittenDown() {
        world.ready("vn01");
        world.job("12", "vn01");
        tide.come(call("", "", Map.of()));
        Tide.Answer answer = tide.come(call("vn01", "vn01", running("12", "vn01")));
        assertThat(answer.suspend()).containsExactly("12");
        Marks marks = Marks.of(world.vms.get(VN01).metadata);
        assertThat(marks.pause()).map(Pause::host).contains("cn01");
        assertThat(marks.held().jobs()).containsExactly(Map.entry("12", Optional.empty()));
        assertThat(world.done).noneMatch(what -> what.startsWith("pause"));
    }

    @Test
    void aGateThatDiedInTheMidstIsFinishedByTheLifecycle() {
        world.ready("vn01");
        world.job("12", "vn01");
        goal(Goal.READY);
        tide.come(call("", "", Map.of()));
        tide.come(call("vn01", "vn01", running("12", "vn01")));
        world.nanos += Duration.ofSeconds(30).toNanos();
        assertThat(bring(Goal.READY).reason()).contains("a job has its host cn01");
        assertThat(world.vms.get(VN01).status).isEqualTo(ServerStatus.PAUSED);
        assertThat(world.tasks.get("12").suspended).isTrue();
    }

    @Test
    void whileAGateIsAtWorkNoStepBeginsOnItsNodes() {
        world.ready("vn01");
        tide.come(call("", "", Map.of()));
        Observation seen = reconciler.looks().observe(VN01, Optional.empty());
        Effect drain = new Effect.Drain(VN01, "spillway: hold", "x");
        assertThat(reconciler.permits.take(drain, seen)).isEmpty();
        assertThat(reconciler.permits.reservedSince(VN01, world.nanos)).isTrue();
        world.nanos += Duration.ofSeconds(12).toNanos();
        assertThat(reconciler.permits.take(drain, seen)).isPresent();
    }

    @Test
    void aStepUnderWayIsWaitedForAndToldWhenItTakesTooLong() {
        world.ready("vn01");
        Observation seen = reconciler.looks().observe(VN01, Optional.empty());
        assertThat(reconciler.permits.take(new Effect.Drain(VN01, "spillway: hold", "x"), seen))
                .isPresent();
        tide.come(call("", "", Map.of()));
        assertThatThrownBy(() -> tide.come(call("vn01", "vn01", Map.of())))
                .isInstanceOf(DeadlineException.class)
                .hasMessageContaining("a step on vn01 is under way");
    }

    @Test
    void whatWasSeenBeforeThatStepEndedIsNotWrittenBack() {
        world.ready("vn01");
        world.job("12", "vn01");
        Observation seen = reconciler.looks().observe(VN01, Optional.empty());
        Permits.Permit step = reconciler
                .permits
                .take(new Effect.Drain(VN01, "spillway: hold", "x"), seen)
                .orElseThrow();
        asleep = step::giveBack;
        tide.come(call("", "", Map.of()));
        Tide.Answer answer = tide.come(call("vn01", "vn01", running("12", "vn01")));
        world.drain(VN01, "spillway: tide");
        world.suspend(answer.suspend());
        assertThat(tide.come(call("vn01", "vn01", Map.of())).clear()).isTrue();
        assertThat(Marks.of(world.vms.get(VN01).metadata).held().ids()).containsExactly("12");
    }

    @Test
    void whatAnAdminKeepsAndWhatHasNotJoinedIsLeftAloneAndTold() {
        world.ready("vn01").metadata.put(Marks.PIN, "being debugged");
        world.ready("vn02");
        tide.come(call("", "", Map.of()));
        Tide.Answer answer = tide.come(call("vn02", "", Map.of()));
        assertThat(answer.clear()).isTrue();
        assertThat(answer.words()).contains("vn01 (pinned (being debugged))", "vn02 (not in Slurm yet)");
        assertThat(world.servers()).extracting(Server::status).containsOnly(ServerStatus.ACTIVE);
    }

    @Test
    void whatHasNotJoinedIsNotWaitedForWhileItsStatesAreApplied() {
        world.ready("vn02");
        Observation seen = reconciler.looks().observe(VN02, Optional.empty());
        assertThat(reconciler.permits.take(new Effect.Drain(VN02, "spillway: hold", "x"), seen))
                .isPresent();
        tide.come(call("", "", Map.of()));
        assertThat(tide.come(call("vn02", "", Map.of())).words()).contains("vn02 (not in Slurm yet)");
    }

    @Test
    void aPausedNodeMovesAsItIsAndGoesOnElsewhere() {
        world.ready("vn01");
        world.job("12", "vn01");
        goal(Goal.READY);
        gate();
        world.nanos += Duration.ofSeconds(30).toNanos();
        goal(Goal.READY.on("cn02"));
        assertThat(bring(Goal.READY.on("cn02")).done()).isTrue();
        assertThat(world.vms.get(VN01).host).isEqualTo("cn02");
        assertThat(world.vms.get(VN01).status).isEqualTo(ServerStatus.ACTIVE);
        assertThat(world.tasks.get("12").suspended).isFalse();
        assertThat(world.done).containsSubsequence("pause", "migrate cn02", "unpause");
    }

    @Test
    void aPausedNodeGoesToDiskByWayOfAMomentAwake() {
        world.ready("vn01");
        world.job("12", "vn01");
        goal(Goal.CHECKPOINTED);
        gate();
        world.nanos += Duration.ofSeconds(30).toNanos();
        assertThat(bring(Goal.CHECKPOINTED).done()).isTrue();
        assertThat(world.vms.get(VN01).status).isEqualTo(ServerStatus.SUSPENDED);
        assertThat(world.tasks.get("12").suspended).isTrue();
    }
}
