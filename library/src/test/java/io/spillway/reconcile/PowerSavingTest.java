package io.spillway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.cloud.ServerStatus;
import io.spillway.model.Goal;
import io.spillway.model.Hostlist;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.Pool;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Slurm switches, the keeper follows: by Slurm's flags alone, whoever told of them or did not. */
@Timeout(30)
class PowerSavingTest {
    private static final NodeName VN01 = NodeName.of("vn01");
    private static final NodeName VN02 = NodeName.of("vn02");
    private static final NodeName VN03 = NodeName.of("vn03");
    private static final Pool HTC = new Pool("htc", "htc", Hostlist.parse("vn[01-08]"), 2);

    private final World world = new World();
    private final Reconciler reconciler = new Reconciler(world.ports(), world);
    private final Lanes lanes = new Lanes(reconciler, Runnable::run, () -> {});
    private final Keeper keeper = new Keeper(
            reconciler, lanes, List.of(HTC), new Lease(world, "a", world), Duration.ofSeconds(30), told -> {});

    @AfterEach
    void close() {
        lanes.close();
    }

    private NodeOutcome ask(NodeName node, Goal goal) {
        var limits = new Reconciler.Limits(
                world.nanos() + Duration.ofMinutes(5).toNanos(), () -> false, told -> {}, Optional.empty());
        return reconciler.bring(node, goal, Optional.of(HTC), limits);
    }

    private World.Vm ready(String name, String power) {
        World.Vm vm = world.ready(name);
        world.line(name, power);
        return vm;
    }

    private void write(World.Vm vm, Goal goal) {
        vm.metadata.putAll(Marks.writing(goal));
    }

    private Optional<Goal> goal(World.Vm vm) {
        return Marks.of(vm.metadata).goal();
    }

    @Test
    void whatSlurmSwitchesOnIsMadeAndJoins() throws InterruptedException {
        World.Reg line = world.line("vn01", "POWERING_UP");
        world.job("12", "vn01");
        keeper.look();
        assertThat(world.done.stream().filter(what -> !what.contains(Lease.KEY)))
                .startsWith("create vn01", "states vn01");
        assertThat(line.power).isEmpty();
        assertThat(keeper.troubles()).isEmpty();
        assertThat(keeper.look().orElseThrow().nodes()).extracting(Node::phase).containsExactly(Phase.READY);
    }

    @Test
    void whatSlurmSwitchesOffGoesAndItsLineStays() throws InterruptedException {
        ready("vn01", "POWERING_DOWN");
        keeper.look();
        assertThat(world.vms).isEmpty();
        assertThat(world.slurm).containsKey(VN01);
        assertThat(world.done).noneMatch(what -> what.startsWith("drain") || what.startsWith("delete"));
        world.done.clear();
        world.slurm.get(VN01).power = "POWERED_DOWN";
        assertThat(keeper.look().orElseThrow().nodes()).isEmpty();
        assertThat(world.done).isEmpty();
    }

    @Test
    void whatIsOffAndWasNeverAskedForIsNotMade() throws InterruptedException {
        world.line("vn01", "POWERED_DOWN");
        world.line("vn02", "");
        world.line("vn99", "POWERING_UP");
        keeper.look();
        assertThat(world.done).isEmpty();
    }

    @Test
    void whoMissedTheSwitchingOffBringsTheNodeBackSoThatSlurmAsksAgain() throws InterruptedException {
        ready("vn01", "POWERED_DOWN");
        keeper.look();
        assertThat(world.done).contains("wake vn01");
        assertThat(world.vms).containsKey(VN01);
    }

    @Test
    void theServerOfBeforeGoesFirstWhenSlurmSwitchesOnAnew() throws InterruptedException {
        World.Vm old = ready("vn01", "POWERING_UP");
        write(old, Goal.ABSENT);
        world.job("12", "vn01");
        keeper.look();
        keeper.look();
        assertThat(world.done).containsSubsequence("destroy vn01", "create vn01", "states vn01");
        assertThat(world.vms.get(VN01).id).isNotEqualTo(old.id);
        assertThat(world.tasks.get("12").over).isFalse();
    }

