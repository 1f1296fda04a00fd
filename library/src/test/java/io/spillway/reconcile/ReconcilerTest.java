package io.spillway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.cloud.ServerStatus;
import io.spillway.failure.DeadlineException;
import io.spillway.failure.FailedException;
import io.spillway.failure.NotFoundException;
import io.spillway.failure.RefusedException;
import io.spillway.failure.StoppedException;
import io.spillway.failure.UnavailableException;
import io.spillway.model.Away;
import io.spillway.model.Goal;
import io.spillway.model.Hostlist;
import io.spillway.model.NodeName;
import io.spillway.model.Pool;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole ways in the model world, which fails when a promise is broken. */
class ReconcilerTest {
    private static final NodeName VN01 = NodeName.of("vn01");
    private static final Pool HTC = new Pool("htc", "htc", Hostlist.parse("vn[01-08]"), 8);

    private final World world = new World();

    private NodeOutcome bring(String node, Goal goal) {
        return bring(node, goal, Duration.ofMinutes(20));
    }

    private NodeOutcome bring(String node, Goal goal, Duration limit) {
        Optional<Pool> pool = goal.equals(Goal.READY) ? Optional.of(HTC) : Optional.empty();
        var limits = new Reconciler.Limits(world.nanos() + limit.toNanos(), () -> false, told -> {}, Optional.empty());
        return new Reconciler(world.ports(), world).bring(NodeName.of(node), goal, pool, limits);
    }

    private void reached(String node, Goal goal) {
        NodeOutcome outcome = bring(node, goal);
        assertThat(outcome.failure()).isEmpty();
        assertThat(outcome.own()).isLessThanOrEqualTo(outcome.took());
    }

    @Test
    void upFromNothingAndDownToNothing() {
        reached("vn01", Goal.READY);
        assertThat(world.done).containsExactly("create vn01", "states vn01", "metadata {spillway:states=applied}");
        reached("vn01", Goal.ABSENT);
        assertThat(world.vms).isEmpty();
        assertThat(world.slurm).isEmpty();
        assertThat(world.keys).isEmpty();
        assertThat(world.ports).isEmpty();
    }

    @Test
    void aCheckpointAndTheWayBackInTheOrderThatWasProven() {
        world.ready("vn01");
        world.job("12", "vn01");
        reached("vn01", Goal.CHECKPOINTED);
        assertThat(world.done.stream().map(line -> line.replaceAll("@\\d+", "@then")))
                .containsExactly(
                        "metadata {spillway:by=no policy, spillway:goal=CHECKPOINTED, spillway:goal-host=any}",
                        "drain vn01",
                        "metadata {spillway:back=false, spillway:held-jobs=12}",
                        "suspend jobs [12]",
                        "metadata {spillway:back=false, spillway:held-jobs=12@then}",
                        "suspend");
        world.done.clear();
        reached("vn01", Goal.READY);
        assertThat(world.done.subList(0, 5))
                .containsExactly(
                        "metadata {spillway:by=no policy, spillway:goal=READY, spillway:goal-host=any}",
                        "resume",
                        "resume jobs [12]",
                        "remove [spillway:held-jobs, spillway:back]",
                        "undrain vn01");
        assertThat(world.tasks.get("12")).matches(task -> !task.suspended);
    }

    private NodeOutcome putAway(String policy) {
        var away = new Away(policy, true, Instant.parse("2026-11-23T15:00:00Z"), "cn01");
        var limits = new Reconciler.Limits(
                world.nanos() + Duration.ofMinutes(20).toNanos(), () -> false, told -> {}, Optional.empty());
        return new Reconciler(world.ports(), world)
                .bring(VN01, Goal.CHECKPOINTED, Optional.empty(), limits.by(Optional.of(away)));
    }

