package io.spillway.slurm;

import io.spillway.model.NodeName;
import java.util.Set;

/**
 * A node as slurmctld sees it.
 *
 * @param name its name
 * @param address where slurmctld reaches it
 * @param states Slurm's words, such as {@code IDLE} and {@code DRAIN}
 * @param reason why it is drained or down; empty if it is not
 * @param dynamic whether it joined by itself; else it stands in slurm.conf and is not ours to delete
 */
public record SlurmNode(NodeName name, String address, Set<String> states, String reason, boolean dynamic) {
    /** With this begins every reason that we set. */
    public static final String OURS = "spillway:";

    public SlurmNode {
        states = Set.copyOf(states);
    }

    /**
     * Whether it gets no new jobs because somebody drained it.
     *
     * @return true if so
     */
    public boolean drained() {
        return states.contains("DRAIN");
    }

    /**
     * Whether it was us who drained it.
     *
     * @return true if so
     */
    public boolean drainedByUs() {
        return drained() && reason.startsWith(OURS);
    }

    /**
     * Whether slurmctld has not heard from it of late.
     *
     * @return true if so
     */
    public boolean silent() {
        return states.contains("NOT_RESPONDING") || states.contains("UNKNOWN");
    }

    /**
     * Whether slurmctld has given it up.
     *
     * @return true if so
     */
    public boolean down() {
        return states.contains("DOWN");
    }
}
