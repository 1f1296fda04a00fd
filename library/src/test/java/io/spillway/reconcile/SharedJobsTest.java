package io.spillway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.cloud.ServerStatus;
import io.spillway.model.Goal;
import io.spillway.model.NodeName;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A job over two nodes goes on only when both are awake, in whatever order they come back. */
class SharedJobsTest {
    private final World world = new World();
    private World.Task pair = new World.Task("none");

    @BeforeEach
    void twoNodesWithAJobOverBoth() {
        world.ready("vn01");
        world.ready("vn02");
        pair = world.job("20", "vn01", "vn02");
        world.job("11", "vn01");
        world.job("12", "vn02");
    }

    private NodeOutcome bring(String node, Goal goal) {
        var limits = new Reconciler.Limits(
                world.nanos() + Duration.ofMinutes(5).toNanos(), () -> false, told -> {}, Optional.empty());
        return new Reconciler(world.ports(), world).bring(NodeName.of(node), goal, Optional.empty(), limits);
    }

    private void done(String node, Goal goal) {
        assertThat(bring(node, goal).failure()).isEmpty();
    }

    private void allRun() {
        assertThat(world.tasks.values()).noneMatch(task -> task.suspended);
        assertThat(world.slurm.values()).allMatch(node -> node.drain.isEmpty());
        assertThat(world.vms.values())
                .allMatch(vm -> Marks.of(vm.metadata).held().isEmpty());
    }

    @Test
    void oneNodeOnlyAndBack() {
        done("vn01", Goal.CHECKPOINTED);
        assertThat(pair.suspended).isTrue();
        assertThat(world.tasks.get("12").suspended).isFalse();
        done("vn01", Goal.READY);
        allRun();
    }

    @Test
    void backInTheSameOrder() {
        done("vn01", Goal.CHECKPOINTED);
        done("vn02", Goal.CHECKPOINTED);
        NodeOutcome first = bring("vn01", Goal.READY);
        assertThat(first.failure()).isEmpty();
        assertThat(first.reason()).contains("job 20").contains("vn02");
        assertThat(pair.suspended).isTrue();
        assertThat(world.tasks.get("11").suspended).isFalse();
        done("vn02", Goal.READY);
        allRun();
    }

    @Test
    void backInTheOtherOrder() {
        done("vn01", Goal.CHECKPOINTED);
        done("vn02", Goal.CHECKPOINTED);
        done("vn02", Goal.READY);
        assertThat(pair.suspended).isTrue();
        done("vn01", Goal.READY);
        allRun();
    }

    @Test
    void theFirstOneLeavesAgainBeforeTheOtherIsBack() {
        done("vn01", Goal.CHECKPOINTED);
        done("vn02", Goal.CHECKPOINTED);
        done("vn01", Goal.READY);
        done("vn01", Goal.CHECKPOINTED);
        done("vn02", Goal.READY);
        assertThat(pair.suspended).isTrue();
        done("vn01", Goal.READY);
        allRun();
    }

    @Test
    void aPeerThatIsAwayWithoutHoldingTheJobIsWaitedFor() {
        done("vn01", Goal.CHECKPOINTED);
        world.vms.get(NodeName.of("vn02")).status = ServerStatus.SUSPENDED;
        NodeOutcome outcome = bring("vn01", Goal.READY);
        assertThat(outcome.failure()).isPresent();
        assertThat(outcome.reason()).contains("job 20");
        assertThat(pair.suspended).isTrue();
    }

    @Test
    void aPeerThatRunsButIsNotProvenIsWaitedFor() {
        done("vn01", Goal.CHECKPOINTED);
        done("vn02", Goal.CHECKPOINTED);
        World.Vm other = world.vms.get(NodeName.of("vn02"));
        other.metadata.putAll(Marks.writing(Goal.READY));
        other.status = ServerStatus.ACTIVE;
        assertThat(bring("vn01", Goal.READY).reason()).contains("job 20").contains("vn02");
        assertThat(pair.suspended).isTrue();
        done("vn02", Goal.READY);
        allRun();
    }

    @Test
    void takingDownOneOfThemWaitsForTheSharedJob() {
        done("vn01", Goal.CHECKPOINTED);
        done("vn02", Goal.CHECKPOINTED);
        world.tasks.get("11").over = true;
        NodeOutcome outcome = bring("vn01", Goal.ABSENT);
        assertThat(outcome.failure()).isPresent();
        assertThat(world.vms).hasSize(2);
        assertThat(pair.suspended).isTrue();
    }
}
