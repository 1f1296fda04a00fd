package io.spillway.reconcile;

import io.spillway.cloud.Server;
import io.spillway.cloud.ServerStatus;
import io.spillway.model.Goal;
import io.spillway.model.Job;
import io.spillway.model.NodeName;
import io.spillway.model.Pool;
import io.spillway.reconcile.Observation.CloudSide;
import io.spillway.reconcile.Observation.SlurmSide;
import io.spillway.slurm.MinionKey;
import io.spillway.slurm.SlurmNode;
import io.spillway.slurm.SlurmSite;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The whole site at one moment, without asking again for each node. */
final class Sight {
    private final SlurmSite site;
    private final Map<String, NodeName> addresses;
    private final Map<NodeName, List<Server>> mine = new TreeMap<>();

    /** Those that other nodes must know of: they hold jobs or do not run. */
    private final List<Server> others = new ArrayList<>();

    private final Map<NodeName, List<Job>> jobs = new HashMap<>();

    /** The nodes without a server that Slurm's power saving switches on, each with its pool. */
    private final Map<NodeName, Pool> wanted = new HashMap<>();

    Sight(SlurmSite site, List<Server> servers, Collection<Pool> pools) {
        this.site = site;
        this.addresses = Looks.addresses(site);
        for (Server server : servers) {
            Marks marks = Marks.of(server.metadata());
            marks.node().ifPresent(node -> {
                mine.computeIfAbsent(node, name -> new ArrayList<>()).add(server);
                if (matters(server, marks)) {
                    others.add(server);
                }
            });
        }
        for (Job job : site.jobs()) {
            if (job.onNodes()) {
                job.nodes()
                        .forEach(node -> jobs.computeIfAbsent(node, name -> new ArrayList<>())
                                .add(job));
            }
        }
        site.nodes().values().stream()
                .filter(node -> node.cloud() && node.poweringUp())
                .map(SlurmNode::name)
                .filter(node -> !mine.containsKey(node))
                .forEach(node -> pools.stream()
                        .filter(pool -> pool.nodes().contains(node))
                        .findFirst()
                        .ifPresent(pool -> wanted.put(node, pool)));
    }

    private static boolean matters(Server server, Marks marks) {
        return server.status() != ServerStatus.ACTIVE || !marks.held().isEmpty();
    }

    /** The nodes that have a server. */
    Set<NodeName> withServer() {
        return mine.keySet();
    }

    /** Those, and the nodes that shall have one. */
    Set<NodeName> names() {
        Set<NodeName> names = new TreeSet<>(mine.keySet());
        names.addAll(wanted.keySet());
        return names;
    }

    /** Nodes whose server went while their minion key, which goes last, has stayed. */
    Set<NodeName> left(Collection<Pool> pools) {
        Set<NodeName> there = names();
        return site.minions().entrySet().stream()
                .filter(minion -> minion.getValue() == MinionKey.ACCEPTED)
                .map(Map.Entry::getKey)
                .filter(name -> !there.contains(name))
                .filter(name -> pools.stream().anyMatch(pool -> pool.nodes().contains(name)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    Observation of(NodeName node) {
        List<Server> servers = new ArrayList<>(others);
        mine.getOrDefault(node, List.of()).stream()
                .filter(server -> !matters(server, Marks.of(server.metadata())))
                .forEach(servers::add);
        SlurmSide slurm = new SlurmSide(
                site.time(),
                Optional.ofNullable(site.nodes().get(node)),
                jobs.getOrDefault(node, List.of()),
                site.minions().getOrDefault(node, MinionKey.ABSENT),
                addresses);
        CloudSide cloud = Looks.cloudSide(node, servers);
        return Observation.of(node, Optional.ofNullable(wanted.get(node)), Seen.known(slurm), Seen.known(cloud));
    }

    static Optional<Goal> goal(Observation seen) {
        return seen.cloud()
                .toOptional()
                .flatMap(CloudSide::server)
                .flatMap(server -> Marks.of(server.metadata()).goal());
    }
}
