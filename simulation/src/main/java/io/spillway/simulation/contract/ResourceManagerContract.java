package io.spillway.simulation.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spillway.failure.NotFoundException;
import io.spillway.failure.RefusedException;
import io.spillway.model.Hostlist;
import io.spillway.model.Job;
import io.spillway.slurm.Probe;
import io.spillway.slurm.Processes;
import io.spillway.slurm.ResourceManager;
import io.spillway.slurm.SlurmNode;
import io.spillway.slurm.SlurmSite;
import io.spillway.slurm.Told;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a {@link ResourceManager} promises: Slurm, and the minions of its nodes. */
public abstract class ResourceManagerContract extends Contract {
    private static final String OURS = "spillway: contract";

    /** A suite. */
    protected ResourceManagerContract() {}

    @Override
    final String port() {
        return "resource manager";
    }

    /** What a change tells is what a look would; if it tells nothing, it is looked. */
    private SlurmNode after(Optional<SlurmSite> told) {
        SlurmNode seen = registered();
        told.map(site -> site.nodes().get(site().node()))
                .ifPresent(node -> assertEquals(seen.drained(), node.drained()));
        return seen;
    }

    /** No job is suspended that stands nowhere: the runner's caller writes it down first. */
    private void suspended(String job) {
        cloud().setMetadata(server().id(), Map.of("spillway:held-jobs", job));
        slurm().suspend(List.of(job));
    }

    private void forgotten() {
        cloud().removeMetadata(server().id(), List.of("spillway:held-jobs"));
    }

    @Test
    void aNodeThatIsNotThereIsAbsent() {
        assertFalse(slurm().site().nodes().containsKey(site().nobody()));
        refused(NotFoundException.class, () -> slurm().drain(site().nobody(), OURS));
        slurm().delete(site().nobody());
    }

    /** Slurm counts seconds since 1970, a Java clock milliseconds: one taken for the other is decades off. */
    @Test
    void theTimeIsTheControllersInTheRightUnits() {
        Duration off = Duration.between(slurm().site().time(), site().now()).abs();
        assertTrue(off.toSeconds() < 60, () -> "the controller's clock is off by " + off);
    }

    @Test
    void aReadyNodeIsIdleAndHasASize() {
        SlurmNode node = registered();
        assertTrue(node.states().contains("IDLE"), node::toString);
        assertTrue(node.dynamic());
        assertFalse(node.drained() || node.down() || node.silent());
        assertTrue(node.size().cpus() >= 1, node::toString);
        assertTrue(node.size().memory() >= 64 && node.size().memory() <= 16_777_216, () -> "MiB: " + node);
        assertFalse(node.partitions().isEmpty());
        assertEquals(server().address(), Optional.of(node.address()));
    }

    @Test
    void aNodeThatIsWellHasNoObstacle() {
        Told<Probe> told = slurm().probe(site().node(), Duration.ofSeconds(5));
        Probe probe = told.answer();
        assertEquals(Optional.empty(), probe.obstacle());
        assertTrue(probe.answered() && probe.mungeToNode() && probe.mungeFromNode() && probe.slurmd());
        assertTrue(probe.clockOffset().orElseThrow().abs().compareTo(Probe.CLOCK_TOLERANCE) < 0);
        told.site().ifPresent(site -> assertTrue(site.nodes().containsKey(site().node())));
    }

    @Test
    void ourDrainComesAndGoes() {
        SlurmNode closed = after(slurm().drain(site().node(), OURS));
        assertTrue(closed.drainedByUs(), closed::toString);
        assertTrue(closed.reason().startsWith(OURS), closed::reason);
        assertTrue(after(slurm().drain(site().node(), OURS)).drainedByUs());
        SlurmNode open = after(slurm().undrain(site().node(), false));
        assertFalse(open.drained());
        assertTrue(open.reason().startsWith(OURS), "the reason of a drain that is over stands on in Slurm");
        assertFalse(after(slurm().undrain(site().node(), false)).drained());
    }

    /** A drain that a person asked us for ends by a person's word only. */
    @Test
    void aDrainThatWasAskedForStaysTillItIsAskedBack() {
        slurm().drain(site().node(), SlurmNode.ASKED + ": contract");
        assertTrue(registered().drainedAsAsked());
        slurm().drain(site().node(), OURS);
        assertTrue(registered().drainedAsAsked(), "ours does not write over it");
        assertTrue(after(slurm().undrain(site().node(), false)).drainedAsAsked());
        assertFalse(after(slurm().undrain(site().node(), true)).drained());
    }

    /** DESIGN: an admin's drain is never undone by us. */
    @Test
    void anAdminsDrainStays() {
        site().drains(site().node());
        try {
            String theirs = registered().reason();
            assertFalse(theirs.isEmpty() || theirs.startsWith(SlurmNode.OURS));
            assertEquals(theirs, after(slurm().drain(site().node(), OURS)).reason());
            SlurmNode still = after(slurm().undrain(site().node(), true));
            assertTrue(still.drained() && !still.drainedByUs());
            assertEquals(theirs, still.reason());
        } finally {
            site().undrains(site().node());
        }
        assertFalse(registered().drained());
    }

