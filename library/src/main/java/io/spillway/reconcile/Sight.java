package io.spillway.reconcile;

import io.spillway.cloud.Server;
import io.spillway.cloud.ServerStatus;
import io.spillway.model.Goal;
import io.spillway.model.Hostlist;
import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Pool;
import io.spillway.reconcile.Observation.CloudSide;
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
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The whole site at one moment, without asking again for each node. */
final class Sight {
    private final SlurmSite site;
    private final SlurmLook slurm;
    private final Map<NodeName, List<Server>> mine = new TreeMap<>();

    /** Those that other nodes may have to know of: they hold jobs or do not run. */
    private final List<Server> others = new ArrayList<>();

    /** Where in {@link #others} those of a node are, and those that hold a job: each node is told of few of them. */
    private final Map<NodeName, List<Integer>> othersOf = new HashMap<>();

    private final Map<String, List<Integer>> holders = new HashMap<>();

    /** The nodes without a server that Slurm's power saving switches on, each with its pool. */
    private final Map<NodeName, Pool> wanted = new HashMap<>();

    /** The servers without our mark, by their names. */
    private final Map<String, List<Server>> strangers = new HashMap<>();

    Sight(SlurmLook slurm, List<Server> servers, Collection<Pool> pools) {
        this.site = slurm.site();
        this.slurm = slurm;
        for (Server server : servers) {
            Marks marks = Marks.of(server.metadata());
            if (marks.node().isEmpty()) {
                strangers
                        .computeIfAbsent(server.name(), name -> new ArrayList<>())
                        .add(server);
                continue;
            }
            mine.computeIfAbsent(marks.node().get(), name -> new ArrayList<>()).add(server);
            if (matters(server, marks)) {
                int place = others.size();
                others.add(server);
                othersOf.computeIfAbsent(marks.node().get(), name -> new ArrayList<>())
                        .add(place);
                for (String job : marks.held().jobs().keySet()) {
                    holders.computeIfAbsent(job, id -> new ArrayList<>()).add(place);
                }
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
        CloudSide cloud = Looks.cloudSide(node, ofOurs(node));
        return Observation.of(
                node, Optional.ofNullable(wanted.get(node)), Seen.known(slurm.of(node)), Seen.known(cloud));
    }

    /** Its own, and of the others those of nodes that share a job with it, or that hold one which it has or holds. */
    private List<Server> ofOurs(NodeName node) {
        List<Server> own = mine.getOrDefault(node, List.of());
        SortedSet<Integer> places = new TreeSet<>();
        for (Job job : slurm.jobsOf(node)) {
            job.nodes().forEach(name -> places.addAll(othersOf.getOrDefault(name, List.of())));
            places.addAll(holders.getOrDefault(job.id(), List.of()));
        }
        for (Server server : own) {
            Marks.of(server.metadata())
                    .held()
                    .jobs()
                    .keySet()
                    .forEach(job -> places.addAll(holders.getOrDefault(job, List.of())));
        }
        othersOf.getOrDefault(node, List.of()).forEach(places::remove);
        List<Server> servers = new ArrayList<>();
        places.forEach(place -> servers.add(others.get(place)));
        servers.addAll(own);
        return servers;
    }

    /** All that is there of the nodes of these names, and all that is ours, for people and policies. */
    Looks.View view(Hostlist names) {
        SortedSet<NodeName> there = new TreeSet<>(mine.keySet());
        site.nodes().values().stream()
                .filter(node -> node.dynamic() || (names.contains(node.name()) && node.switchedOn()))
                .map(SlurmNode::name)
                .forEach(there::add);
        site.minions().keySet().stream().filter(names::contains).forEach(there::add);
        names.stream().filter(name -> strangers.containsKey(name.value())).forEach(there::add);
        List<Server> veiled = strangers.values().stream()
                .flatMap(List::stream)
                .filter(server -> server.status() == ServerStatus.UNKNOWN)
                .toList();
        List<Node> nodes = there.stream()
                .map(name -> Phases.node(name, slurm.of(name), Looks.seen(() -> cloudSide(name, veiled))))
                .toList();
        return new Looks.View(site.time(), nodes, site.jobs(), Metal.of(slurm, names));
    }

    private CloudSide cloudSide(NodeName node, List<Server> veiled) {
        List<Server> servers = ofOurs(node);
        servers.addAll(veiled);
        strangers.getOrDefault(node.value(), List.of()).stream()
                .filter(server -> server.status() != ServerStatus.UNKNOWN)
                .forEach(servers::add);
        return Looks.cloudSide(node, servers);
    }

    static Optional<Goal> goal(Observation seen) {
        return seen.cloud().toOptional().map(CloudSide::marks).flatMap(Marks::goal);
    }
}
