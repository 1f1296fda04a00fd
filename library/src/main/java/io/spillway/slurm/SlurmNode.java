package io.spillway.slurm;

import io.spillway.model.NodeName;
import io.spillway.model.Size;
import java.util.Set;

/**
 * A node as slurmctld sees it.
 *
 * @param name its name
 * @param address where slurmctld reaches it
 * @param states Slurm's words, such as {@code IDLE} and {@code DRAIN}
 * @param reason why it is drained or down; empty if it is not
 * @param dynamic whether it joined by itself; else it stands in slurm.conf and is not ours to delete
 * @param size its CPUs and memory, as Slurm counts them
 * @param partitions the partitions it is in
 */
public record SlurmNode(
        NodeName name,
        String address,
        Set<String> states,
        String reason,
        boolean dynamic,
        Size size,
        Set<String> partitions) {
    /** With this begins every reason that we set. */
    public static final String OURS = "spillway:";

    /** With this begins the reason of a drain that a person asked us for: it is theirs, and stays till they end it. */
    public static final String ASKED = "spillway: drain";

    /** With this begins slurmctld's own reason for a node that it hears nothing from. */
    private static final String GIVEN_UP = "Not responding";

    /** With this begins slurmctld's own reason for a node that it switched on in vain. */
    private static final String NOT_RESUMED = "ResumeTimeout reached";

    public SlurmNode {
        states = Set.copyOf(states);
        partitions = Set.copyOf(partitions);
    }

    /**
     * A node of which nobody knows how big it is.
     *
     * @param name its name
     * @param address where slurmctld reaches it
     * @param states Slurm's words, such as {@code IDLE} and {@code DRAIN}
     * @param reason why it is drained or down; empty if it is not
     * @param dynamic whether it joined by itself
     */
    public SlurmNode(NodeName name, String address, Set<String> states, String reason, boolean dynamic) {
        this(name, address, states, reason, dynamic, Size.NONE, Set.of());
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
     * Whether it was us who drained it, on the way to a goal.
     *
     * @return true if so
     */
    public boolean drainedByUs() {
        return drained() && reason.startsWith(OURS) && !reason.startsWith(ASKED);
    }

    /**
     * Whether it takes no jobs by our word, on the way to a goal: drained, or DOWN since its server died.
     *
     * @return true if so
     */
    public boolean closedByUs() {
        return (drained() || down()) && reason.startsWith(OURS) && !reason.startsWith(ASKED);
    }

    /**
     * Whether it was us who drained it, since a person asked for that.
     *
     * @return true if so
     */
    public boolean drainedAsAsked() {
        return drained() && reason.startsWith(ASKED);
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

    /**
     * Whether it is down by an admin's word, or for a fault that slurmctld wants an admin to look at; else it is back as
     * soon as its slurmd registers.
     *
     * @return true if so
     */
    public boolean heldDown() {
        boolean theirs = reason.startsWith(ASKED) ? !silent() : !reason.startsWith(OURS);
        return down() && !reason.isEmpty() && !reason.startsWith(GIVEN_UP) && theirs;
    }

    /**
     * Whether it is a line of slurm.conf with {@code State=CLOUD}: the place of a virtual node that Slurm's power saving
     * switches on and off. The line stays when the node goes.
     *
     * @return true if so
     */
    public boolean cloud() {
        return !dynamic && states.contains("CLOUD");
    }

    /**
     * Whether Slurm's power saving is switching it on or off.
     *
     * @return true if so
     */
    public boolean powering() {
        return poweringUp() || poweringDown();
    }

    /**
     * Whether Slurm's power saving is switching it on: no job on it has begun there, and only a slurmd that booted since
     * may register.
     *
     * @return true if so
     */
    public boolean poweringUp() {
        return states.contains("POWERING_UP");
    }

    /**
     * Whether Slurm's power saving is switching it off: no job is on it.
     *
     * @return true if so
     */
    public boolean poweringDown() {
        return states.contains("POWERING_DOWN");
    }

    /**
     * Whether Slurm's power saving thinks that it is off; a registration of its slurmd corrects that.
     *
     * @return true if so
     */
    public boolean poweredDown() {
        return states.contains("POWERED_DOWN");
    }

    /**
     * Whether it is a {@link #cloud} line whose node Slurm's power saving has on, or switches on.
     *
     * @return true if so
     */
    public boolean switchedOn() {
        return cloud() && !switchedOff();
    }

    /**
     * Whether it is a {@link #cloud} line whose node Slurm's power saving has off, or switches off.
     *
     * @return true if so
     */
    public boolean switchedOff() {
        return cloud() && (poweringDown() || poweredDown());
    }

    /**
     * Whether Slurm's power saving switched it on and gave it up, since it did not register in time.
     *
     * @return true if so
     */
    public boolean notResumed() {
        return down() && poweredDown() && reason.startsWith(NOT_RESUMED);
    }

    /**
     * Whether it is in a reservation that is in force.
     *
     * @return true if so
     */
    public boolean reserved() {
        return states.contains("RESERVED") || states.contains("MAINTENANCE") || states.contains("MAINT");
    }
}
