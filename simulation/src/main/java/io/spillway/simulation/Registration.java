package io.spillway.simulation;

import io.spillway.model.NodeName;
import io.spillway.model.Size;
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

    /** Whether it is a line of slurm.conf with State=CLOUD: a virtual node that power saving switches. */
    boolean line;

    /** Whether power saving has switched it on and its slurmd is awaited. */
    boolean poweringUp;

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

    boolean virtual() {
        return dynamic || line;
    }

    Size size() {
        return virtual() ? Vm.SIZE : Simulation.HOST;
    }

    /** As it is with so many of its CPUs in use. */
    SlurmNode seen(int busy, Set<String> partitions) {
        String use = busy == 0 ? "IDLE" : busy < size().cpus() ? "MIXED" : "ALLOCATED";
        Set<String> states = new TreeSet<>(Set.of(down ? "DOWN" : use));
        if (drained) {
            states.add("DRAIN");
        }
        if (silent) {
            states.add("NOT_RESPONDING");
        }
        if (reserved) {
            states.add("RESERVED");
        }
        if (line) {
            states.add("CLOUD");
        }
        if (poweringUp) {
            states.add("POWERING_UP");
        }
        return new SlurmNode(name, address, states, reason, dynamic, size(), partitions);
    }
}
