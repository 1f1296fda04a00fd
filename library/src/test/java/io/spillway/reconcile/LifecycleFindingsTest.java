package io.spillway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.cloud.Migration;
import io.spillway.model.Goal;
import io.spillway.model.Hostlist;
import io.spillway.model.Pool;
import io.spillway.reconcile.CloudState.Keep;
import io.spillway.reconcile.CloudState.Machine;
import io.spillway.reconcile.CloudState.Mark;
import io.spillway.reconcile.CloudState.Peer;
import io.spillway.reconcile.CloudState.Place;
import io.spillway.reconcile.CloudState.Twin;
import io.spillway.reconcile.SlurmState.Drain;
import io.spillway.reconcile.SlurmState.Kind;
import io.spillway.reconcile.SlurmState.Work;
import io.spillway.slurm.MinionKey;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** States in which the lifecycle once went wrong, or for ever nowhere. */
class LifecycleFindingsTest {
    private static final CloudState READY =
            new CloudState(Machine.ACTIVE, Keep.FREE, Place.CN01, true, true, Mark.NONE, Peer.NONE, Twin.NONE);

    static Step next(SlurmState slurm, CloudState cloud, Goal goal) {
        return Lifecycle.next(
                Observation.of(
                        SlurmState.NODE,
                        Optional.of(new Pool("htc", "htc", Hostlist.of("vn01"), 1)),
                        Seen.known(slurm.seen()),
                        Seen.known(cloud.seen(goal, slurm.work()))),
                goal);
    }

    private static SlurmState node(Kind kind, Drain drain, Work work) {
        return new SlurmState(kind, drain, work, MinionKey.ACCEPTED, false);
    }

    @Test
    void aServerInErrorIsDeletedThoughNovaTakesNoMetadataForIt() {
        CloudState error =
                new CloudState(Machine.ERROR, Keep.FREE, Place.CN01, false, true, Mark.NONE, Peer.NONE, Twin.NONE);
        assertThat(next(node(Kind.ABSENT, Drain.NONE, Work.NONE), error, Goal.ABSENT))
                .isInstanceOf(Effect.Destroy.class);
    }

    @Test
    void aServerOfUnknownPlaceIsNotMovedForEver() {
        assertThat(next(node(Kind.IDLE, Drain.NONE, Work.NONE), READY.with(Place.UNTOLD), Goal.READY.on("cn02")))
                .isInstanceOf(Step.Refuse.class);
    }

    @Test
    void whatAnAdminHoldsDownIsNeitherDrainedNorWaitedForForEver() {
        SlurmState down = node(Kind.HELD_DOWN, Drain.NONE, Work.NONE);
        assertThat(next(down, READY, Goal.CHECKPOINTED)).isInstanceOf(Effect.SuspendServer.class);
        assertThat(next(down, READY, Goal.READY)).isInstanceOf(Step.Refuse.class);
    }

    @Test
    void aJobThatWasCancelledWhileItsNodeWasAwayDoesNotKeepTheNodeForEver() {
        assertThat(next(node(Kind.SILENT, Drain.OURS, Work.COMPLETING), READY.with(Machine.SUSPENDED), Goal.ABSENT))
                .isInstanceOf(Effect.ResumeServer.class);
    }

    @Test
    void aJobThatWasCancelledWhileItsNodeWasAwayEndsWhenSlurmHearsFromTheNode() {
        SlurmState ending = node(Kind.SILENT, Drain.OURS, Work.COMPLETING);
        for (Goal goal : List.of(Goal.ABSENT, Goal.HELD, Goal.CHECKPOINTED)) {
            Observation seen = Observation.of(
                    SlurmState.NODE,
                    Optional.empty(),
                    Seen.known(ending.seen()),
                    Seen.known(READY.with(Mark.DATED).seen(goal, ending.work())));
            assertThat(Lifecycle.next(seen, goal)).as("to %s", goal).isInstanceOf(Step.Look.class);
            assertThat(Lifecycle.next(seen.withProbe(Seen.known(Walk.WELL)), goal))
                    .as("to %s", goal)
                    .isInstanceOf(Effect.Wake.class);
        }
    }

    @Test
    void aNodeThatNoMinionSpeaksForIsNotAskedToMakeSlurmHear() {
        SlurmState ending = new SlurmState(Kind.SILENT, Drain.OURS, Work.COMPLETING, MinionKey.ABSENT, false);
        Observation seen = Observation.of(
                        SlurmState.NODE,
                        Optional.empty(),
                        Seen.known(ending.seen()),
                        Seen.known(READY.seen(Goal.ABSENT, ending.work())))
                .withProbe(Seen.known(io.spillway.slurm.Probe.SILENT));
        assertThat(Lifecycle.next(seen, Goal.ABSENT)).isInstanceOf(Step.Wait.class);
    }