    /**
     * Facts, Slurm: a suspended job frees its CPUs, so its node is idle and gets others unless it is drained; its time
     * stands still; its processes stop up to two seconds after Slurm's answer.
     */
    @Test
    void aJobIsSuspendedAndResumed() {
        String id = running();
        Job before = job(id);
        assertEquals(List.of(site().node()), before.nodes().names());
        assertTrue(before.started().orElseThrow().isAfter(Instant.EPOCH));
        assertEquals(Optional.empty(), before.suspendedAt());
        Set<String> busy = registered().states();
        assertTrue(busy.contains("ALLOCATED") || busy.contains("MIXED"), () -> "under a job: " + busy);
        until(
                "its processes",
                () -> slurm().processes(site().node(), List.of(id)).answer(),
                now -> now.running() > 0);
        slurm().drain(site().node(), OURS);
        suspended(id);
        try {
            SlurmSite seen = slurm().site();
            Job held = job(id);
            assertTrue(held.suspended(), held::toString);
            assertTrue(held.onNodes());
            assertTrue(seen.ours().contains(id), "it is marked as ours");
            Duration since = Duration.between(held.suspendedAt().orElseThrow(), seen.time())
                    .abs();
            assertTrue(since.toSeconds() < 60, () -> "suspended since " + since);
            SlurmNode free = registered();
            assertTrue(free.states().contains("IDLE") && free.drained(), free::toString);
            Processes still = until(
                    "its processes to stand still",
                    () -> slurm().processes(site().node(), List.of(id)).answer(),
                    now -> now.answered() && now.running() == 0);
            assertTrue(still.stopped() > 0, still::toString);
            Duration ran = job(id).runTime();
            site().pass(Duration.ofSeconds(3));
            assertEquals(ran, job(id).runTime());
        } finally {
            slurm().resume(List.of(id));
            forgotten();
            slurm().undrain(site().node(), false);
        }
        Job again = job(id);
        assertTrue(again.running(), again::toString);
        assertEquals(before.started(), again.started());
        assertFalse(slurm().site().ours().contains(id));
        slurm().resume(List.of(id));
        assertTrue(job(id).running(), "to resume it again changes nothing");
        over(id);
        assertTrue(registered().states().contains("IDLE"));
    }

    /** Slurm tells nobody who suspended a job; the mark does. */
    @Test
    void aJobThatAnAdminSuspendedIsNotOurs() {
        String id = running();
        site().suspends(id);
        assertTrue(job(id).suspended());
        assertFalse(slurm().site().ours().contains(id));
        refused(RefusedException.class, () -> slurm().requeue(job(id)));
        site().resumes(id);
        assertTrue(job(id).running());
        over(id);
    }

    /** Ids are used again, and a job may have begun anew elsewhere. */
    @Test
    void onlyTheJobThatIsMeantIsEnded() {
        String id = running();
        Job meant = job(id);
        refused(RefusedException.class, () -> slurm().cancel(of(meant, "somebody", meant.started())));
        refused(
                RefusedException.class,
                () -> slurm().requeue(
                                of(meant, meant.user(), meant.started().map(second -> second.minusSeconds(100)))));
        assertTrue(job(id).running());
        // facts, Slurm: "Requested nodes are busy", and the job unharmed
        refused(RefusedException.class, () -> slurm().delete(site().node()));
        assertTrue(job(id).running());
        slurm().cancel(meant);
        until(
                "the end of job " + id,
                () -> slurm().site().jobs(),
                jobs -> jobs.stream().noneMatch(job -> job.id().equals(id) && job.onNodes()));
        refused(NotFoundException.class, () -> slurm().cancel(meant));
        refused(NotFoundException.class, () -> slurm().requeue(meant));
    }

    private static Job of(Job job, String user, Optional<Instant> started) {
        return new Job(
                job.id(),
                job.name(),
                user,
                job.partition(),
                job.states(),
                job.nodes(),
                job.runTime(),
                job.suspendedAt(),
                job.held(),
                started,
                job.exit(),
                job.request());
    }

    /** A job that waits for a node that takes none is on no node, and nobody's to suspend. */
    @Test
    void aJobWaitsWhileItsNodeIsDrained() {
        slurm().drain(site().node(), OURS);
        String id = site().submits(Hostlist.of(List.of(site().node())));
        try {
            site().pass(Duration.ofSeconds(3));
            Job waiting = job(id);
            assertTrue(waiting.pending() && !waiting.onNodes(), waiting::toString);
            assertEquals(List.of(), waiting.nodes().names());
            refused(NotFoundException.class, () -> slurm().requeue(waiting));
        } finally {
            over(id);
            slurm().undrain(site().node(), false);
        }
    }

    @Test
    void toWakeANodeThatIsHeardChangesNothing() {
        SlurmNode before = registered();
        slurm().wake(site().node());
        assertEquals(before, registered());
    }
}
