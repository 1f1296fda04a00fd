package io.spillway.reconcile;

import io.spillway.failure.NotFoundException;
import io.spillway.failure.RefusedException;
import io.spillway.failure.SpillwayException;
import io.spillway.model.Goal;
import io.spillway.model.NodeName;
import io.spillway.reconcile.Observation.SlurmSide;
import io.spillway.reconcile.Reconciler.Limits;
import io.spillway.slurm.SlurmNode;
import java.util.List;
import java.util.Optional;

/** Closes and opens nodes for a person. These are no goals: Slurm itself remembers them. This class is threadsafe. */
public final class Drains {
    private final Reconciler reconciler;

    /**
     * Drains over this reconciler's ports.
     *
     * @param reconciler whose ports and time
     */
    public Drains(Reconciler reconciler) {
        this.reconciler = reconciler;
    }

    /**
     * The step that would close a node.
     *
     * @param node which node
     * @param reason why, as Slurm shows it
     * @return the step, or why there is none
     */
    public Step drain(NodeName node, String reason) {
        SlurmNode slurm = slurm(node);
        if (!slurm.drained() || slurm.drainedByUs()) {
            return new Effect.Drain(node, reason, "asked for: it gets no new jobs, those on it run on");
        }
        return new Step.Done("it is drained: " + slurm.reason());
    }

    /**
     * The step that would open a node.
     *
     * @param node which node
     * @return the step, or why there is none
     */
    public Step undrain(NodeName node) {
        SlurmNode slurm = slurm(node);
        if (slurm.drainedAsAsked()) {
            return new Effect.Undrain(node, true, "asked for: it may get jobs again");
        }
        if (slurm.drainedByUs()) {
            return new Step.Refuse(new RefusedException(
                    node.value(),
                    "%s is drained on the way to its goal (%s); `restore` or `release` would open it"
                            .formatted(node, slurm.reason())));
        }
        return slurm.drained()
                ? new Step.Refuse(new RefusedException(
                        node.value(),
                        "%s was drained by somebody else (%s); `scontrol update` would open it"
                                .formatted(node, slurm.reason())))
                : new Step.Done("it is not drained");
    }

    private SlurmNode slurm(NodeName node) {
        return reconciler
                .looks()
                .observe(node, Optional.empty())
                .slurm()
                .toOptional()
                .flatMap(SlurmSide::node)
                .orElseThrow(() -> new NotFoundException(node.value(), node + " is not in Slurm"));
    }

    /**
     * Takes a step of these.
     *
     * @param node which node
     * @param step what to take; asked for now
     * @param limits told of it
     * @return how it ended
     */
    public NodeOutcome take(NodeName node, java.util.function.Supplier<Step> step, Limits limits) {
        Ledger ledger = new Ledger(reconciler.pace);
        Optional<SpillwayException> failure = Optional.empty();
        String reason;
        try {
            Step now = step.get();
            if (now instanceof Step.Refuse refuse) {
                throw refuse.failure();
            }
            if (now instanceof Effect effect) {
                ledger.begin(effect);
                limits.progress().accept(new Progress(node, Progress.Kind.STEP, effect.title(), effect.reason()));
                effect.carryOut(reconciler.ports);
                reconciler.newest.changed(reconciler.pace.nanos());
            }
            reason = now.reason();
            limits.progress().accept(new Progress(node, Progress.Kind.DONE, "done", reason));
        } catch (SpillwayException cause) {
            failure = Optional.of(cause);
            reason = cause.getMessage();
            limits.progress().accept(new Progress(node, Progress.Kind.FAILED, cause.kind(), reason));
        }
        return new NodeOutcome(
                node, Goal.READY, failure, reason, List.copyOf(ledger.finish()), ledger.took(), ledger.own());
    }
}
