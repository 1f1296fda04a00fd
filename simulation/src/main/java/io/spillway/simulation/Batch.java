package io.spillway.simulation;

import io.spillway.model.Hostlist;
import io.spillway.model.Job;
import io.spillway.model.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** A job that has its nodes. */
final class Batch {
    /** What Slurm calls it. */
    enum State {
        RUNNING,
        SUSPENDED,
        COMPLETING
    }

    final String id;
    final Hostlist nodes;
    State state = State.RUNNING;

    /** Whether its suspension is somebody else's. */
    boolean byOthers;

    /** When its state changed last, by our clock and by Slurm's, which counts seconds. */
    long changed;

    long second;

    Batch(String id, Hostlist nodes, long now) {
        this.id = id;
        this.nodes = nodes;
        this.changed = now;
    }

    boolean on(NodeName node) {
        return nodes.contains(node);
    }

    Job seen() {
        return new Job(
                id,
                "job",
                "user",
                "htc",
                Set.of(state.name()),
                nodes,
                Duration.ZERO,
                state == State.SUSPENDED ? Optional.of(Instant.ofEpochSecond(second)) : Optional.empty());
    }
}
