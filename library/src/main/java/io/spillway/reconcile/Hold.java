package io.spillway.reconcile;

import static io.spillway.reconcile.Lifecycle.refuse;
import static io.spillway.reconcile.Lifecycle.unseen;
import static io.spillway.reconcile.Situation.named;

import io.spillway.cloud.ServerStatus;
import io.spillway.model.Goal;
import io.spillway.model.Job;
import io.spillway.reconcile.Effect.Drain;
import io.spillway.reconcile.Effect.PauseServer;
import io.spillway.reconcile.Effect.ResumeJobs;
import io.spillway.reconcile.Effect.ResumeServer;
import io.spillway.reconcile.Effect.SuspendJobs;
import io.spillway.reconcile.Effect.SuspendServer;
import io.spillway.reconcile.Effect.UnpauseServer;
import io.spillway.reconcile.Effect.WriteHeld;
import io.spillway.reconcile.Step.Done;
import io.spillway.reconcile.Step.Part;
import io.spillway.reconcile.Step.Wait;
import io.spillway.slurm.MinionKey;
import io.spillway.slurm.Processes;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** To HELD and to CHECKPOINTED: drain, suspend the jobs, see all their processes stand still, suspend the server. */
final class Hold {
    /**
     * Slurm sends SIGSTOP 2 s after its answer, and notes the second of the suspension rounded down: so much later by
     * its own clock all is sent for certain.
     */
    static final Duration GRACE = Duration.ofSeconds(3);

    /** A process that does not stand still so long after that never will. */
    private static final Duration LONG = Duration.ofSeconds(15);

    /** So the reason of a drain begins by which a node goes to disk. */
    static final String TO_DISK = "spillway: checkpoint";

    private Hold() {}

    static Step next(Situation now) {
        boolean toDisk = now.goal().state() == Goal.State.CHECKPOINTED;
        if (now.node().isEmpty() && now.server().status() != ServerStatus.SUSPENDED) {
            return refuse(now.seen(), "%s has not joined Slurm: finish `up` first", now.name());
        }
        if (now.open()) {
            return new Drain(now.name(), toDisk ? TO_DISK : "spillway: hold", "so that no new job starts on it");
        }
        if (now.server().status() == ServerStatus.SUSPENDED) {
            if (toDisk && !now.elsewhere()) {
                // whoever has resumed a job in Slurm meanwhile: it cannot run here, and its time would be counted
                Optional<Step> running = suspend(now);
                return running.isPresent() ? running.get() : new Done("its memory is on disk" + suffix(now));
            }
            return new ResumeServer(
                    now.server().id(),
                    toDisk ? "a suspended server cannot be moved; its jobs stay held" : "its jobs stay held");
        }
        if (now.server().status() == ServerStatus.PAUSED) {
            return new UnpauseServer(now.server().id(), "a paused server can be neither held nor suspended");
        }
        Optional<Step> holding = jobs(now);
        if (holding.isPresent()) {
            return holding.get();
        }
        if (now.elsewhere()) {
            return Move.next(now);
        }
        return still(now)
                .orElseGet(() -> toDisk
                        ? new SuspendServer(now.server().id(), "no job runs on it, all their processes stand still")
                        : new Done("its jobs stand still" + suffix(now)));
    }

    /**
     * Whether the server is to stand still for a job that its host has, whatever its goal. To disk it may go; and a node
     * that no job is on, or that has not joined, goes on to its goal.
     */
    static boolean stands(Situation now) {
        boolean joined = now.node().filter(node -> !node.powering()).isPresent();
        boolean empty = now.jobs(Job::onNodes).isEmpty();
        return now.pausedFor().isPresent()
                && joined
                && now.goal().state() != Goal.State.CHECKPOINTED
                && !(now.goal().state() == Goal.State.ABSENT && empty);
    }

    /**
     * At a stand for a job that its host has: drained, its jobs suspended, its CPUs paused. What of its processes does not
     * stand still yet stands with them.
     */
    static Step paused(Situation now) {
        String why = "a job has its host " + now.pausedFor().orElseThrow();
        if (now.open()) {
            return new Drain(now.name(), "spillway: tide", why + ", so that no new job starts on it");
        }
        Optional<Step> holding = now.server().asleep() ? suspend(now) : jobs(now);
        if (holding.isPresent()) {
            return holding.get();
        }
        if (now.server().status() == ServerStatus.ACTIVE) {
            return new PauseServer(now.server().id(), why);
        }
        if (now.server().status() == ServerStatus.PAUSED && now.elsewhere()) {
            return Move.next(now);
        }
        return now.goal().state() == Goal.State.HELD && !now.elsewhere()
                ? new Done(why + suffix(now))
                : new Wait(Party.JOBS, why + suffix(now));
    }