    @Test
    void aJobThatSomebodyResumedInSlurmWhileItsNodeIsAwayIsHeldAgain() {
        assertThat(next(
                        node(Kind.SILENT, Drain.OURS, Work.RUNNING),
                        READY.with(Machine.SUSPENDED).with(Mark.UNDATED),
                        Goal.CHECKPOINTED))
                .isInstanceOf(Effect.SuspendJobs.class);
    }

    @Test
    void aJobThatSomebodySuspendedAfterOursWentOnStaysSuspended() {
        SlurmState suspended = node(Kind.IDLE, Drain.NONE, Work.SUSPENDED);
        Step step = Lifecycle.next(
                Observation.of(
                                SlurmState.NODE,
                                Optional.empty(),
                                Seen.known(suspended.seen()),
                                Seen.known(READY.with(Mark.OF_ANOTHER_SECOND).seen(Goal.READY, suspended.work())))
                        .withProbe(Seen.known(Walk.WELL)),
                Goal.READY);
        assertThat(step).isInstanceOf(Effect.ForgetHeld.class);
    }

    @Test
    void aJobThatLeftAnotherNodeDoesNotWaitForIt() {
        SlurmState suspended = node(Kind.IDLE, Drain.OURS, Work.SUSPENDED);
        CloudState asleep = READY.with(Mark.DATED).with(Peer.ASLEEP);
        Step step = Lifecycle.next(
                Observation.of(
                                SlurmState.NODE,
                                Optional.empty(),
                                Seen.known(suspended.seen()),
                                Seen.known(asleep.seen(Goal.READY, suspended.work())))
                        .withProbe(Seen.known(Walk.WELL)),
                Goal.READY);
        assertThat(step).isInstanceOf(Effect.ResumeJobs.class);
    }

    private static Observation beside(Observation.Other other, SlurmState slurm, CloudState cloud, Goal goal) {
        Observation.CloudSide here = cloud.seen(goal, slurm.work());
        return Observation.of(
                SlurmState.NODE,
                Optional.empty(),
                Seen.known(slurm.seen()),
                Seen.known(new Observation.CloudSide(here.server(), here.marks(), here.twins(), List.of(other))));
    }

    @Test
    void aJobThatLeftAnotherNodeAndWasSuspendedAnewIsNotTakenForOurs() {
        Held job = Held.of(Work.SHARED_RUNNING.jobs);
        Observation.Other asleep =
                new Observation.Other(CloudState.PEER_NODE, CloudState.PEER_ID, job, false, false, true);
        assertThat(Lifecycle.next(
                        beside(asleep, node(Kind.IDLE, Drain.OURS, Work.SHARED_SUSPENDED), READY, Goal.HELD),
                        Goal.HELD))
                .isInstanceOf(Effect.WriteHeld.class);
        assertThat(Lifecycle.next(
                        beside(asleep, node(Kind.IDLE, Drain.OURS, Work.SUSPENDED), READY, Goal.HELD), Goal.HELD))
                .isInstanceOf(Step.Look.class);
    }

    @Test
    void aNodeThatGoesToDiskAgainStaysDrainedWhenAJobThatItWaitedForGoesOn() {
        SlurmState running = node(Kind.IDLE, Drain.OURS, Work.SHARED_RUNNING);
        Held job = Held.of(Work.SHARED_RUNNING.jobs);
        for (boolean returning : new boolean[] {true, false}) {
            Observation.Other waits =
                    new Observation.Other(CloudState.PEER_NODE, CloudState.PEER_ID, job, true, returning, false);
            Observation seen =
                    beside(waits, running, READY.with(Mark.DATED), Goal.READY).withProbe(Seen.known(Walk.WELL));
            assertThat(Lifecycle.next(seen, Goal.READY))
                    .isInstanceOfSatisfying(
                            Effect.Release.class,
                            release -> assertThat(release.undrain()).isEqualTo(returning));
        }
    }

    @Test
    void aJobThatBearsOurMarkAndStandsNowhereIsResumedAfterTheProof() {
        SlurmState marked = node(Kind.IDLE, Drain.NONE, Work.MARKED);
        Observation seen = Observation.of(
                SlurmState.NODE,
                Optional.empty(),
                Seen.known(marked.seen()),
                Seen.known(READY.seen(Goal.READY, marked.work())));
        assertThat(Lifecycle.next(seen, Goal.READY))
                .isEqualTo(new Step.Look(Step.Part.PROBE, "whether jobs may run on it"));
        assertThat(Lifecycle.next(seen.withProbe(Seen.known(Walk.WELL)), Goal.READY))
                .isInstanceOf(Effect.ResumeJobs.class);
    }

