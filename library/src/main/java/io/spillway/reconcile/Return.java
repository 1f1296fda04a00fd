package io.spillway.reconcile;

import static io.spillway.reconcile.Lifecycle.doubt;
import static io.spillway.reconcile.Lifecycle.unseen;
import static io.spillway.reconcile.Situation.both;
import static io.spillway.reconcile.Situation.named;
import static io.spillway.reconcile.Situation.without;

import io.spillway.cloud.ServerStatus;
import io.spillway.model.Job;
import io.spillway.model.NodeName;
import io.spillway.reconcile.Effect.Drain;
import io.spillway.reconcile.Effect.ForgetHeld;
import io.spillway.reconcile.Effect.Release;
import io.spillway.reconcile.Effect.ResumeJobs;
import io.spillway.reconcile.Effect.ResumeServer;
import io.spillway.reconcile.Effect.Undrain;
import io.spillway.reconcile.Effect.UnpauseServer;
import io.spillway.reconcile.Effect.Wake;
import io.spillway.reconcile.Effect.WriteHeld;
import io.spillway.reconcile.Observation.Other;
import io.spillway.reconcile.Step.Done;
import io.spillway.reconcile.Step.Look;
import io.spillway.reconcile.Step.Part;
import io.spillway.reconcile.Step.Wait;
import io.spillway.slurm.MinionKey;
import io.spillway.slurm.Probe;
import io.spillway.slurm.SlurmNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/** To READY: server, states, host, then the proof that jobs may run there, the jobs, and the end of our drain. */
final class Return {
    private Return() {}

    static Step next(Situation now) {
        return running(now)
                .or(() -> Arrival.join(now))
                .or(() -> now.elsewhere() ? Optional.of(Move.next(now)) : Optional.empty())
                .or(() -> heldJobs(now))
                .orElseGet(() -> open(now));
    }

    /** Empty once the server runs. */
    static Optional<Step> running(Situation now) {
        if (now.server().status() == ServerStatus.SUSPENDED) {
            return Optional.of(
                    now.open()
                            ? new Drain(now.name(), "spillway: restore", "no job may start before its clock is right")
                            : new ResumeServer(now.server().id(), "its memory is on disk"));
        }
        return now.server().status() == ServerStatus.PAUSED
                ? Optional.of(new UnpauseServer(now.server().id(), "its CPUs stand still"))
                : Optional.empty();
    }

    /** Empty once no job is held here any more. */
    static Optional<Step> heldJobs(Situation now) {
        SortedSet<String> held = now.heldHere();
        if (held.isEmpty() && now.marks().held().isEmpty()) {
            return Optional.empty();
        }
        SortedSet<String> free = now.free();
        Optional<Step> obstacle = proven(now);
        if (obstacle.isPresent()) {
            return obstacle;
        }
        if (!free.isEmpty()) {
            return Optional.of(new ResumeJobs(free, "clock, munge, slurmd and mounts are right"));
        }
        List<Other> away = now.away(held);
        Optional<Step> release = release(now, held);
        if (release.isPresent()) {
            return release;
        }
        if (held.isEmpty()) {
            return Optional.of(new ForgetHeld(
                    now.server().id(), Marks.heldKeys(now.server().metadata()), "none is suspended any more"));
        }
        if (!held.equals(now.marks().held().ids()) || !now.marks().back()) {
            return Optional.of(new WriteHeld(
                    now.server().id(),
                    Held.of(now.slurm().jobs().stream()
                            .filter(job -> held.contains(job.id()))
                            .toList()),
                    true,
                    named(held) + " only waits for other nodes"));
        }
        return Optional.of(waitFor(away, held));
    }

    private static Step waitFor(List<Other> away, SortedSet<String> held) {
        String reason = "%s waits for %s".formatted(named(held), away.get(0).node());
        boolean allReturn = away.stream().allMatch(Other::returning);
        return allReturn ? new Wait(Party.JOBS, reason) : new Done(reason + ", and it stays drained till then");
    }

