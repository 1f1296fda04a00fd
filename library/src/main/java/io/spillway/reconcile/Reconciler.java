package io.spillway.reconcile;

import io.spillway.model.Goal;
import io.spillway.model.NodeName;
import io.spillway.model.Pool;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Brings nodes to their goals, step by step. This class is threadsafe: each node's way takes a thread. */
public final class Reconciler {
    final Ports ports;
    final Looks looks;
    final Pace pace;

    /**
     * A reconciler over these ports.
     *
     * @param ports what it looks at and acts on
     * @param pace its time
     */
    public Reconciler(Ports ports, Pace pace) {
        this.ports = ports;
        this.looks = new Looks(ports);
        this.pace = pace;
    }

    /**
     * What bounds a way.
     *
     * @param deadlineNanos when it ends at the latest, by {@link Pace#nanos}
     * @param stopped asked before each step: whether to stop
     * @param progress told what happens
     * @param note a person's reason, added to the one in Slurm where we drain
     */
    public record Limits(
            long deadlineNanos, BooleanSupplier stopped, Consumer<Progress> progress, Optional<String> note) {}

    /**
     * Brings one node to its goal; returns when it is there, cannot be, or a limit is reached. Throws no
     * SpillwayException: the outcome has it.
     *
     * @param node which node
     * @param goal what it should be
     * @param pool the pool to make it for; empty if it is not to be made
     * @param limits what bounds it
     * @return how it ended
     */
    public NodeOutcome bring(NodeName node, Goal goal, Optional<Pool> pool, Limits limits) {
        return new Way(this, node, goal, pool, limits).go();
    }

    /**
     * The looks that it decides by.
     *
     * @return the looks
     */
    public Looks looks() {
        return looks;
    }
}
