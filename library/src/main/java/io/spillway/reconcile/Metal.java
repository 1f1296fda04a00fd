package io.spillway.reconcile;

import io.spillway.model.Hostlist;
import io.spillway.model.Job;
import io.spillway.model.NodeName;
import io.spillway.model.PhysicalNode;
import io.spillway.slurm.SlurmNode;
import io.spillway.slurm.SlurmSite;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The physical nodes of a cluster: what stands in slurm.conf and is no place of a virtual node. */
final class Metal {
    private Metal() {}

    /**
     * The physical nodes.
     *
     * @param site all of Slurm
     * @param virtual the names that virtual nodes may have
     * @return them, in order
     */
    static List<PhysicalNode> of(SlurmSite site, Hostlist virtual) {
        Map<NodeName, List<Job>> jobs = new HashMap<>();
        for (Job job : site.jobs()) {
            if (job.onNodes()) {
                job.nodes()
                        .forEach(node -> jobs.computeIfAbsent(node, name -> new ArrayList<>())
                                .add(job));
            }
        }
        return site.nodes().values().stream()
                .filter(node -> !node.dynamic() && !node.cloud() && !virtual.contains(node.name()))
                .sorted(Comparator.comparing(SlurmNode::name))
                .map(node -> new PhysicalNode(
                        node.name(),
                        node.size(),
                        node.states(),
                        node.partitions(),
                        jobs.getOrDefault(node.name(), List.of()),
                        node.drained() || node.down() ? node.reason() : ""))
                .toList();
    }
}
