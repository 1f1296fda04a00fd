package io.spillway.reconcile;

import io.spillway.failure.SpillwayException;
import io.spillway.model.Goal;
import io.spillway.model.NodeName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How one node's way to its goal ended.
 *
 * @param node which node
 * @param goal its goal
 * @param failure why the goal was not reached; empty if it was
 * @param reason how things stand, one line
 * @param steps what each step took
 * @param took all together
 * @param own how much of it was our own: neither work of Nova, Slurm or Salt, nor waiting for them, the guest or jobs.
 *     Where Nova had ended before we noticed, that look and half of the sleep before it are
 */
public record NodeOutcome(
        NodeName node,
        Goal goal,
        Optional<SpillwayException> failure,
        String reason,
        List<StepTime> steps,
        Duration took,
        Duration own) {
    public NodeOutcome {
        steps = List.copyOf(steps);
    }

    /**
     * Whether the goal was reached.
     *
     * @return true if so
     */
    public boolean done() {
        return failure.isEmpty();
    }
}