    @Test
    void whatSlurmGaveUpGoesSoThatTheNextStartIsFresh() throws InterruptedException {
        World.Vm vm = ready("vn01", "POWERED_DOWN");
        vm.status = ServerStatus.ERROR;
        world.slurm.get(VN01).down = true;
        keeper.look();
        assertThat(world.vms).isEmpty();
    }

    @Test
    void whatSlurmGivesUpIsNotMadeToItsEnd() throws InterruptedException {
        World.Reg line = world.line("vn01", "POWERING_UP");
        world.before = what -> {
            if (what.startsWith("states vn01")) {
                world.before = more -> {};
                line.power = "POWERED_DOWN";
                line.down = true;
                lookMeanwhile();
            }
        };
        keeper.look();
        // it was let go, not followed until it failed
        assertThat(keeper.troubles()).isEmpty();
        keeper.look();
        assertThat(world.vms).isEmpty();
    }

    private void lookMeanwhile() {
        try {
            keeper.look();
        } catch (InterruptedException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Test
    void aPoolIsNotMadeLargerThanItMayBe() throws InterruptedException {
        world.line("vn01", "POWERING_UP");
        world.line("vn02", "POWERING_UP");
        world.line("vn03", "POWERING_UP");
        keeper.look();
        keeper.look();
        assertThat(world.vms).containsOnlyKeys(VN01, VN02);
        assertThat(keeper.troubles()).containsOnlyKeys(VN03);
        assertThat(keeper.troubles().get(VN03)).contains("pool htc may have no more than 2 nodes");
    }

    @Test
    void aCheckpointedNodeIsLeftToWhoAskedForIt() throws InterruptedException {
        World.Vm vm = ready("vn01", "POWERING_DOWN");
        write(vm, Goal.CHECKPOINTED);
        vm.status = ServerStatus.SUSPENDED;
        world.slurm.get(VN01).drain = "spillway: checkpoint";
        keeper.look();
        assertThat(world.vms).containsKey(VN01);
        assertThat(goal(vm)).contains(Goal.CHECKPOINTED);
        assertThat(keeper.troubles()).containsOnlyKeys(VN01);
    }

    @Test
    void aPinnedServerOutlastsSlurmsWord() throws InterruptedException {
        World.Vm vm = ready("vn01", "POWERING_DOWN");
        vm.metadata.put(Marks.PIN, "being looked at");
        keeper.look();
        assertThat(world.vms).containsKey(VN01);
        assertThat(goal(vm)).contains(Goal.READY);
    }

    @Test
    void whoIsOnIsCheckpointedAndRestoredLikeAnyNode() {
        World.Vm vm = ready("vn01", "");
        world.job("12", "vn01");
        assertThat(ask(VN01, Goal.CHECKPOINTED).failure()).isEmpty();
        assertThat(vm.status).isEqualTo(ServerStatus.SUSPENDED);
        // Slurm took it for idle meanwhile
        world.slurm.get(VN01).power = "POWERED_DOWN";
        assertThat(ask(VN01, Goal.READY).failure()).isEmpty();
        assertThat(world.tasks.get("12").suspended).isFalse();
        assertThat(world.slurm.get(VN01).power).isEmpty();
    }

    @Test
    void upAndDownAreSlurmsToSay() {
        world.line("vn02", "POWERED_DOWN");
        assertThat(ask(VN02, Goal.READY).failure().orElseThrow()).hasMessageContaining("state=power_up");
        ready("vn01", "");
        assertThat(ask(VN01, Goal.ABSENT).failure().orElseThrow()).hasMessageContaining("state=power_down_asap");
        world.slurm.get(VN01).power = "POWERING_UP";
        assertThat(ask(VN01, Goal.ABSENT).failure().orElseThrow()).hasMessageContaining("state=power_down_force");
        assertThat(world.vms).containsKey(VN01);
        assertThat(world.done).isEmpty();
    }

    @Test
    void ourDrainDoesNotOutlastTheNode() throws InterruptedException {
        world.line("vn01", "POWERED_DOWN").drain = "spillway: checkpoint";
        assertThat(ask(VN01, Goal.ABSENT).failure()).isEmpty();
        assertThat(world.slurm.get(VN01).drain).isEmpty();
    }
}
