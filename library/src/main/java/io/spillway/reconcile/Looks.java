package io.spillway.reconcile;

import io.spillway.cloud.Ending;
import io.spillway.cloud.Migration;
import io.spillway.cloud.Server;
import io.spillway.cloud.ServerStatus;
import io.spillway.failure.SpillwayException;
import io.spillway.failure.UnreachableException;
import io.spillway.model.Goal;
import io.spillway.model.Hostlist;
import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.PhysicalNode;
import io.spillway.model.Pool;
import io.spillway.reconcile.Observation.CloudSide;
import io.spillway.reconcile.Observation.Other;
import io.spillway.reconcile.Observation.SlurmSide;
import io.spillway.slurm.Probe;
import io.spillway.slurm.Processes;
import io.spillway.slurm.SlurmSite;
import io.spillway.slurm.Told;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Looks at the site for the lifecycle. One look at Slurm or at the cloud serves all nodes that wait for one. What a
 * part fails to answer becomes a doubt; what repeating cannot cure (a wrong password) is thrown. This class is
 * threadsafe.
 */
public final class Looks {
    /** So long a guest that answers, and is not well, is waited for before it is an obstacle. */
    private static final Duration SOON_WELL = Duration.ofSeconds(5);

    private final Ports ports;
    private final Shared<SlurmLook> slurm;
    private final Shared<List<Server>> servers;

    /**
     * Looks through these ports.
     *
     * @param ports the ports
     */
    public Looks(Ports ports) {
        this(ports, Pace.REAL);
    }

    Looks(Ports ports, Pace pace) {
        this.ports = ports;
        this.slurm = new Shared<>(() -> new SlurmLook(ports.slurm().site()), pace);
        this.servers = new Shared<>(() -> ports.cloud().servers(), pace);
    }

    /**
     * Looks at both sides, Slurm first.
     *
     * @param node which node
     * @param pool the pool to make it for; empty if it is not to be made
     * @return what was seen
     */
    public Observation observe(NodeName node, Optional<Pool> pool) {
        Seen<SlurmSide> slurmSide = slurmSide(node);
        return Observation.of(node, pool, slurmSide, cloudSide(node));
    }

    /** Looks at the cloud, and takes Slurm as it was seen before. */
    Observation observe(NodeName node, Optional<Pool> pool, SlurmLook known) {
        return Observation.of(node, pool, Seen.known(known.of(node)), cloudSide(node));
    }

    Observation again(Observation seen) {
        Seen<SlurmSide> slurmSide = slurmSide(seen.node());
        return seen.withSides(slurmSide, cloudSide(seen.node()));
    }

    /**
     * Looks again at what an effect may have changed. What was proven of the guest stays proven unless its server or its
     * states were touched.
     *
     * @param told Slurm as it was right after the effect, if that is known: it is not asked then
     */
    Observation after(Effect effect, Observation seen, Optional<SlurmSite> told) {
        if (effect instanceof Effect.Note) {
            return cloudAgain(seen);
        }
        if (effect instanceof Effect.OnServer) {
            return cloudAgain(seen.unasked());
        }
        Observation left = effect instanceof Effect.InSlurm ? seen.withProcesses(Seen.unasked()) : seen.unasked();
        Seen<SlurmSide> slurmSide = told.<Seen<SlurmSide>>map(site -> Seen.known(new SlurmLook(site).of(seen.node())))
                .orElseGet(() -> slurmSide(seen.node()));
        return left.withSides(slurmSide, cloudSide(seen.node()));
    }

    /** Slurm as it was told, and the cloud as it was seen. */
    static Observation told(Observation seen, SlurmSite site) {
        return seen.withSides(Seen.known(new SlurmLook(site).of(seen.node())), seen.cloud());
    }

    Observation cloudAgain(Observation seen) {
        return seen.withCloud(cloudSide(seen.node()));
    }

    /**
     * Looks at one more part. The guest's answer may tell how Slurm is as well: then the cloud is to be looked at after
     * that.
     *
     * @param seen what was seen so far
     * @param part what else to look at
     * @return both
     */
    public Observation look(Observation seen, Step.Part part) {
        NodeName node = seen.node();
        return switch (part) {
            case PROBE -> probe(seen);
            case PEERS ->
                seen.withPeers(Looks.<SortedMap<NodeName, Probe>>seen(() -> {
                    SortedMap<NodeName, Probe> probes = new TreeMap<>();
                    Situation.of(seen)
                            .unproven()
                            .forEach(peer -> probes.put(
                                    peer,
                                    ports.slurm().probe(peer, Duration.ZERO).answer()));
                    return probes;
                }));
            case PROCESSES -> processes(seen);
            case MIGRATION ->
                seen.withMigration(
                        Looks.<Optional<Migration>>seen(() -> ports.cloud().newestMigration(serverOf(seen))));
            case PORT -> seen.withPort(Looks.<Boolean>seen(() -> ports.cloud().hasPort(node)));
            case ENDING ->
                seen.withEnding(Looks.<Ending>seen(() -> ports.cloud().ending(serverOf(seen))));
        };
    }

