package io.spillway.reconcile;

import io.spillway.model.Hostlist;
import io.spillway.model.PhysicalNode;
import io.spillway.slurm.SlurmNode;
import java.util.Comparator;
import java.util.List;

/** The physical nodes of a cluster: what stands in slurm.conf and is no place of a virtual node. */
final class Metal {
    private Metal() {}

    /**
     * The physical nodes.
     *
     * @param look all of Slurm
     * @param virtual the names that virtual nodes may have
     * @return them, in order
     */
    static List<PhysicalNode> of(SlurmLook look, Hostlist virtual) {
        return look.site().nodes().values().stream()
                .filter(node -> !node.dynamic() && !node.cloud() && !virtual.contains(node.name()))
                .sorted(Comparator.comparing(SlurmNode::name))
                .map(node -> new PhysicalNode(
                        node.name(),
                        node.size(),
                        node.states(),
                        node.partitions(),
                        look.of(node.name()).jobs(),
                        node.drained() || node.down() ? node.reason() : ""))
                .toList();
    }
}
