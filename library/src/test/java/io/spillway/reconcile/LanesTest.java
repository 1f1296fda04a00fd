package io.spillway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.failure.RefusedException;
import io.spillway.failure.StoppedException;
import io.spillway.model.Bounds;
import io.spillway.model.Goal;
import io.spillway.model.NodeName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ways of one node take turns; a newer goal supersedes an older one between two steps. */
@Timeout(30)
class LanesTest {
    private static final NodeName VN01 = NodeName.of("vn01");

    private final World world = new World();
    private final CountDownLatch atSuspend = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final List<String> boundaries = new CopyOnWriteArrayList<>();
    private final Reconciler reconciler =
            new Reconciler(world.ports(), world, Bounds.DEFAULT, (name, node) -> boundaries.add(name));
    private final Lanes lanes = new Lanes(reconciler);

    @AfterEach
    void close() {
        lanes.close();
    }

    private CompletableFuture<NodeOutcome> go(Goal goal) {
        long deadline = world.nanos() + Duration.ofMinutes(20).toNanos();
        return lanes.go(
                VN01,
                goal,
                Optional.empty(),
                new Reconciler.Limits(deadline, () -> false, told -> {}, Optional.empty()));
    }

    private void holdAt(String step) {
        world.before = what -> {
            if (what.startsWith(step)) {
                atSuspend.countDown();
                await(goOn);
            }
        };
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupt) {
            throw new AssertionError(interrupt);
        }
    }

    @Test
    void aNewerGoalSupersedesBetweenSteps() {
        world.ready("vn01");
        world.job("12", "vn01");
        holdAt("suspend jobs");
        CompletableFuture<NodeOutcome> away = go(Goal.CHECKPOINTED);
        await(atSuspend);
        CompletableFuture<NodeOutcome> back = go(Goal.READY);
        goOn.countDown();
        NodeOutcome first = away.join();
        assertThat(first.failure()).get().isInstanceOf(RefusedException.class);
        assertThat(first.reason()).contains("another goal", "READY");
        assertThat(back.join().failure()).isEmpty();
        assertThat(world.done).contains("suspend jobs [12]", "resume jobs [12]").doesNotContain("suspend");
        assertThat(lanes.inMotion()).isEmpty();
    }

    @Test
    void theSameGoalIsReachedOnceForAllWhoAsk() {
        world.ready("vn01");
        world.job("12", "vn01");
        holdAt("suspend jobs");
        CompletableFuture<NodeOutcome> one = go(Goal.CHECKPOINTED);
        await(atSuspend);
        CompletableFuture<NodeOutcome> other = go(Goal.CHECKPOINTED);
        goOn.countDown();
        assertThat(one.join().done()).isTrue();
        assertThat(other.join().done()).isTrue();
        assertThat(world.done).containsOnlyOnce("suspend");
    }

    @Test
    void finishingLetsTheStepInHandEndAndBeginsNoOther() {
        world.ready("vn01");
        world.job("12", "vn01");
        holdAt("suspend jobs");
        CompletableFuture<NodeOutcome> away = go(Goal.CHECKPOINTED);
        await(atSuspend);
        assertThat(lanes.finish(Duration.ofMillis(1))).isFalse();
        goOn.countDown();
        assertThat(lanes.finish(Duration.ofSeconds(20))).isTrue();
        assertThat(away.join().failure()).get().isInstanceOf(StoppedException.class);
        assertThat(world.done).last().isEqualTo("suspend jobs [12]");
    }

    @Test
    void eachEffectStandsBetweenTwoBoundaries() {
        world.ready("vn01");
        world.job("12", "vn01");
        assertThat(go(Goal.CHECKPOINTED).join().done()).isTrue();
        assertThat(boundaries)
                .containsExactly(
                        "before SetGoal",
                        "after SetGoal",
                        "before Drain",
                        "after Drain",
                        "before WriteHeld",
                        "after WriteHeld",
                        "before SuspendJobs",
                        "after SuspendJobs",
                        "before WriteHeld",
                        "after WriteHeld",
                        "before SuspendServer",
                        "after SuspendServer");
    }

    /** An end of the process at any boundary: somebody else goes on from there. */
    @Test
    void whoeverComesAfterAnEndAtAnyBoundaryGoesOn() {
        class Killed extends Error {}
        for (int at = 1; at <= 12; at++) {
            World site = new World();
            site.ready("vn01");
            site.job("12", "vn01");
            int[] left = {at};
            Boundary end = (name, node) -> {
                if (--left[0] == 0) {
                    throw new Killed();
                }
            };
            Reconciler first = new Reconciler(site.ports(), site, Bounds.DEFAULT, end);
            var limits = new Reconciler.Limits(
                    site.nanos() + Duration.ofHours(1).toNanos(), () -> false, told -> {}, Optional.empty());
            try {
                first.bring(VN01, Goal.CHECKPOINTED, Optional.empty(), limits);
            } catch (Killed killed) {
                assertThat(left[0]).isZero();
            }
            Reconciler second = new Reconciler(site.ports(), site);
            assertThat(second.bring(VN01, Goal.CHECKPOINTED, Optional.empty(), limits)
                            .failure())
                    .isEmpty();
            assertThat(second.bring(VN01, Goal.READY, Optional.empty(), limits).failure())
                    .isEmpty();
            assertThat(site.tasks.get("12").suspended).isFalse();
        }
    }
}
