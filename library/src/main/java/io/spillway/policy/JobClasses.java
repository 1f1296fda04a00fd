package io.spillway.policy;

import io.spillway.model.Job;
import io.spillway.model.Node;
import java.util.List;
import java.util.Optional;

/**
 * The classes of a site's jobs. A job is of the first one that matches.
 *
 * @param classes in their order; a job that none matches is {@link JobClass#OTHER}
 */
public record JobClasses(List<JobClass> classes) {
    /** Every job is {@link JobClass#OTHER}. */
    public static final JobClasses NONE = new JobClasses(List.of());

    public JobClasses {
        classes = List.copyOf(classes);
    }

    /**
     * A job's class.
     *
     * @param job the job
     * @param pool the pool whose node it is on; empty if it waits or is on another node
     * @return its class
     */
    public JobClass of(Job job, Optional<String> pool) {
        for (JobClass one : classes) {
            if (one.match().has(job, pool)) {
                return one;
            }
        }
        return JobClass.OTHER;
    }

    /**
     * What may be done to a node: what every job on it allows.
     *
     * @param node the node
     * @return the strictest ladder; {@link Ladder#KEEPING} if it has no jobs
     */
    public Ladder ladder(Node node) {
        return node.jobs().stream()
                .map(job -> of(job, node.pool()).ladder())
                .reduce(Ladder::and)
                .orElse(Ladder.KEEPING);
    }
}
