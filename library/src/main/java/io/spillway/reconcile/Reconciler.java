package io.spillway.reconcile;

import io.spillway.model.Away;
import io.spillway.model.Bounds;
import io.spillway.model.Goal;
import io.spillway.model.NodeName;
import io.spillway.model.Pool;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Brings nodes to their goals, step by step. This class is threadsafe: each node's way takes a thread. */
public final class Reconciler {
    final Ports ports;
    final Looks looks;
    final Pace pace;
    final Permits permits;
    final Breakers breakers;
    final Boundary boundary;
    final Newest newest = new Newest();

    /**
     * A reconciler over these ports, within {@link Bounds#DEFAULT}.
     *
     * @param ports what it looks at and acts on
     * @param pace its time
     */
    public Reconciler(Ports ports, Pace pace) {
        this(ports, pace, Bounds.DEFAULT);
    }

    /**
     * A reconciler over these ports.
     *
     * @param ports what it looks at and acts on
     * @param pace its time
     * @param bounds how much it does at once
     */
    public Reconciler(Ports ports, Pace pace, Bounds bounds) {
        this(ports, pace, bounds, Boundary.installed());
    }

    Reconciler(Ports ports, Pace pace, Bounds bounds, Boundary boundary) {
        this.ports = ports;
        this.looks = new Looks(ports, pace);
        this.pace = pace;
        this.permits = new Permits(bounds, pace::nanos);
        this.breakers = new Breakers(pace);
        this.boundary = boundary;
    }

    /**
     * What bounds a way.
     *
     * @param deadlineNanos when it ends at the latest, by {@link Pace#nanos}
     * @param stopped asked before each step: whether to stop
     * @param progress told what happens
     * @param note a person's reason, added to the one in Slurm where we drain
     * @param keeping whether the goal stands in the metadata already and is only kept: it is never written, and the
     *     wait for users' jobs is left to later looks
     * @param by the policy that puts the node away by this; empty for a person, or a policy that brings it back
     */
    public record Limits(
            long deadlineNanos,
            BooleanSupplier stopped,
            Consumer<Progress> progress,
            Optional<String> note,
            boolean keeping,
            Optional<Away> by) {
        Limits(
                long deadlineNanos,
                BooleanSupplier stopped,
                Consumer<Progress> progress,
                Optional<String> note,
                boolean keeping) {
            this(deadlineNanos, stopped, progress, note, keeping, Optional.empty());
        }

        /**
         * The limits of a way that somebody asked for.
         *
         * @param deadlineNanos when it ends at the latest, by {@link Pace#nanos}
         * @param stopped asked before each step: whether to stop
         * @param progress told what happens
         * @param note a person's reason, added to the one in Slurm where we drain
         */
        public Limits(long deadlineNanos, BooleanSupplier stopped, Consumer<Progress> progress, Optional<String> note) {
            this(deadlineNanos, stopped, progress, note, false);
        }

        /** The same, stopped as well when that says so. */
        Limits or(BooleanSupplier also) {
            return new Limits(
                    deadlineNanos, () -> stopped.getAsBoolean() || also.getAsBoolean(), progress, note, keeping, by);
        }

        /**
         * The same for a way by which a policy puts a node away.
         *
         * @param policy which, and from where; empty if none does
         * @return the limits
         */
        public Limits by(Optional<Away> policy) {
            return new Limits(deadlineNanos, stopped, progress, note, keeping, policy);
        }
    }

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
     * The pools that make no servers now: there is no room, or their image is broken.
     *
     * @return the pools' names, each with the reason
     */
    public Map<String, String> closedPools() {
        return breakers.closed();
    }

    /**
     * Lets a pool make servers again.
     *
     * @param pool its name
     */
    public void reopen(String pool) {
        breakers.reset(pool);
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
