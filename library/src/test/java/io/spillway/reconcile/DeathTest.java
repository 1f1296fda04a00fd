package io.spillway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.cloud.Ending;
import io.spillway.cloud.Presence;
import io.spillway.cloud.Server;
import io.spillway.cloud.ServerStatus;
import io.spillway.failure.RefusedException;
import io.spillway.model.Goal;
import io.spillway.model.Hostlist;
import io.spillway.model.Job;
import io.spillway.model.NodeName;
import io.spillway.model.Request;
import io.spillway.reconcile.Observation.CloudSide;
import io.spillway.reconcile.Observation.SlurmSide;
import io.spillway.slurm.MinionKey;
import io.spillway.slurm.SlurmNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server whose machine died: its jobs start anew elsewhere, and it comes back. */
@Timeout(30)
class DeathTest {
    private static final NodeName VN01 = NodeName.of("vn01");
    private static final String DIED = "spillway: its server died (SHUTOFF), seen 08:00 UTC";

    private final World world = new World();

    private NodeOutcome bring(Goal goal) {
        var limits = new Reconciler.Limits(
                world.nanos() + Duration.ofMinutes(20).toNanos(), () -> false, told -> {}, Optional.empty());
        return new Reconciler(world.ports(), world).bring(VN01, goal, Optional.empty(), limits);
    }

    private World.Vm readyWithJob() {
        World.Vm vm = world.ready("vn01");
        world.job("12", "vn01");
        return vm;
    }

    @Test
    void itsJobsAreRequeuedAndItComesBackOnItsOwnDisk() {
        World.Vm vm = readyWithJob();
        UUID id = vm.id;
        world.die("vn01", Ending.DIED);
        assertThat(bring(Goal.READY).failure()).isEmpty();
        assertThat(world.done)
                .containsSubsequence(
                        "metadata {spillway:back=false, spillway:held-jobs=, spillway:states=died}",
                        "down vn01",
                        "start",
                        "states vn01",
                        "metadata {spillway:states=applied}",
                        "undrain vn01")
                .noneMatch(what -> what.startsWith("release") || what.startsWith("destroy"));
        assertThat(world.tasks.get("12")).matches(task -> task.requeued && !task.held);
        assertThat(world.slurm.get(VN01)).matches(reg -> !reg.down && reg.drain.isEmpty());
        assertThat(vm.id).isEqualTo(id);
        assertThat(vm.status).isEqualTo(ServerStatus.ACTIVE);
    }

    @Test
    void jobsThatWeHeldAreReleasedAndNobodyElses() {
        readyWithJob();
        world.job("13", "vn01");
        assertThat(bring(Goal.HELD).failure()).isEmpty();
        World.Task admins = world.job("14", "vn01");
        admins.suspended = true;
        admins.byAdmin = true;
        world.done.clear();
        world.die("vn01", Ending.DIED);
        assertThat(bring(Goal.READY).failure()).isEmpty();
        assertThat(world.done).contains("release jobs [12, 13]");
        assertThat(world.tasks.get("12").held).isFalse();
        assertThat(world.tasks.get("13").held).isFalse();
        assertThat(admins.held).isTrue();
    }

