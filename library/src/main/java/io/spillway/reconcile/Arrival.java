package io.spillway.reconcile;

import static io.spillway.reconcile.Lifecycle.refuse;
import static io.spillway.reconcile.Lifecycle.unseen;

import io.spillway.failure.NotFoundException;
import io.spillway.model.Goal;
import io.spillway.model.Job;
import io.spillway.model.NodeName;
import io.spillway.model.Pool;
import io.spillway.reconcile.Effect.ApplyStates;
import io.spillway.reconcile.Effect.Create;
import io.spillway.reconcile.Effect.Destroy;
import io.spillway.reconcile.Observation.SlurmSide;
import io.spillway.reconcile.Step.Look;
import io.spillway.reconcile.Step.Part;
import io.spillway.reconcile.Step.Refuse;
import io.spillway.reconcile.Step.Wait;
import io.spillway.slurm.MinionKey;
import io.spillway.slurm.Probe;
import java.util.List;
import java.util.Optional;

/** From nothing to a node that has joined Slurm. */
final class Arrival {
    private Arrival() {}

    static Step withoutServer(Observation seen, SlurmSide slurm, Goal goal) {
        if (goal.state() != Goal.State.READY || seen.pool().isEmpty()) {
            return new Refuse(
                    new NotFoundException(seen.node().value(), seen.node() + " has no server; `up` would make one"));
        }
        List<String> jobs =
                slurm.jobs().stream().filter(Job::onNodes).map(Job::id).toList();
        if (!jobs.isEmpty()) {
            return refuse(
                    seen,
                    "%s is lost: Slurm has %s on it, but its server is gone; cancel or requeue them first",
                    seen.node(),
                    Situation.named(jobs));
        }
        if (slurm.node().isPresent()) {
            return Departure.forget(seen, slurm.node().get(), "its server is gone and no job is on it");
        }
        return make(seen, slurm, seen.pool().get(), goal);
    }

    /** What is left of an earlier server goes first. */
    static Step make(Observation seen, SlurmSide slurm, Pool pool, Goal goal) {
        if (slurm.minion() == MinionKey.REJECTED) {
            return refuse(
                    seen,
                    "an admin has rejected the minion key of %s; `salt-key -d %s` would take that back",
                    seen.node(),
                    seen.node());
        }
        Optional<Step> clear = clear(seen, slurm);
        return clear.orElseGet(() -> new Create(seen.node(), pool, goal, "it has no server yet"));
    }

    /**
     * Removes a key or a port that is left of an earlier server. Only an accepted key can be one that was made here: a
     * pending one is a machine's that asks, a rejected one an admin's word.
     */
    static Optional<Step> clear(Observation seen, SlurmSide slurm) {
        if (slurm.minion() == MinionKey.ACCEPTED) {
            return Optional.of(new Destroy(seen.node(), Optional.empty(), "a minion key is left of an earlier server"));
        }
        String whether = "whether a port is left of an earlier server";
        Optional<Step> unseen = unseen(seen.port(), Part.PORT, whether, "the cloud's network");
        if (unseen.isPresent()) {
            return unseen;
        }
        return seen.port().toOptional().orElse(false)
                ? Optional.of(new Destroy(seen.node(), Optional.empty(), "a port is left of an earlier server"))
                : Optional.empty();
    }

    static Step unreachable(Situation now) {
        return refuse(
                now.seen(),
                "%s cannot be reached by Salt: its minion's key is %s; `salt-key -a %s` would accept it",
                now.name(),
                now.slurm().minion(),
                now.name());
    }

    /** The server runs; empty once the node has joined with all its states. */
    static Optional<Step> join(Situation now) {
        // a line of slurm.conf is there before its node
        boolean joined =
                now.node().filter(node -> !(node.cloud() && node.poweringUp())).isPresent();
        if (joined && now.marks().provisioned()) {
            return Optional.empty();
        }
        if (now.slurm().minion() != MinionKey.ACCEPTED) {
            return Optional.of(unreachable(now));
        }
        Optional<NodeName> holder = now.addressHolder();
        if (!joined && holder.isPresent()) {
            return Optional.of(new Wait(
                    Party.SLURM, "its address is in quarantine: Slurm still reaches %s by it".formatted(holder.get())));
        }
        if (now.seen().probe() instanceof Seen.Unasked<Probe>) {
            return Optional.of(new Look(Part.PROBE, "whether the guest has booted"));
        }
        Probe probe = now.seen().probe().toOptional().orElse(Probe.SILENT);
        if (!probe.answered()) {
            return Optional.of(new Wait(Party.GUEST, "booting: its minion is silent"));
        }
        if (!now.marks().provisioned()) {
            return Optional.of(new ApplyStates(now.name(), now.server().id(), "its minion answers"));
        }
        return Optional.of(
                probe.slurmd()
                        ? new Wait(Party.SLURM, "slurmd runs and has not registered yet")
                        : new ApplyStates(now.name(), now.server().id(), "slurmd does not run"));
    }
}