    @Test
    void whosePolicysWordTheGoalIsStandsBesideItAndAPersonsWordTakesItsPlace() {
        world.ready("vn01");
        assertThat(putAway("backfill").failure()).isEmpty();
        assertThat(world.done.get(0))
                .isEqualTo("metadata {spillway:by=backfill aside 2026-11-23T15:00:00Z cn01,"
                        + " spillway:goal=CHECKPOINTED, spillway:goal-host=any}");
        assertThat(Marks.of(world.vms.get(VN01).metadata).away().map(Away::policy))
                .contains("backfill");
        world.done.clear();
        assertThat(putAway("queue").failure()).isEmpty();
        assertThat(world.done).as("a policy takes nothing over").isEmpty();
        reached("vn01", Goal.CHECKPOINTED);
        assertThat(world.done)
                .containsExactly(
                        "metadata {spillway:by=no policy, spillway:goal=CHECKPOINTED, spillway:goal-host=any}");
        assertThat(Marks.of(world.vms.get(VN01).metadata).away()).isEmpty();
    }

    @Test
    void whatCannotBeReadOfAPolicysWordIsNone() {
        for (String word : List.of("", "no policy", "backfill", "backfill aside soon cn01", "a b c d e")) {
            assertThat(Marks.of(Map.of("spillway:by", word)).away()).as(word).isEmpty();
        }
        assertThat(Marks.of(Map.of("spillway:by", "mine moved 2026-11-23T15:00:00Z"))
                        .away())
                .contains(new Away("mine", false, Instant.parse("2026-11-23T15:00:00Z"), ""));
    }

    @Test
    void aRunningNodeIsMovedWithItsJobsRunning() {
        World.Vm vm = world.ready("vn01");
        world.job("12", "vn01");
        reached("vn01", Goal.READY.on("cn02"));
        assertThat(vm.host).isEqualTo("cn02");
        assertThat(world.done).hasSize(2).last().isEqualTo("migrate cn02");
    }

    @Test
    void aCheckpointedNodeIsMovedHeldAndGoesToDiskAgain() {
        World.Vm vm = world.ready("vn01");
        world.job("12", "vn01");
        reached("vn01", Goal.CHECKPOINTED);
        world.done.clear();
        reached("vn01", Goal.CHECKPOINTED.on("cn02"));
        assertThat(world.done.subList(1, 4)).containsExactly("resume", "migrate cn02", "suspend");
        assertThat(vm.host).isEqualTo("cn02");
        world.done.clear();
        reached("vn01", Goal.READY.on("cn01"));
        assertThat(world.done.subList(1, 4)).containsExactly("resume", "migrate cn01", "resume jobs [12]");
    }

    @Test
    void aHeldNodeStaysInMemory() {
        World.Vm vm = world.ready("vn01");
        world.job("12", "vn01");
        reached("vn01", Goal.HELD);
        assertThat(vm.status).isEqualTo(ServerStatus.ACTIVE);
        assertThat(world.tasks.get("12").suspended).isTrue();
        reached("vn01", Goal.READY);
        assertThat(world.tasks.get("12").suspended).isFalse();
    }

    @Test
    void aMoveThatFailsIsToldAndHarmsNothing() {
        World.Vm vm = world.ready("vn01");
        world.migrationsFail = true;
        NodeOutcome outcome = bring("vn01", Goal.READY.on("cn02"));
        assertThat(outcome.failure()).get().isInstanceOf(FailedException.class);
        assertThat(outcome.reason()).contains("unharmed on cn01");
        assertThat(vm.status).isEqualTo(ServerStatus.ACTIVE);
        world.migrationsFail = false;
        reached("vn01", Goal.READY.on("cn02"));
    }

    @Test
    void jobsThatAnAdminSuspendedStaySo() {
        world.ready("vn01");
        World.Task admins = world.job("7", "vn01");
        admins.suspended = true;
        admins.byAdmin = true;
        world.job("12", "vn01");
        reached("vn01", Goal.CHECKPOINTED);
        reached("vn01", Goal.READY);
        assertThat(admins.suspended).isTrue();
        assertThat(world.tasks.get("12").suspended).isFalse();
    }

    @Test
    void anAdminsDrainStays() {
        world.ready("vn01");
        world.slurm.get(VN01).drain = "disk is odd";
        reached("vn01", Goal.CHECKPOINTED);
        NodeOutcome back = bring("vn01", Goal.READY);
        assertThat(back.reason()).contains("disk is odd");
        assertThat(world.slurm.get(VN01).drain).isEqualTo("disk is odd");
    }

