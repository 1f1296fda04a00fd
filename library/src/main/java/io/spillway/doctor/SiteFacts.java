package io.spillway.doctor;

import io.spillway.cloud.CloudFacts;
import io.spillway.model.Fact;
import io.spillway.model.Node;
import io.spillway.model.Pool;
import io.spillway.slurm.SlurmFacts;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that is judged.
 *
 * @param pools the pools
 * @param closed the pools that make no servers now, each with the reason
 * @param nodes the virtual nodes that are there in any way
 * @param caller who we are for salt-api, where there is one
 * @param slurm what Slurm, Salt and the nodes tell
 * @param cloud what the cloud tells
 */
public record SiteFacts(
        Collection<Pool> pools,
        Map<String, String> closed,
        Fact<List<Node>> nodes,
        Optional<Caller> caller,
        Fact<SlurmFacts> slurm,
        Fact<CloudFacts> cloud) {
    /**
     * A user of salt-api.
     *
     * @param eauth Salt's authentication module
     * @param user the user's name
     */
    public record Caller(String eauth, String user) {}

    Fact<SlurmFacts.Controller> controller() {
        return slurm.flatMap(SlurmFacts::controller);
    }

    Fact<SlurmFacts.Master> master() {
        return slurm.flatMap(SlurmFacts::master);
    }

    boolean virtual(String name) {
        return pools.stream()
                .flatMap(pool -> pool.nodes().stream())
                .anyMatch(node -> node.value().equals(name));
    }

    /** How many nodes Slurm may have when all pools are full. */
    Fact<Integer> mostNodes() {
        int pooled = pools.stream().mapToInt(Pool::maximum).sum();
        return controller()
                .flatMap(SlurmFacts.Controller::nodes)
                .map(listed -> pooled
                        + (int) listed.stream()
                                .filter(node -> !virtual(node.name()))
                                .count());
    }
}
