package io.spillway.slurm;

import io.spillway.model.Job;
import io.spillway.model.NodeName;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;

/**
 * Slurm, as far as we need it. Every call is idempotent and throws typed failures. What changes something tells, if it
 * can, what {@link #site} would answer right after: who decides by that need not ask.
 */
public interface ResourceManager {
    /**
     * Looks at all nodes, jobs and keys.
     *
     * @return what there is
     */
    SlurmSite site();

    /**
     * Asks a node how it is. A silent node is an answer, not a failure.
     *
     * @param node which node
     * @param patience how long to wait, where one can, for a node that answers and on which no job may run yet
     * @return what it said, and the site after that
     */
    Told<Probe> probe(NodeName node, Duration patience);

    /**
     * Counts the processes of these jobs on a node.
     *
     * @param node which node
     * @param jobs the jobs' ids
     * @return how many run and how many stand still, and the site before that
     */
    Told<Processes> processes(NodeName node, Collection<String> jobs);

    /**
     * Drains a node; one that somebody else has drained or set DOWN, or has asked us to drain, is left as it is.
     *
     * @param node which node
     * @param reason why; begins {@link SlurmNode#OURS}
     * @return the site right after
     */
    Optional<SlurmSite> drain(NodeName node, String reason);

    /**
     * Takes our drain, and our DOWN, from a node; somebody else's stays. Slurmd on a node that slurmctld has not heard from
     * of late may be made to report as by {@link #wake}.
     *
     * @param node which node
     * @param asked whether the drain goes that a person asked us for ({@link SlurmNode#ASKED}); else that stays, too
     * @return the site right after
     */
    Optional<SlurmSite> undrain(NodeName node, boolean asked);

    /**
     * Sets a node DOWN whose machine is dead, and drains it: Slurm takes the jobs off it and requeues those that may be.
     * A node that somebody else has set DOWN is left as it is; one that somebody else has drained keeps its reason.
     *
     * @param node which node
     * @param reason why; begins {@link SlurmNode#OURS}
     * @return the site right after
     */
    Optional<SlurmSite> down(NodeName node, String reason);

    /**
     * Lets jobs start again that were suspended when they lost their nodes: Slurm holds them. Those that are not held,
     * or that their user holds, are left as they are.
     *
     * @param jobs their ids
     * @return the site right after
     */
    Optional<SlurmSite> release(Collection<String> jobs);

    /**
     * Takes a job off its nodes, to start anew later; what it did is lost. Returns when Slurm has accepted: its processes
     * may take Slurm's KillWait to end.
     *
     * @param job the job that is meant, as it was seen: it must still be its user's, on its nodes, since the same second
     * @return the site right after
     * @throws io.spillway.failure.NotFoundException if it is on no node any more
     * @throws io.spillway.failure.RefusedException if it is another one by now, somebody holds or has suspended it, or it
     *     may not start anew
     */
    Optional<SlurmSite> requeue(Job job);

    /**
     * Ends a job for good, else as {@link #requeue}; one that is suspended by us may be ended, too.
     *
     * @param job the job that is meant, as it was seen
     * @return the site right after
     * @throws io.spillway.failure.NotFoundException if it is on no node any more
     * @throws io.spillway.failure.RefusedException if it is another one by now, or somebody holds or has suspended it
     */
    Optional<SlurmSite> cancel(Job job);

    /**
     * Suspends jobs, and marks them as suspended by us: {@link SlurmSite#ours}.
     *
     * @param jobs their ids
     * @return the site right after; those that cannot be are left as they were
     */
    Optional<SlurmSite> suspend(Collection<String> jobs);

    /**
     * Resumes suspended jobs.
     *
     * @param jobs their ids
     * @return the site right after; those that cannot be are left as they were
     */
    Optional<SlurmSite> resume(Collection<String> jobs);

    /**
     * Makes slurmd on a node report to slurmctld now.
     *
     * @param node which node
     * @return the site right after
     */
    Optional<SlurmSite> wake(NodeName node);

    /**
     * Stops slurmd there if it answers, and makes Slurm forget the node. Refused while jobs are on it.
     *
     * @param node which node
     * @return the site right after
     */
    Optional<SlurmSite> delete(NodeName node);

    /**
     * Finds out how Slurm, Salt and the nodes are set up. Changes nothing; what cannot be found out is unknown.
     *
     * @param leave nodes that are not to be asked, since they are away or in motion
     * @return the facts
     */
    default SlurmFacts examine(Set<NodeName> leave) {
        return SlurmFacts.unknown("this Slurm cannot be examined");
    }
}
