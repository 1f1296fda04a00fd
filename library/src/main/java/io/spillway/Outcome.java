package io.spillway;

import io.spillway.failure.SpillwayException;
import io.spillway.model.Hostlist;
import io.spillway.reconcile.NodeOutcome;
import java.util.List;

/**
 * How an operation ended, node by node.
 *
 * @param nodes each node's outcome, in the nodes' order
 */
public record Outcome(List<NodeOutcome> nodes) {
    public Outcome {
        nodes = List.copyOf(nodes);
    }

    /**
     * The nodes that reached their goal.
     *
     * @return their names
     */
    public Hostlist done() {
        return Hostlist.of(
                nodes.stream().filter(NodeOutcome::done).map(NodeOutcome::node).toList());
    }

    /**
     * The nodes that did not reach their goal.
     *
     * @return their names
     */
    public Hostlist failed() {
        return Hostlist.of(nodes.stream()
                .filter(node -> !node.done())
                .map(NodeOutcome::node)
                .toList());
    }

    /**
     * Whether all nodes reached their goal.
     *
     * @return true if so
     */
    public boolean complete() {
        return nodes.stream().allMatch(NodeOutcome::done);
    }

    /**
     * For those to whom anything less than all is a failure.
     *
     * @return this
     * @throws SpillwayException the first node's failure, if there is one
     */
    public Outcome orThrow() {
        nodes.stream().flatMap(node -> node.failure().stream()).findFirst().ifPresent(failure -> {
            throw failure;
        });
        return this;
    }
}