    @Test
    void downWaitsForJobsAndKillsNone() {
        world.ready("vn01");
        World.Task job = world.job("12", "vn01");
        NodeOutcome outcome = bring("vn01", Goal.ABSENT, Duration.ofMinutes(1));
        assertThat(outcome.failure()).get().isInstanceOf(DeadlineException.class);
        assertThat(outcome.reason()).contains("job 12");
        assertThat(world.vms).hasSize(1);
        job.over = true;
        reached("vn01", Goal.ABSENT);
    }

    @Test
    void downOfACheckpointedNodeLetsItsJobsEnd() {
        world.ready("vn01");
        World.Task job = world.job("12", "vn01");
        reached("vn01", Goal.CHECKPOINTED);
        job.left = 10_000_000_000L;
        reached("vn01", Goal.ABSENT);
        assertThat(world.done).contains("resume jobs [12]").doesNotContain("undrain vn01");
        assertThat(world.vms).isEmpty();
    }

    @Test
    void whatIsNotThereCannotBeCheckpointed() {
        NodeOutcome outcome = bring("vn01", Goal.CHECKPOINTED);
        assertThat(outcome.failure()).get().isInstanceOf(NotFoundException.class);
        assertThat(world.done).isEmpty();
    }

    @Test
    void aForeignServerIsNeverTouched() {
        world.ready("vn01").metadata.remove(Marks.NODE);
        for (Goal goal : List.of(Goal.READY, Goal.CHECKPOINTED, Goal.ABSENT)) {
            assertThat(bring("vn01", goal).failure()).get().isInstanceOf(RefusedException.class);
        }
        assertThat(world.done).isEmpty();
    }

    @Test
    void aServerInErrorIsRefusedAndCanBeTakenDown() {
        world.ready("vn01").status = ServerStatus.ERROR;
        assertThat(bring("vn01", Goal.READY).failure()).get().isInstanceOf(RefusedException.class);
        assertThat(world.done).isEmpty();
        reached("vn01", Goal.ABSENT);
    }

    @Test
    void anotherGoalMeanwhileEndsThisWay() {
        World.Vm vm = world.ready("vn01");
        world.before = what -> {
            if (what.equals("drain vn01")) {
                vm.metadata.putAll(Marks.writing(Goal.ABSENT));
            }
        };
        NodeOutcome outcome = bring("vn01", Goal.CHECKPOINTED);
        assertThat(outcome.reason()).contains("another goal");
        assertThat(vm.status).isEqualTo(ServerStatus.ACTIVE);
    }

    @Test
    void aPartThatAnswersAgainIsForgiven() {
        world.ready("vn01");
        AtomicInteger failures = new AtomicInteger(2);
        world.before = what -> {
            if (what.equals("drain vn01") && failures.getAndDecrement() > 0) {
                throw new UnavailableException(null, "503");
            }
        };
        reached("vn01", Goal.CHECKPOINTED);
    }

    @Test
    void aPartThatNeverAnswersIsToldInItsOwnWords() {
        world.ready("vn01");
        world.before = what -> {
            throw new UnavailableException(null, "Nova answers 503");
        };
        assertThat(bring("vn01", Goal.CHECKPOINTED).reason()).isEqualTo("Nova answers 503");
    }

    @Test
    void stoppingLeavesTheGoalInPlace() {
        World.Vm vm = world.ready("vn01");
        world.job("12", "vn01");
        var limits = new Reconciler.Limits(Long.MAX_VALUE, () -> world.done.size() >= 3, told -> {}, Optional.empty());
        NodeOutcome outcome =
                new Reconciler(world.ports(), world).bring(VN01, Goal.CHECKPOINTED, Optional.empty(), limits);
        assertThat(outcome.failure()).get().isInstanceOf(StoppedException.class);
        assertThat(Marks.of(vm.metadata).goal()).contains(Goal.CHECKPOINTED);
        reached("vn01", Goal.CHECKPOINTED);
    }

