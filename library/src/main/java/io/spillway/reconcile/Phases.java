package io.spillway.reconcile;

import io.spillway.cloud.Presence;
import io.spillway.cloud.Server;
import io.spillway.cloud.ServerStatus;
import io.spillway.model.Goal;
import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.reconcile.Observation.CloudSide;
import io.spillway.reconcile.Observation.SlurmSide;
import io.spillway.slurm.MinionKey;
import io.spillway.slurm.SlurmNode;
import java.util.List;
import java.util.Optional;

/** What a node is, for people: its phase and why. */
public final class Phases {
    private Phases() {}

    /**
     * One node as it is.
     *
     * @param name which node
     * @param slurm what Slurm and the Salt master say
     * @param seen what the cloud says
     * @return the node
     */
    static Node node(NodeName name, SlurmSide slurm, Seen<CloudSide> seen) {
        CloudSide cloud = seen.toOptional().orElse(new CloudSide(Optional.empty(), List.of(), List.of()));
        Optional<Server> server = cloud.server();
        Marks marks = cloud.marks();
        List<Job> jobs = slurm.jobs();
        Said said;
        if (seen instanceof Seen.Unknown<CloudSide> unknown) {
            said = new Said(Phase.LOST, unknown.failure().getMessage());
        } else if (!cloud.twins().isEmpty()) {
            said = new Said(Phase.LOST, Twins.told(name, cloud));
        } else {
            said = server.map(one -> withServer(name, slurm, one, marks)).orElseGet(() -> withoutServer(slurm));
        }
        return new Node(
                name,
                said.phase(),
                marks.goal(),
                marks.pool(),
                server.map(Server::id),
                server.flatMap(Server::host),
                server.flatMap(Server::address)
                        .or(() -> slurm.node().map(SlurmNode::address).filter(address -> !address.isEmpty())),
                jobs,
                server.flatMap(Server::size),
                Intent.of(slurm.node(), server).map(Intent::words),
                marks.away(),
                server.filter(one -> one.status() == ServerStatus.PAUSED)
                        .flatMap(one -> marks.pause()
                                .map(Pause::host)
                                .filter(at -> one.host().equals(Optional.of(at)))),
                said.reason());
    }

    private record Said(Phase phase, String reason) {}

    private static Said withoutServer(SlurmSide slurm) {
        Optional<SlurmNode> line = slurm.node().filter(SlurmNode::cloud);
        if (line.filter(SlurmNode::poweringUp).isPresent()) {
            return new Said(Phase.BUILDING, "Slurm's power saving switches it on");
        }
        if (line.filter(SlurmNode::switchedOff).isPresent()) {
            return new Said(Phase.ABSENT, "Slurm's power saving has it off");
        }
        if (slurm.node().isPresent()) {
            return new Said(Phase.LOST, "Slurm has it, but it has no server");
        }
        return slurm.minion() == MinionKey.ABSENT
                ? new Said(Phase.ABSENT, "")
                : new Said(Phase.LOST, "only a minion key is left of it");
    }

    private static Said withServer(NodeName name, SlurmSide slurm, Server server, Marks marks) {
        if (marks.node().filter(name::equals).isEmpty()) {
            return new Said(Phase.LOST, "a server of that name is there that Spillway did not make");
        }
        String task = server.task().orElse("");
        if (marks.goal().filter(goal -> goal.state() == Goal.State.ABSENT).isPresent()) {
            return new Said(Phase.LEAVING, waiting(slurm));
        }
        if (server.presence() == Presence.UNKNOWN) {
            return new Said(Phase.LOST, "its host does not answer Nova");
        }
        if (server.presence() == Presence.GONE && !Death.asks(server)) {
            return new Said(Phase.LOST, "its host has no such machine any more");
        }
        return switch (server.status()) {
            case BUILD -> new Said(Phase.BUILDING, task);
            case MIGRATING -> new Said(Phase.MOVING, "");
            case SUSPENDED ->
                task.isEmpty() ? new Said(Phase.CHECKPOINTED, held(marks)) : new Said(Phase.RETURNING, task);
            case PAUSED ->
                new Said(
                        Phase.HELD,
                        marks.pause()
                                .map(pause -> "its CPUs stand still for a job on " + pause.host())
                                .orElse("its CPUs stand still"));
            case SHUTOFF ->
                task.equals("powering-on")
                        ? new Said(Phase.RETURNING, task)
                        : new Said(Phase.LOST, lost(server, marks));
            case OTHER, ERROR, UNKNOWN -> new Said(Phase.LOST, lost(server, marks));
            case ACTIVE -> task.contains("migrating") ? new Said(Phase.MOVING, "") : active(slurm, marks, task);
        };
    }

    private static String lost(Server server, Marks marks) {
        String what = marks.died() ? "its server died" : "its server is " + server.status();
        return what + server.fault().map(fault -> ": " + fault).orElse("");
    }

    private static Said active(SlurmSide slurm, Marks marks, String task) {
        if (slurm.node().isEmpty() || !marks.provisioned()) {
            return new Said(Phase.JOINING, slurm.node().isEmpty() ? "not in Slurm yet" : "not all states applied yet");
        }
        SlurmNode node = slurm.node().get();
        if (node.cloud() && node.poweringUp()) {
            return new Said(Phase.JOINING, "Slurm waits for its slurmd");
        }
        boolean toReady =
                marks.goal().filter(goal -> goal.state() == Goal.State.READY).isPresent();
        if (!marks.held().isEmpty() || node.drainedByUs() || !task.isEmpty()) {
            String why = task.isEmpty() ? held(marks) : task;
            return new Said(toReady ? Phase.RETURNING : Phase.HELD, why.isEmpty() ? node.reason() : why);
        }
        if (node.down()) {
            return new Said(Phase.LOST, "DOWN in Slurm: " + node.reason());
        }
        return new Said(Phase.READY, ready(node));
    }

    /** Slurm keeps the reason of a drain that is over. */
    private static String ready(SlurmNode node) {
        if (node.silent()) {
            return "Slurm has not heard from it of late";
        }
        return node.drained() ? node.reason() : "";
    }

    private static String held(Marks marks) {
        return marks.held().isEmpty()
                ? ""
                : "holds " + Situation.named(marks.held().ids());
    }

    private static String waiting(SlurmSide slurm) {
        List<String> jobs = slurm.jobs().stream().map(Job::id).toList();
        return jobs.isEmpty() ? "" : "waits for the end of " + Situation.named(jobs);
    }
}