    /** A node that came back before and waited for a job that goes on now is let go by us, who were the last. */
    private static Optional<Step> release(Situation now, SortedSet<String> stillHeld) {
        SortedSet<String> gone = without(now.marks().held().ids(), stillHeld);
        return now.cloud().others().stream()
                .filter(Other::back)
                .filter(other -> !both(gone, other.held().ids()).isEmpty())
                .findFirst()
                .map(other -> {
                    Held left = other.held().without(gone);
                    return new Release(
                            other.node(),
                            other.server(),
                            left,
                            // one that is on its way to disk is drained for that
                            left.isEmpty() && other.returning(),
                            "it waited for %s, which goes on"
                                    .formatted(named(both(gone, other.held().ids()))));
                });
    }

    /**
     * Empty unless a job is to end on a node that Slurm does not hear. A job that was cancelled while its node was away
     * ends when slurmd registers: until then slurmctld tells that node nothing, and with SlurmdTimeout=0 it asks such nodes
     * only every 100 s. A node that no minion speaks for is left to whoever waits.
     */
    static Optional<Step> hear(Situation now) {
        SortedSet<String> ending = now.jobs(Job::completing);
        if (ending.isEmpty() || now.node().filter(SlurmNode::silent).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(obstacle(now)
                        .orElseGet(() -> new Wake(
                                now.name(), "%s can only end when Slurm hears from it".formatted(named(ending)))))
                .filter(step -> !(step instanceof Step.Refuse));
    }

    /** Empty once those of the held jobs that no other node keeps may go on, here and at their other nodes. */
    static Optional<Step> proven(Situation now) {
        return now.undated().or(() -> obstacle(now)).or(() -> peers(now));
    }

    /** Empty once jobs may run on the node. */
    static Optional<Step> obstacle(Situation now) {
        Optional<Step> unseen = unseen(now.seen().probe(), Part.PROBE, "whether jobs may run on it", "its minion");
        if (unseen.isPresent()) {
            return unseen;
        }
        Probe probe = now.seen().probe().toOptional().orElseThrow();
        if (!probe.answered() && now.slurm().minion() != MinionKey.ACCEPTED) {
            return Optional.of(Arrival.unreachable(now));
        }
        return probe.obstacle().map(what -> new Wait(Party.GUEST, what));
    }

    /** Empty once the held jobs may go on at their other nodes, too. */
    private static Optional<Step> peers(Situation now) {
        if (now.unproven().isEmpty()) {
            return Optional.empty();
        }
        if (now.seen().peers() instanceof Seen.Unknown<SortedMap<NodeName, Probe>> unknown) {
            return Optional.of(doubt("another node's minion", unknown.failure()));
        }
        Map<NodeName, Probe> probes = now.seen().peers().toOptional().orElse(new TreeMap<>());
        if (!probes.keySet().containsAll(now.unproven())) {
            return Optional.of(new Look(Part.PEERS, "whether jobs may run on their other nodes"));
        }
        return now.unproven().stream()
                .flatMap(peer ->
                        probes.getOrDefault(peer, Probe.SILENT).obstacle().map(what -> peer + ": " + what).stream())
                .findFirst()
                .map(what -> new Wait(Party.GUEST, what));
    }

    /** Ends our drain, or our DOWN, and makes sure that Slurm hears from the node. */
    private static Step open(Situation now) {
        SlurmNode node = now.node().orElseThrow();
        if (now.closedByUs()) {
            return obstacle(now).orElseGet(() -> new Undrain(now.name(), "jobs may run on it"));
        }
        if (node.heldDown()) {
            return Lifecycle.refuse(
                    now.seen(),
                    "Slurm holds %s DOWN%s; when it is well: scontrol update nodename=%s state=resume",
                    now.name(),
                    because(node),
                    now.name());
        }
        if (node.powering()) {
            return new Wait(Party.SLURM, "Slurm's power saving is switching it");
        }
        if (node.silent() || node.down() || node.poweredDown()) {
            return obstacle(now).orElseGet(() -> new Wake(now.name(), "Slurm has not heard from it of late"));
        }
        if (node.drained()) {
            return new Done("it runs, drained by somebody else" + because(node));
        }
        SortedSet<String> foreign = now.jobs(Job::suspended);
        return new Done(
                foreign.isEmpty() ? "it takes jobs" : "it takes jobs; somebody else suspended " + named(foreign));
    }

    private static String because(SlurmNode node) {
        return node.reason().isEmpty() ? "" : ": " + node.reason();
    }
}
