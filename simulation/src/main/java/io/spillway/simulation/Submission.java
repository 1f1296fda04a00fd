package io.spillway.simulation;

import io.spillway.model.Hostlist;
import java.time.Duration;
import java.util.Optional;

/**
 * What a user submits.
 *
 * @param name what the job is called
 * @param partition where to
 * @param nodes the nodes that it wants, all of them; empty if any one of the partition will do
 * @param cpus on each of its nodes
 * @param length how long it runs; empty until {@link Simulation#finish} lets it end. Suspended or away it does not run
 */
public record Submission(String name, String partition, Optional<Hostlist> nodes, int cpus, Optional<Duration> length) {
    /** The partition that all nodes are in. */
    public static final String ALL = "htc";

    /**
     * A job of one core on any node, until it is let end.
     *
     * @param name what the job is called
     * @param partition where to
     */
    public Submission(String name, String partition) {
        this(name, partition, Optional.empty(), 1, Optional.empty());
    }
}
