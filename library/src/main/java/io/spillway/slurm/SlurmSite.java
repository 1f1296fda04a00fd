package io.spillway.slurm;

import io.spillway.model.Job;
import io.spillway.model.NodeName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All of Slurm, and the minions' keys, in one look.
 *
 * @param time the controller's clock
 * @param nodes the nodes
 * @param jobs all jobs that are not long over
 * @param minions the keys; a name that is not here has none
 * @param ours the ids of the jobs that are suspended by {@link ResourceManager#suspend}
 */
public record SlurmSite(
        Instant time,
        Map<NodeName, SlurmNode> nodes,
        List<Job> jobs,
        Map<NodeName, MinionKey> minions,
        Set<String> ours) {
    public SlurmSite {
        nodes = Map.copyOf(nodes);
        jobs = List.copyOf(jobs);
        minions = Map.copyOf(minions);
        ours = Set.copyOf(ours);
    }
}
