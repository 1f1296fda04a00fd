package io.spillway.reconcile;

import io.spillway.cloud.Ending;
import io.spillway.cloud.Migration;
import io.spillway.cloud.Server;
import io.spillway.model.Job;
import io.spillway.model.NodeName;
import io.spillway.model.Pool;
import io.spillway.slurm.MinionKey;
import io.spillway.slurm.Probe;
import io.spillway.slurm.Processes;
import io.spillway.slurm.SlurmNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;

/**
 * All that was seen of one node. Slurm is looked at before the cloud: a job that is seen suspended by us was written
 * down as held before, so the later look at the metadata finds it there.
 *
 * @param node which node
 * @param pool the pool to make it for; empty if it is not to be made
 * @param slurm what Slurm and the Salt master say
 * @param cloud what the cloud says
 * @param probe how the guest is
 * @param peers how the other guests are that share held jobs with it, where nobody has proven them yet
 * @param processes the processes of the suspended jobs on it
 * @param migration its server's newest migration
 * @param port whether its port is there
 * @param ending how its server's last run ended, if it is SHUTOFF; a newer look at the cloud makes it unknown
 * @param movedAfter if we have asked for a live migration: the newest migration's number before that
 */
public record Observation(
        NodeName node,
        Optional<Pool> pool,
        Seen<SlurmSide> slurm,
        Seen<CloudSide> cloud,
        Seen<Probe> probe,
        Seen<SortedMap<NodeName, Probe>> peers,
        Seen<Processes> processes,
        Seen<Optional<Migration>> migration,
        Seen<Boolean> port,
        Seen<Ending> ending,
        OptionalLong movedAfter) {
    /**
     * What Slurm and the Salt master say about a node.
     *
     * @param time the controller's clock
     * @param node the Slurm node, if there is one
     * @param jobs the jobs that have this node
     * @param minion its minion's key
     * @param addresses under which address Slurm reaches which node, for all nodes that it knows
     * @param ours the ids of the jobs that bear our mark of their suspension
     */
    public record SlurmSide(
            Instant time,
            Optional<SlurmNode> node,
            List<Job> jobs,
            MinionKey minion,
            Map<String, NodeName> addresses,
            Set<String> ours) {
        public SlurmSide {
            jobs = List.copyOf(jobs);
            addresses = Map.copyOf(addresses);
            ours = Set.copyOf(ours);
        }

        SlurmSide with(Instant newTime) {
            return new SlurmSide(newTime, node, jobs, minion, addresses, ours);
        }

        SlurmSide with(Optional<SlurmNode> newNode) {
            return new SlurmSide(time, newNode, jobs, minion, addresses, ours);
        }

        SlurmSide with(List<Job> newJobs) {
            return new SlurmSide(time, node, newJobs, minion, addresses, ours);
        }

        SlurmSide with(MinionKey newMinion) {
            return new SlurmSide(time, node, jobs, newMinion, addresses, ours);
        }
    }

    /**
     * What the cloud says about a node.
     *
     * @param server its server, if there is one
     * @param marks what that server's metadata say; none without a server
     * @param twins further servers that bear our mark and say that they are this node
     * @param others of the site's other servers that hold jobs or do not run, those at least that share a job with it
     */
    public record CloudSide(Optional<Server> server, Marks marks, List<Server> twins, List<Other> others) {
        public CloudSide {
            twins = List.copyOf(twins);
            others = List.copyOf(others);
        }

        CloudSide(Optional<Server> server, List<Server> twins, List<Other> others) {
            this(server, server.map(Server::metadata).map(Marks::of).orElse(Marks.NONE), twins, others);
        }

        CloudSide with(Optional<Server> newServer) {
            return new CloudSide(newServer, twins, others);
        }
    }

    /**
     * Another node's server that holds jobs or does not run.
     *
     * @param node whose
     * @param server its UUID
     * @param held the jobs
     * @param back whether that node has come back and only waits
     * @param returning whether that node is to come back
     * @param asleep whether its server does not run, so that no job on it can
     */
    public record Other(NodeName node, UUID server, Held held, boolean back, boolean returning, boolean asleep) {}

    /**
     * An observation of the two sides only.
     *
     * @param node which node
     * @param pool the pool to make it for
     * @param slurm what Slurm and the Salt master say
     * @param cloud what the cloud says
     * @return the observation, all else unasked
     */
    public static Observation of(NodeName node, Optional<Pool> pool, Seen<SlurmSide> slurm, Seen<CloudSide> cloud) {
        return unasked(node, pool, slurm, cloud, OptionalLong.empty());
    }

    private static Observation unasked(
            NodeName node, Optional<Pool> pool, Seen<SlurmSide> slurm, Seen<CloudSide> cloud, OptionalLong movedAfter) {
        return new Observation(
                node,
                pool,
                slurm,
                cloud,
                Seen.unasked(),
                Seen.unasked(),
                Seen.unasked(),
                Seen.unasked(),
                Seen.unasked(),
                Seen.unasked(),
                movedAfter);
    }

    Observation withSides(Seen<SlurmSide> newSlurm, Seen<CloudSide> newCloud) {
        return new Observation(
                node, pool, newSlurm, newCloud, probe, peers, processes, migration, port, Seen.unasked(), movedAfter);
    }

    Observation withCloud(Seen<CloudSide> newCloud) {
        return withSides(slurm, newCloud);
    }

    Observation withProbe(Seen<Probe> seen) {
        return new Observation(node, pool, slurm, cloud, seen, peers, processes, migration, port, ending, movedAfter);
    }

    Observation withPeers(Seen<SortedMap<NodeName, Probe>> seen) {
        return new Observation(node, pool, slurm, cloud, probe, seen, processes, migration, port, ending, movedAfter);
    }

    Observation withProcesses(Seen<Processes> seen) {
        return new Observation(node, pool, slurm, cloud, probe, peers, seen, migration, port, ending, movedAfter);
    }

    Observation withMigration(Seen<Optional<Migration>> seen) {
        return new Observation(node, pool, slurm, cloud, probe, peers, processes, seen, port, ending, movedAfter);
    }

    Observation withPort(Seen<Boolean> seen) {
        return new Observation(node, pool, slurm, cloud, probe, peers, processes, migration, seen, ending, movedAfter);
    }

    Observation withEnding(Seen<Ending> seen) {
        return new Observation(node, pool, slurm, cloud, probe, peers, processes, migration, port, seen, movedAfter);
    }

    Observation movedAfter(long id) {
        return new Observation(
                node, pool, slurm, cloud, probe, peers, processes, migration, port, ending, OptionalLong.of(id));
    }

    /** The same with that note in the server's metadata: its writer knows what stands there. */
    Observation noted(Effect.Note note) {
        return withCloud(cloud.map(side -> side.with(side.server().map(server -> {
            Map<String, String> metadata = new HashMap<>(server.metadata());
            metadata.putAll(note.writes());
            metadata.keySet().removeAll(note.removes());
            return server.id().equals(note.server()) ? server.with(metadata) : server;
        }))));
    }

    /** The same when so much time has passed by the controller's clock. */
    Observation later(Duration time) {
        return withSides(slurm.map(side -> side.with(side.time().plus(time))), cloud);
    }

    /** Forgets all that costs something to look at. */
    Observation unasked() {
        return unasked(node, pool, slurm, cloud, movedAfter);
    }
}
