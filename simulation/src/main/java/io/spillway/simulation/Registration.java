package io.spillway.simulation;

import io.spillway.model.NodeName;
import io.spillway.slurm.SlurmNode;
import java.util.Set;
import java.util.TreeSet;

/** A node as slurmctld has it. */
final class Registration {
    final NodeName name;
    final String address;
    String reason = "";
    boolean drained;
    boolean down;
    boolean silent;
    boolean reserved;

    /** Else it is a physical node, and a host of the cloud besides. */
    boolean dynamic = true;

    /** When an admin last changed it. */
    long adminChanged = Long.MIN_VALUE / 2;

    Registration(NodeName name, String address) {
        this.name = name;
        this.address = address;
    }

    /** Whether Slurm starts jobs on it. */
    boolean open() {
        return !drained && !down && !silent && !reserved;
    }

    SlurmNode seen() {
        Set<String> states = new TreeSet<>(Set.of(down ? "DOWN" : "IDLE"));
        if (drained) {
            states.add("DRAIN");
        }
        if (silent) {
            states.add("NOT_RESPONDING");
        }
        if (reserved) {
            states.add("RESERVED");
        }
        return new SlurmNode(
                name, address, states, reason, dynamic, dynamic ? Vm.SIZE : SimulatedSite.HOST, Set.of("htc"));
    }
}
