package io.spillway.reconcile;

import io.spillway.model.Job;
import io.spillway.model.NodeName;
import io.spillway.reconcile.Observation.SlurmSide;
import io.spillway.slurm.MinionKey;
import io.spillway.slurm.SlurmSite;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One look at all of Slurm and the Salt master, sorted once for all nodes that share it. */
final class SlurmLook {
    private final SlurmSite site;
    private final Map<String, NodeName> addresses;
    private final Map<NodeName, List<Job>> jobs = new HashMap<>();

    SlurmLook(SlurmSite site) {
        this.site = site;
        Map<String, NodeName> known = new HashMap<>();
        site.nodes().values().stream()
                .filter(node -> !node.address().isEmpty())
                .forEach(node -> known.put(node.address(), node.name()));
        // one that cannot change is not copied for each node
        addresses = Map.copyOf(known);
        site.jobs().stream()
                .filter(Job::onNodes)
                .forEach(job -> job.nodes()
                        .forEach(node -> jobs.computeIfAbsent(node, name -> new ArrayList<>())
                                .add(job)));
    }

    SlurmSite site() {
        return site;
    }

    /** The jobs that have this node. */
    List<Job> jobsOf(NodeName node) {
        return jobs.getOrDefault(node, List.of());
    }

    /** What it says about one node. */
    SlurmSide of(NodeName node) {
        return new SlurmSide(
                site.time(),
                Optional.ofNullable(site.nodes().get(node)),
                jobsOf(node),
                site.minions().getOrDefault(node, MinionKey.ABSENT),
                addresses,
                site.ours());
    }
}