    @Test
    void whoeverIsKilledBetweenDownAndReleaseReleasesLater() {
        readyWithJob();
        assertThat(bring(Goal.HELD).failure()).isEmpty();
        world.die("vn01", Ending.DIED);
        world.before = what -> {
            if (what.startsWith("release")) {
                world.before = more -> {};
                throw new IllegalStateException("killed");
            }
        };
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> bring(Goal.READY)))
                .hasMessage("killed");
        assertThat(world.tasks.get("12").held).isTrue();
        assertThat(bring(Goal.READY).failure()).isEmpty();
        assertThat(world.tasks.get("12").held).isFalse();
    }

    @Test
    void whatSomebodyStoppedStaysStopped() {
        readyWithJob();
        world.die("vn01", Ending.STOPPED);
        NodeOutcome outcome = bring(Goal.READY);
        assertThat(outcome.failure()).containsInstanceOf(RefusedException.class);
        assertThat(outcome.reason()).contains("somebody stopped its server", "openstack server start");
        assertThat(world.done).isEmpty();
    }

    @Test
    void whatNobodyKnowsIsLeftToAPerson() {
        readyWithJob();
        world.die("vn01", Ending.UNTOLD);
        assertThat(bring(Goal.CHECKPOINTED).failure()).containsInstanceOf(RefusedException.class);
        assertThat(world.done).isEmpty();
    }

    @Test
    void aGoalThatNeedsItsMemoryIsRefusedWhenItsJobsAreSafe() {
        readyWithJob();
        assertThat(bring(Goal.HELD).failure()).isEmpty();
        world.die("vn01", Ending.DIED);
        assertThat(bring(Goal.CHECKPOINTED).reason()).contains("cannot be CHECKPOINTED", "`restore`");
        assertThat(world.tasks.get("12")).matches(task -> task.requeued && !task.held);
        assertThat(world.vms.get(VN01).status).isEqualTo(ServerStatus.SHUTOFF);
        assertThat(bring(Goal.READY).failure()).isEmpty();
    }

    @Test
    void whatIsToGoGoesWhenItsJobsAreSafe() {
        readyWithJob();
        world.die("vn01", Ending.DIED);
        assertThat(bring(Goal.ABSENT).failure()).isEmpty();
        assertThat(world.tasks.get("12").requeued).isTrue();
        assertThat(world.vms).isEmpty();
        assertThat(world.done).doesNotContain("start");
    }

    @Test
    void anAdminsDrainOutlivesTheServer() {
        readyWithJob();
        world.slurm.get(VN01).drain = "disk is odd";
        world.die("vn01", Ending.DIED);
        assertThat(bring(Goal.READY).reason()).contains("Slurm holds vn01 DOWN: disk is odd");
        assertThat(world.slurm.get(VN01).drain).isEqualTo("disk is odd");
        assertThat(world.vms.get(VN01).status).isEqualTo(ServerStatus.ACTIVE);
    }

    @Test
    void theKeeperHearsOfItBetweenTwoFullLooks() {
        world.ready("vn01");
        AtomicInteger peeks = new AtomicInteger();
        world.off = () -> {
            peeks.incrementAndGet();
            return Set.of(world.vms.get(VN01).id);
        };
        List<Integer> peeksBefore = new ArrayList<>();
        Reconciler reconciler = new Reconciler(world.ports(), world);
        try (Lanes lanes = new Lanes(reconciler, Runnable::run, () -> {})) {
            Keeper keeper = new Keeper(
                    reconciler, lanes, List.of(), new Lease(world, "a", world), Duration.ofMillis(600), told -> {});
            keeper.run(seen -> {
                peeksBefore.add(peeks.get());
                if (peeksBefore.size() == 2) {
                    keeper.stop();
                }
            });
        }
        // had the second look come by the clock, two would have been before it
        assertThat(peeksBefore).containsExactly(0, 1);
    }

    private static Step next(Server server, String reason, Set<String> states, List<Job> jobs) {
        SlurmNode node = new SlurmNode(VN01, "10.0.0.1", states, reason, true);
        SlurmSide slurm = new SlurmSide(
                Instant.ofEpochSecond(1_800_000_000), Optional.of(node), jobs, MinionKey.ACCEPTED, Map.of(), Set.of());
        return Lifecycle.next(
                Observation.of(
                                VN01,
                                Optional.empty(),
                                Seen.known(slurm),
                                Seen.known(new CloudSide(Optional.of(server), List.of(), List.of())))
                        .withEnding(Seen.known(Ending.DIED))
                        .withProbe(Seen.known(Walk.WELL)),
                Goal.READY);
    }

    private static Server server(ServerStatus status, Presence presence, Map<String, String> more) {
        Map<String, String> metadata = new java.util.HashMap<>(Marks.writing(Goal.READY));
        metadata.put(Marks.NODE, "vn01");
        metadata.put(Marks.STATES, "applied");
        metadata.putAll(more);
        return new Server(
                new UUID(0, 1),
                "vn01",
                status,
                Optional.empty(),
                Optional.of("cn01"),
                Optional.of("10.0.0.1"),
                metadata,
                status == ServerStatus.ERROR ? Optional.of("no luck") : Optional.empty(),
                false,
                presence,
                Optional.empty());
    }

    private static Job job(String state, boolean held) {
        return new Job(
                "12",
                "j",
                "u",
                "p",
                Set.of(state),
                Hostlist.of("vn01"),
                Duration.ZERO,
                state.equals("SUSPENDED") ? Optional.of(Instant.ofEpochSecond(1_799_999_000)) : Optional.empty(),
                held,
                Optional.empty(),
                "0:0",
                Request.UNKNOWN);
    }

    @Test
    void aJobThatAnAdminHoldsAsWellIsNotNotedForRelease() {
        Server dead = server(ServerStatus.SHUTOFF, Presence.GONE, Map.of(Marks.HELD, "12@1799999000"));
        Step ours = next(dead, "spillway: hold", Set.of("IDLE", "DRAIN"), List.of(job("SUSPENDED", false)));
        assertThat(ours)
                .isInstanceOfSatisfying(
                        Effect.NoteDeath.class,
                        note -> assertThat(note.jobs().ids()).containsExactly("12"));
        Step theirs = next(dead, "spillway: hold", Set.of("IDLE", "DRAIN"), List.of(job("SUSPENDED", true)));
        assertThat(theirs)
                .isInstanceOfSatisfying(
                        Effect.NoteDeath.class,
                        note -> assertThat(note.jobs().ids()).isEmpty());
    }

    @Test
    void whoeverStartedItFirstItsJobsAreReleased() {
        Server alive =
                server(ServerStatus.ACTIVE, Presence.THERE, Map.of(Marks.HELD, "12@1799999000", Marks.STATES, "died"));
        assertThat(next(alive, DIED, Set.of("DOWN", "DRAIN"), List.of())).isInstanceOf(Effect.ReleaseJobs.class);
    }

    @Test
    void ourDownEndsThoughSomebodyHasTakenTheDrainAway() {
        Server alive = server(ServerStatus.ACTIVE, Presence.THERE, Map.of());
        assertThat(next(alive, DIED, Set.of("DOWN"), List.of())).isInstanceOf(Effect.Undrain.class);
    }

    @Test
    void aServerThatRunsOnItsHostIsNotDead() {
        Server odd = server(ServerStatus.SHUTOFF, Presence.THERE, Map.of());
        assertThat(next(odd, "", Set.of("IDLE"), List.of(job("RUNNING", false))))
                .isInstanceOf(Step.Wait.class);
    }

    @Test
    void aServerInErrorIsRefusedAndItsRunningJobsAreTold() {
        Server error = server(ServerStatus.ERROR, Presence.THERE, Map.of());
        assertThat(next(error, "", Set.of("ALLOCATED"), List.of(job("RUNNING", false)))
                        .reason())
                .isEqualTo("vn01: its server is in ERROR: no luck; in Slurm job 12 runs on,"
                        + " and `down` would wait for the end before it removes it");
        assertThat(next(error, "", Set.of("IDLE"), List.of()).reason())
                .isEqualTo("vn01: its server is in ERROR: no luck; `down` would remove it");
    }
}
