package io.spillway.model;

import java.time.Instant;
import java.util.List;

/**
 * A site at one moment.
 *
 * @param site its name
 * @param time the controller's clock
 * @param nodes its virtual nodes that are there in any way, in order
 * @param hosts its hypervisors
 * @param jobs all jobs that are not long over, those that wait included
 * @param pools its pools
 * @param physical its physical nodes, in order
 */
public record SiteView(
        String site,
        Instant time,
        List<Node> nodes,
        List<Host> hosts,
        List<Job> jobs,
        List<Pool> pools,
        List<PhysicalNode> physical) {
    public SiteView {
        nodes = List.copyOf(nodes);
        hosts = List.copyOf(hosts);
        jobs = List.copyOf(jobs);
        pools = List.copyOf(pools);
        physical = List.copyOf(physical);
    }
}
