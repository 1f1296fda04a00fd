package io.spillway.reconcile;

import static io.spillway.reconcile.Lifecycle.refuse;
import static io.spillway.reconcile.Situation.named;

import io.spillway.model.Job;
import io.spillway.reconcile.Effect.DeleteNode;
import io.spillway.reconcile.Effect.Destroy;
import io.spillway.reconcile.Effect.Drain;
import io.spillway.reconcile.Observation.SlurmSide;
import io.spillway.reconcile.Step.Done;
import io.spillway.reconcile.Step.Wait;
import io.spillway.slurm.MinionKey;
import io.spillway.slurm.SlurmNode;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/** To ABSENT: drain, let the jobs end (held ones are resumed for that), forget the node, delete the server. */
final class Departure {
    private Departure() {}

    static Step withoutServer(Observation seen, SlurmSide slurm) {
        List<String> jobs =
                slurm.jobs().stream().filter(Job::onNodes).map(Job::id).toList();
        if (!jobs.isEmpty()) {
            return new Wait(
                    Party.JOBS,
                    "its server is gone, but Slurm has %s on it: cancel or requeue them".formatted(named(jobs)));
        }
        if (slurm.node().isPresent()) {
            return forget(seen, slurm.node().get(), "its server is gone and no job is on it");
        }
        String key = slurm.minion() == MinionKey.ABSENT
                ? ""
                : " but a minion key that is %s and not ours to remove".formatted(slurm.minion());
        return Arrival.clear(seen, slurm).orElseGet(() -> new Done("nothing of it is left" + key));
    }

    /** Makes Slurm forget a node that no job is on, unless it is somebody else's just now. */
    static Step forget(Observation seen, SlurmNode node, String reason) {
        if (node.reserved()) {
            return refuse(
                    seen,
                    "%s is in a reservation; `scontrol update reservation` without it, or its end, would let it go",
                    seen.node());
        }
        return node.powering()
                ? new Wait(Party.SLURM, "Slurm's power saving is switching it")
                : new DeleteNode(seen.node(), reason);
    }

    /**
     * With a server.
     *
     * @param lost why the server can never run jobs again, if so
     */
    static Step withServer(Situation now, Optional<String> lost) {
        if (now.node().filter(SlurmNode::reserved).isPresent()) {
            // said before anything is done, not after its jobs have ended
            return forget(now.seen(), now.node().get(), "");
        }
        if (now.open()) {
            return new Drain(now.name(), "spillway: down", "so that no new job starts on it");
        }
        SortedSet<String> jobs = now.jobs(Job::onNodes);
        if (!jobs.isEmpty()) {
            return Death.asks(now.server())
                    ? takeOff(now, jobs)
                    : lost.map(why -> outlive(now, why, jobs)).orElseGet(() -> letEnd(now, jobs));
        }
        if (now.node().isPresent()) {
            return forget(now.seen(), now.node().get(), "no job is on it");
        }
        return new Destroy(now.name(), Optional.of(now.server().id()), "Slurm has forgotten it");
    }

    /** The server is off: if it died, Slurm is to take the jobs off it. */
    private static Step takeOff(Situation now, SortedSet<String> jobs) {
        return Death.look(now)
                .or(() -> Death.others(now).map(why -> cancel(now, why, jobs)))
                .or(() -> Death.bury(now))
                .orElseThrow();
    }

    private static Step outlive(Situation now, String why, SortedSet<String> jobs) {
        return now.runOn().containsAll(jobs)
                ? new Wait(Party.JOBS, "for the end of %s; %s".formatted(named(jobs), why))
                : cancel(now, why, jobs);
    }

    private static Step cancel(Situation now, String why, SortedSet<String> jobs) {
        String how = now.jobs(Job::completing).containsAll(jobs)
                ? "when it is dead for sure, `scontrol update nodename=%s state=down reason=dead` ends them"
                        .formatted(now.name())
                : "cancel or requeue them";
        return new Wait(Party.JOBS, "%s, but Slurm has %s on it: %s".formatted(why, named(jobs), how));
    }

    private static Step letEnd(Situation now, SortedSet<String> jobs) {
        if (now.server().asleep() || !now.heldHere().isEmpty()) {
            // also for a job that was cancelled while it was away: it ends when its node wakes up
            Optional<Step> back = Return.running(now).or(() -> Return.heldJobs(now));
            if (back.isPresent() && !(back.get() instanceof Done)) {
                return back.get();
            }
        }
        Optional<Step> hear = Return.hear(now);
        if (hear.isPresent()) {
            return hear.get();
        }
        SortedSet<String> suspended = now.jobs(Job::suspended);
        String others = suspended.isEmpty()
                ? ""
                : "; somebody else, or another node, keeps %s suspended".formatted(named(suspended));
        return new Wait(Party.JOBS, "for the end of " + named(jobs) + others);
    }
}
