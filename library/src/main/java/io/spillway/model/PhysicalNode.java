package io.spillway.model;

import java.util.List;
import java.util.Set;

/**
 * A physical node of the cluster, as slurmctld sees it. One that is a hypervisor too has its host's name.
 *
 * @param name its name
 * @param size its CPUs and memory, as Slurm counts them
 * @param states Slurm's words, such as {@code IDLE}
 * @param partitions the partitions it is in
 * @param jobs what is on it
 * @param reason why it is drained or down; empty if it is not
 */
public record PhysicalNode(
        NodeName name, Size size, Set<String> states, Set<String> partitions, List<Job> jobs, String reason) {
    public PhysicalNode {
        states = Set.copyOf(states);
        partitions = Set.copyOf(partitions);
        jobs = List.copyOf(jobs);
    }

    /**
     * Whether Slurm would give it new jobs.
     *
     * @return true if it is neither drained nor down nor silent
     */
    public boolean open() {
        return states.stream()
                .noneMatch(Set.of("DRAIN", "DOWN", "NOT_RESPONDING", "UNKNOWN", "MAINT", "FAIL")::contains);
    }
}