    /** A guest that was away is well within seconds; one that has not joined is not so before its states are applied. */
    private Observation probe(Observation seen) {
        Duration patience = Situation.of(seen).marks().provisioned() ? SOON_WELL : Duration.ZERO;
        Seen<Told<Probe>> told = seen(() -> ports.slurm().probe(seen.node(), patience));
        return along(seen, told).withProbe(told.map(Told::answer));
    }

    /** The count is of the jobs that were seen suspended: if the site says now that others are, it says nothing. */
    private Observation processes(Observation seen) {
        List<String> jobs = suspendedJobs(seen);
        Seen<Told<Processes>> told = seen(() -> ports.slurm().processes(seen.node(), jobs));
        Observation now = along(seen, told);
        boolean same = jobs.equals(suspendedJobs(now));
        return now.withProcesses(same ? told.map(Told::answer) : Seen.unasked());
    }

    /** With the site that was told along with an answer. */
    private static <T> Observation along(Observation seen, Seen<Told<T>> told) {
        return told.toOptional()
                .flatMap(Told::site)
                .map(site -> told(seen, site))
                .orElse(seen);
    }

    private static List<String> suspendedJobs(Observation seen) {
        return seen.slurm().toOptional().orElseThrow().jobs().stream()
                .filter(Job::suspended)
                .map(Job::id)
                .sorted()
                .toList();
    }

    private static UUID serverOf(Observation seen) {
        return seen.cloud()
                .toOptional()
                .flatMap(CloudSide::server)
                .orElseThrow()
                .id();
    }

    /** All of Slurm; throws what the look does. */
    SlurmLook slurm() {
        return slurm.get();
    }

    private Seen<SlurmSide> slurmSide(NodeName node) {
        return seen(() -> slurm.get().of(node));
    }

    private Seen<CloudSide> cloudSide(NodeName node) {
        return seen(() -> cloudSide(node, servers.get()));
    }

    static CloudSide cloudSide(NodeName node, List<Server> servers) {
        List<Server> mine = new ArrayList<>();
        List<Server> namesakes = new ArrayList<>();
        List<Server> veiled = new ArrayList<>();
        List<Other> others = new ArrayList<>();
        for (Server server : servers) {
            Marks marks = Marks.of(server.metadata());
            Optional<NodeName> whose = marks.node();
            if (whose.filter(node::equals).isPresent()) {
                mine.add(server);
            } else if (whose.isPresent()) {
                boolean asleep = server.status() != ServerStatus.ACTIVE && server.status() != ServerStatus.MIGRATING;
                if (asleep || !marks.held().isEmpty()) {
                    others.add(
                            new Other(whose.get(), server.id(), marks.held(), marks.back(), returning(marks), asleep));
                }
            } else if (server.status() == ServerStatus.UNKNOWN) {
                veiled.add(server);
            } else if (server.name().equals(node.value())) {
                namesakes.add(server);
            }
        }
        if (mine.isEmpty() && !veiled.isEmpty()) {
            throw new UnreachableException(
                    node.value(),
                    "Nova cannot say whose server %s is, its cell does not answer: it may be %s"
                            .formatted(veiled.get(0).id(), node));
        }
        if (mine.isEmpty()) {
            // a namesake of another owner is shown, so that the lifecycle refuses by its missing mark
            return new CloudSide(namesakes.stream().findFirst(), List.of(), others);
        }
        // in one order for everybody: two that look at the same twins agree
        mine.sort(Comparator.comparing(Server::id));
        return new CloudSide(Optional.of(mine.get(0)), mine.subList(1, mine.size()), others);
    }

    private static boolean returning(Marks marks) {
        return marks.goal()
                .filter(goal -> goal.state() == Goal.State.READY || goal.state() == Goal.State.ABSENT)
                .isPresent();
    }

    static <T> Seen<T> seen(Supplier<T> look) {
        try {
            return Seen.known(look.get());
        } catch (SpillwayException failure) {
            if (!failure.retryable()) {
                throw failure;
            }
            return new Seen.Unknown<>(failure);
        }
    }

    /**
     * All virtual nodes that are there in any way.
     *
     * @param names the names that virtual nodes may have
     * @return the nodes, in order, and the controller's side they were seen by
     */
    public View view(Hostlist names) {
        SlurmLook known = slurm.get();
        return new Sight(known, servers.get(), List.of()).view(names);
    }

    /**
     * The site's nodes and jobs at one moment.
     *
     * @param time the controller's clock
     * @param nodes the virtual nodes that are there in any way
     * @param jobs all jobs that Slurm knows
     * @param physical the physical nodes
     */
    public record View(Instant time, List<Node> nodes, List<Job> jobs, List<PhysicalNode> physical) {}
}