    private static String suffix(Situation now) {
        SortedSet<String> held = now.heldHere();
        return held.isEmpty() ? ", no job held" : ", " + named(held) + " held";
    }

    /** Empty once every job on the node is suspended, and those that are so by us are written down. */
    private static Optional<Step> jobs(Situation now) {
        SortedSet<String> unsettled = now.jobs(Job::unsettled);
        if (!unsettled.isEmpty()) {
            return Return.hear(now)
                    .or(() -> Optional.of(new Wait(Party.SLURM, named(unsettled) + " just starts or ends")));
        }
        return suspend(now);
    }

    private static Optional<Step> suspend(Situation now) {
        Optional<Step> undated = now.undated();
        if (undated.isPresent()) {
            return undated;
        }
        SortedSet<String> running = now.jobs(job -> job.onNodes() && !job.suspended() && !job.unsettled());
        SortedSet<String> ours = new TreeSet<>(running);
        ours.addAll(now.heldHere());
        ours.addAll(now.heldThere());
        Held held = Held.of(now.slurm().jobs().stream()
                .filter(job -> ours.contains(job.id()))
                .toList());
        if (!held.equals(now.marks().held()) || (now.marks().back() && !ours.isEmpty())) {
            // written before the jobs are suspended: who comes later must know whose suspension it is; and once more
            // when Slurm tells since when they are, for they may be resumed, and suspended by somebody else
            return Optional.of(new WriteHeld(now.server().id(), held, false, why(running, ours)));
        }
        return running.isEmpty()
                ? Optional.empty()
                : Optional.of(new SuspendJobs(running, "so that Slurm does not count the time away"));
    }

    private static String why(SortedSet<String> running, SortedSet<String> ours) {
        if (ours.isEmpty()) {
            return "no job to hold";
        }
        return running.isEmpty() ? "since when we hold " + named(ours) : "to hold " + named(ours);
    }

    /** Empty once all processes of the suspended jobs, whoever suspended them, stand still. */
    private static Optional<Step> still(Situation now) {
        SortedSet<String> suspended = now.jobs(Job::suspended);
        if (suspended.isEmpty()) {
            return Optional.empty();
        }
        Instant newest = now.slurm().jobs().stream()
                .filter(Job::suspended)
                .flatMap(job -> job.suspendedAt().stream())
                .max(Instant::compareTo)
                .orElseThrow();
        if (newest.plus(GRACE).isAfter(now.slurm().time())) {
            Duration least = Duration.between(now.slurm().time(), newest.plus(GRACE));
            return Optional.of(new Wait(Party.SLURM, "slurmd stops the processes within 2 s", least));
        }
        Optional<Step> unseen =
                unseen(now.seen().processes(), Part.PROCESSES, "whether the processes stand still", "its minion");
        if (unseen.isPresent()) {
            return unseen;
        }
        Processes processes = now.seen().processes().toOptional().orElseThrow();
        if (!processes.answered() && now.slurm().minion() != MinionKey.ACCEPTED) {
            return Optional.of(Arrival.unreachable(now));
        }
        if (!processes.answered()) {
            return Optional.of(
                    new Wait(Party.GUEST, "its minion is silent, so nobody knows whether the processes stand still"));
        }
        if (processes.running() == 0) {
            return Optional.empty();
        }
        boolean heard = newest.plus(LONG).isAfter(now.slurm().time());
        return Optional.of(heard ? stir(processes, " yet") : unheard(now, processes));
    }

    private static Step stir(Processes processes, String more) {
        return new Wait(Party.GUEST, "%d processes do not stand still%s".formatted(processes.running(), more));
    }

    /**
     * Slurm tells a node once that a job is suspended: a node whose clock was wrong, or whose network was cut, never hears
     * of it, and nothing of Slurm's shows that. So those of ours are resumed, and thereby suspended anew.
     */
    private static Step unheard(Situation now, Processes processes) {
        SortedSet<String> ours = now.free();
        if (ours.isEmpty()) {
            return stir(processes, ": slurmd may not have heard that the jobs are suspended; resume and suspend them");
        }
        return Return.proven(now)
                .orElseGet(() -> new ResumeJobs(ours, "to suspend them anew: slurmd has not heard that they are"));
    }
}