    @Test
    void aPendingKeyIsNobodysLeftover() {
        SlurmState nothing = new SlurmState(Kind.ABSENT, Drain.NONE, Work.NONE, MinionKey.PENDING, false);
        assertThat(next(nothing, CloudState.NOTHING, Goal.READY)).isInstanceOf(Step.Look.class);
    }

    @Test
    void aKeyThatAnAdminRejectedIsNotMadeAnew() {
        SlurmState rejected = new SlurmState(Kind.ABSENT, Drain.NONE, Work.NONE, MinionKey.REJECTED, false);
        assertThat(next(rejected, CloudState.NOTHING, Goal.READY)).isInstanceOf(Step.Refuse.class);
    }

    @Test
    void aGuestWhoseKeyIsNotAcceptedIsNotWaitedForForEver() {
        SlurmState pending = new SlurmState(Kind.SILENT, Drain.OURS, Work.NONE, MinionKey.PENDING, false);
        Step step = Lifecycle.next(
                Observation.of(
                                SlurmState.NODE,
                                Optional.empty(),
                                Seen.known(pending.seen()),
                                Seen.known(READY.seen(Goal.READY, pending.work())))
                        .withProbe(Seen.known(io.spillway.slurm.Probe.SILENT)),
                Goal.READY);
        assertThat(step).isInstanceOf(Step.Refuse.class);
        assertThat(step.reason()).contains("PENDING", "salt-key");
    }

    @Test
    void lockAndPinAreToldBeforeAnythingIsDone() {
        SlurmState running = node(Kind.IDLE, Drain.NONE, Work.RUNNING);
        for (Keep keep : new Keep[] {Keep.LOCKED, Keep.PINNED}) {
            CloudState kept =
                    new CloudState(Machine.ACTIVE, keep, Place.CN01, true, true, Mark.NONE, Peer.NONE, Twin.NONE);
            assertThat(next(running, kept, Goal.CHECKPOINTED)).isInstanceOf(Step.Refuse.class);
            assertThat(next(running, kept, Goal.READY)).isInstanceOf(Step.Done.class);
        }
    }

    @Test
    void anAddressThatSlurmStillGivesToAnotherNodeIsNotUsed() {
        SlurmState taken = new SlurmState(Kind.ABSENT, Drain.NONE, Work.NONE, MinionKey.ACCEPTED, true);
        CloudState made = CloudState.NOTHING.with(Machine.ACTIVE).withGoal();
        assertThat(next(taken, made, Goal.READY).reason()).contains("quarantine", "vn07");
    }

    @Test
    void aNodeInAReservationIsNotDeleted() {
        assertThat(next(node(Kind.RESERVED, Drain.NONE, Work.NONE), READY, Goal.ABSENT))
                .isInstanceOf(Step.Refuse.class);
    }

    @Test
    void aMachineThatAMoveMayHaveTakenElsewhereIsLeftToAnAdministrator() {
        SlurmState busy = node(Kind.ALLOCATED, Drain.NONE, Work.RUNNING);
        for (Goal goal : List.of(Goal.READY.on("cn02"), Goal.READY, Goal.CHECKPOINTED, Goal.ABSENT)) {
            assertThat(afterMove(busy, goal, new Migration(4, "completed", "cn02")))
                    .isInstanceOf(Step.Refuse.class)
                    .extracting(Step::reason)
                    .asString()
                    .contains("cn01, which has no such machine", "(4, completed) was to cn02", "administrator");
        }
        SlurmState idle = node(Kind.IDLE, Drain.OURS, Work.NONE);
        assertThat(afterMove(idle, Goal.ABSENT, new Migration(4, "running", "cn02")))
                .isInstanceOf(Step.Refuse.class);
        assertThat(afterMove(idle, Goal.ABSENT, new Migration(4, "error", "cn02")))
                .isInstanceOf(Effect.DeleteNode.class);
        assertThat(afterMove(idle, Goal.ABSENT, new Migration(3, "completed", "cn01")))
                .isInstanceOf(Effect.DeleteNode.class);
    }

    private static Step afterMove(SlurmState slurm, Goal goal, Migration newest) {
        return Lifecycle.next(
                Observation.of(
                                SlurmState.NODE,
                                Optional.empty(),
                                Seen.known(slurm.seen()),
                                Seen.known(READY.with(Place.GONE).seen(goal, slurm.work())))
                        .withMigration(Seen.known(Optional.of(newest))),
                goal);
    }
}