    static List<List<Goal>> journeys() {
        return List.of(
                List.of(Goal.READY, Goal.CHECKPOINTED),
                List.of(Goal.READY, Goal.CHECKPOINTED, Goal.READY),
                List.of(Goal.READY, Goal.CHECKPOINTED, Goal.CHECKPOINTED.on("cn02")),
                List.of(Goal.READY, Goal.CHECKPOINTED, Goal.READY.on("cn02")),
                List.of(Goal.READY, Goal.HELD, Goal.READY),
                List.of(Goal.READY, Goal.READY.on("cn02")),
                List.of(Goal.READY, Goal.ABSENT));
    }

    /** Power fails before each effect in turn; then the same goal, or the one before it, is asked for. */
    @ParameterizedTest
    @MethodSource("journeys")
    void aCrashBetweenAnyTwoStepsLosesNothing(List<Goal> journey) {
        for (boolean backwards : List.of(false, true)) {
            int effects = Integer.MAX_VALUE;
            for (int crash = 0; crash < effects; crash++) {
                effects = travel(journey, crash, backwards);
            }
        }
    }

    private static final class PowerCut extends Error {}

    private int travel(List<Goal> journey, int crashAt, boolean backwards) {
        World here = new World();
        here.ready("vn01");
        boolean leaving = journey.get(journey.size() - 1).equals(Goal.ABSENT);
        World.Task job = here.job("12", "vn01");
        job.over = leaving;
        AtomicInteger left = new AtomicInteger(crashAt);
        here.before = what -> {
            if (left.getAndDecrement() == 0) {
                throw new PowerCut();
            }
        };
        for (int i = 1; i < journey.size(); i++) {
            try {
                go(here, journey.get(i));
            } catch (PowerCut cut) {
                go(here, journey.get(backwards && !leaving ? i - 1 : i));
                go(here, journey.get(i));
            }
        }
        int effects = here.done.size();
        here.before = what -> {};
        if (leaving) {
            assertThat(here.vms).isEmpty();
            assertThat(here.keys).isEmpty();
        } else {
            go(here, Goal.READY);
            assertThat(job.suspended)
                    .as("crash before effect %d of %s", crashAt, journey)
                    .isFalse();
            assertThat(here.slurm.get(VN01).drain).isEmpty();
            assertThat(Marks.of(here.vms.get(VN01).metadata).held().ids()).isEmpty();
        }
        return effects;
    }

    private static void go(World here, Goal goal) {
        var limits = new Reconciler.Limits(
                here.nanos() + Duration.ofMinutes(20).toNanos(), () -> false, told -> {}, Optional.empty());
        NodeOutcome outcome = new Reconciler(here.ports(), here)
                .bring(VN01, goal, goal.equals(Goal.READY) ? Optional.of(HTC) : Optional.empty(), limits);
        assertThat(outcome.failure()).as("%s after %s", goal, here.done).isEmpty();
        assertThat(outcome.steps()).hasSizeLessThan(25);
    }

    @Test
    void aMarkOfAnEarlierServerDoesNotConfuse() {
        world.ready("vn01").metadata.put("spillway:held-jobs-2", "99");
        world.job("12", "vn01");
        reached("vn01", Goal.CHECKPOINTED);
        reached("vn01", Goal.READY);
        assertThat(world.vms.get(VN01).metadata).doesNotContainKeys("spillway:held-jobs", "spillway:held-jobs-2");
    }

    @Test
    void manyHeldJobsFitIntoTheMetadata() {
        world.ready("vn01");
        for (int i = 0; i < 100; i++) {
            world.job("100000_" + i, "vn01");
        }
        reached("vn01", Goal.CHECKPOINTED);
        assertThat(world.vms.get(VN01).metadata.values()).allMatch(value -> value.length() <= 255);
        List<String> suspended = new ArrayList<>();
        world.tasks.values().stream().filter(task -> task.suspended).forEach(task -> suspended.add(task.id));
        assertThat(suspended).hasSize(100);
        reached("vn01", Goal.READY);
        assertThat(world.tasks.values()).noneMatch(task -> task.suspended);
    }

    @Test
    void aServerThatIsDeletedBehindOurBackIsNotMadeAnewByARestore() {
        world.ready("vn01");
        world.vms.clear();
        NodeOutcome outcome = bring("vn01", Goal.READY.on("cn01"));
        assertThat(outcome.failure()).get().isInstanceOf(NotFoundException.class);
        assertThat(world.done).isEmpty();
    }
}
