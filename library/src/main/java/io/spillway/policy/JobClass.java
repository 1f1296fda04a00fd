package io.spillway.policy;

import io.spillway.model.Job;
import java.util.Optional;
import java.util.Set;

/**
 * Jobs that are treated alike.
 *
 * @param name what people call the class
 * @param match which jobs are in it
 * @param urgent whether others step aside for it
 * @param yields whether it steps aside for urgent jobs; a host that is to be emptied asks everybody
 * @param ladder how its jobs step aside
 * @param budget what its jobs may be asked to bear
 */
public record JobClass(String name, Match match, boolean urgent, boolean yields, Ladder ladder, Budget budget) {
    /** What a job is that no class names: asked to step aside only where a host is to be emptied, and loses nothing. */
    public static final JobClass OTHER = new JobClass("other", Match.ANY, false, false, Ladder.KEEPING, Budget.DEFAULT);

    /**
     * Which jobs. Each empty set matches every job.
     *
     * @param partitions the partition it was submitted to
     * @param qos its quality of service
     * @param accounts whom it is charged to
     * @param pools the pool whose node it is on; a job that waits is on none
     */
    public record Match(Set<String> partitions, Set<String> qos, Set<String> accounts, Set<String> pools) {
        /** Every job. */
        public static final Match ANY = new Match(Set.of(), Set.of(), Set.of(), Set.of());

        public Match {
            partitions = Set.copyOf(partitions);
            qos = Set.copyOf(qos);
            accounts = Set.copyOf(accounts);
            pools = Set.copyOf(pools);
        }

        boolean has(Job job, Optional<String> pool) {
            return (partitions.isEmpty() || partitions.contains(job.partition()))
                    && (qos.isEmpty() || qos.contains(job.request().qos()))
                    && (accounts.isEmpty() || accounts.contains(job.request().account()))
                    && (pools.isEmpty() || pool.filter(pools::contains).isPresent());
        }
    }
}
