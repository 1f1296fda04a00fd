package io.spillway.reconcile;

import io.spillway.cloud.Ending;
import io.spillway.cloud.Migration;
import io.spillway.cloud.Presence;
import io.spillway.cloud.Server;
import io.spillway.cloud.ServerStatus;
import io.spillway.model.Goal;
import io.spillway.model.Job;
import io.spillway.model.NodeName;
import io.spillway.reconcile.Effect.ApplyStates;
import io.spillway.reconcile.Effect.Create;
import io.spillway.reconcile.Effect.DeleteNode;
import io.spillway.reconcile.Effect.Destroy;
import io.spillway.reconcile.Effect.Drain;
import io.spillway.reconcile.Effect.ForgetHeld;
import io.spillway.reconcile.Effect.LiveMigrate;
import io.spillway.reconcile.Effect.Note;
import io.spillway.reconcile.Effect.PauseServer;
import io.spillway.reconcile.Effect.Release;
import io.spillway.reconcile.Effect.ReleaseJobs;
import io.spillway.reconcile.Effect.RemoveTwin;
import io.spillway.reconcile.Effect.ResumeJobs;
import io.spillway.reconcile.Effect.ResumeServer;
import io.spillway.reconcile.Effect.SetDown;
import io.spillway.reconcile.Effect.StartServer;
import io.spillway.reconcile.Effect.SuspendJobs;
import io.spillway.reconcile.Effect.SuspendServer;
import io.spillway.reconcile.Effect.Undrain;
import io.spillway.reconcile.Effect.UnpauseServer;
import io.spillway.reconcile.Effect.Wake;
import io.spillway.reconcile.Observation.CloudSide;
import io.spillway.reconcile.Observation.SlurmSide;
import io.spillway.slurm.MinionKey;
import io.spillway.slurm.Probe;
import io.spillway.slurm.Processes;
import io.spillway.slurm.SlurmNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The steps that would be taken if every part did what it is asked to. Changes nothing. */
public final class Forecast {
    private static final int MOST = 60;

    private static final Probe WELL =
            new Probe(true, Optional.of(Duration.ZERO), true, true, true, List.of(), List.of());

    private Forecast() {}

    /**
     * Foretells the way to a goal.
     *
     * @param seen what is seen now
     * @param goal what should be
     * @param looks to look at the parts that cost something, once, as they are now
     * @return the effects in their order, and at the end how it would end: Done, Refuse, or a Wait that only others
     *     can end
     */
    public static List<Step> of(Observation seen, Goal goal, Looks looks) {
        List<Step> steps = new ArrayList<>();
        boolean changed = false;
        while (steps.size() < MOST) {
            Step step = Lifecycle.next(seen, goal);
            if (step instanceof Step.Look look) {
                seen = changed ? supposed(seen, look.part()) : looks.look(seen, look.part());
            } else if (step instanceof Effect effect) {
                steps.add(effect);
                seen = after(seen, effect);
                changed = true;
            } else if (step instanceof Step.Wait wait && passes(wait)) {
                seen = settled(seen);
                changed = true;
                if (Lifecycle.next(seen, goal).equals(step)) {
                    steps.add(step);
                    return steps;
                }
            } else {
                steps.add(step);
                return steps;
            }
        }
        return steps;
    }

    private static boolean passes(Step.Wait wait) {
        return wait.on() != Party.JOBS && wait.on() != Party.DOUBT;
    }

    private static SortedMap<NodeName, Probe> well(Observation seen) {
        SortedMap<NodeName, Probe> peers = new TreeMap<>();
        Situation.of(seen).unproven().forEach(peer -> peers.put(peer, WELL));
        return peers;
    }

    /** What a part would say when all is well. */
    private static Observation supposed(Observation seen, Step.Part part) {
        return switch (part) {
            case PROBE -> seen.withProbe(Seen.known(WELL));
            case PEERS -> seen.withPeers(Seen.known(well(seen)));
            case PROCESSES -> seen.withProcesses(Seen.known(new Processes(true, 0, 1)));
            case MIGRATION ->
                seen.withMigration(
                        Seen.known(Optional.of(new Migration(seen.movedAfter().orElse(0), "completed", ""))));
            case PORT -> seen.withPort(Seen.known(false));
            case ENDING -> seen.withEnding(Seen.known(Ending.DIED));
        };
    }

    /** What is under way has come to its end, and time has passed. */
    private static Observation settled(Observation seen) {
        Observation calm = server(
                seen,
                server -> server.busy() ? with(server, ServerStatus.ACTIVE, server.host(), server.metadata()) : server);
        calm = slurm(
                calm,
                side -> new SlurmSide(
                        side.time().plus(Hold.GRACE),
                        side.node().or(() -> Optional.of(joined(seen))),
                        side.jobs().stream().filter(job -> !job.unsettled()).toList(),
                        side.minion(),
                        Map.of(),
                        side.ours()));
        return supposed(supposed(calm, Step.Part.PROBE), Step.Part.PROCESSES);
    }

    /** What would be seen after an effect that worked. */
    static Observation after(Observation seen, Effect effect) {
        Observation next = seen.unasked();
        if (effect instanceof Create create) {
            Map<String, String> metadata = new HashMap<>(Marks.writing(create.goal()));
            metadata.put(Marks.NODE, create.node().value());
            metadata.put(Marks.POOL, create.pool().name());
            Server server = new Server(
                    new UUID(0, 0),
                    create.node().value(),
                    ServerStatus.ACTIVE,
                    Optional.empty(),
                    create.goal().host(),
                    Optional.empty(),
                    metadata,
                    Optional.empty());
            next = next.withCloud(Seen.known(new CloudSide(Optional.of(server), List.of(), others(next))));
            return slurm(next, side -> side.with(MinionKey.ACCEPTED));
        } else if (effect instanceof ForgetHeld || effect instanceof ReleaseJobs) {
            return metadata(next, Map.of(Marks.HELD, "", Marks.BACK, "false"));
        } else if (effect instanceof Note note) {
            return metadata(next, note.writes());
        } else if (effect instanceof ApplyStates) {
            next = metadata(next, Map.of(Marks.STATES, Marks.APPLIED));
            Observation before = next;
            return slurm(next, side -> side.with(side.node().or(() -> Optional.of(joined(before)))));
        } else if (effect instanceof Drain drain) {
            return node(next, node -> with(node, Set.of("IDLE", "DRAIN"), drain.why()));
        } else if (effect instanceof SetDown down) {
            return slurm(
                    node(next, node -> with(node, Set.of("DOWN", "DRAIN"), down.why())), side -> side.with(List.of()));
        } else if (effect instanceof Undrain || effect instanceof Wake) {
            return node(next, node -> with(node, Set.of("IDLE"), ""));
        } else if (effect instanceof SuspendJobs suspend) {
            return jobs(next, suspend.jobs(), "SUSPENDED");
        } else if (effect instanceof ResumeJobs resume) {
            return jobs(next, resume.jobs(), "RUNNING");
        } else if (effect instanceof Release release) {
            return next.withCloud(Seen.known(new CloudSide(
                    next.cloud().toOptional().flatMap(CloudSide::server),
                    List.of(),
                    others(next).stream()
                            .filter(other -> !other.server().equals(release.server()))
                            .toList())));
        } else if (effect instanceof SuspendServer) {
            return status(next, ServerStatus.SUSPENDED);
        } else if (effect instanceof PauseServer) {
            return status(next, ServerStatus.PAUSED);
        } else if (effect instanceof ResumeServer || effect instanceof UnpauseServer) {
            return status(next, ServerStatus.ACTIVE);
        } else if (effect instanceof StartServer) {
            return server(next, Forecast::started);
        } else if (effect instanceof LiveMigrate move) {
            return server(next, server -> with(server, moved(server), Optional.of(move.host()), server.metadata()));
        } else if (effect instanceof RemoveTwin twin) {
            return withoutTwin(next, twin);
        } else if (effect instanceof DeleteNode) {
            return slurm(
                    next,
                    side -> new SlurmSide(
                            side.time(), Optional.empty(), side.jobs(), side.minion(), Map.of(), side.ours()));
        } else if (effect instanceof Destroy) {
            next = next.withCloud(Seen.known(new CloudSide(Optional.empty(), List.of(), others(next))));
            return slurm(next, side -> side.with(MinionKey.ABSENT));
        }
        throw new IllegalStateException("no forecast for " + effect);
    }

    private static ServerStatus moved(Server server) {
        return server.status() == ServerStatus.MIGRATING ? ServerStatus.ACTIVE : server.status();
    }

    private static Observation withoutTwin(Observation seen, RemoveTwin twin) {
        CloudSide side = seen.cloud().toOptional().orElseThrow();
        List<Server> left = Stream.concat(side.server().stream(), side.twins().stream())
                .filter(server -> !server.id().equals(twin.server()))
                .toList();
        return seen.withCloud(
                Seen.known(new CloudSide(left.stream().findFirst(), left.subList(1, left.size()), side.others())));
    }

    private static List<Observation.Other> others(Observation seen) {
        return seen.cloud().toOptional().map(CloudSide::others).orElse(List.of());
    }

    private static SlurmNode joined(Observation seen) {
        return new SlurmNode(seen.node(), "", Set.of("IDLE"), "", true);
    }

    private static Observation slurm(Observation seen, UnaryOperator<SlurmSide> change) {
        return seen.slurm()
                .toOptional()
                .map(side -> seen.withSides(Seen.known(change.apply(side)), seen.cloud()))
                .orElse(seen);
    }

    private static Observation node(Observation seen, UnaryOperator<SlurmNode> change) {
        return slurm(seen, side -> side.with(side.node().map(change)));
    }

    private static Observation jobs(Observation seen, Collection<String> ids, String state) {
        return slurm(
                seen,
                side -> side.with(side.jobs().stream()
                        .map(job -> ids.contains(job.id()) ? with(job, state, side.time()) : job)
                        .toList()));
    }

    private static Observation server(Observation seen, UnaryOperator<Server> change) {
        return seen.cloud()
                .toOptional()
                .map(side -> seen.withCloud(
                        Seen.known(new CloudSide(side.server().map(change), side.twins(), side.others()))))
                .orElse(seen);
    }

    private static Observation status(Observation seen, ServerStatus status) {
        return server(seen, server -> with(server, status, server.host(), server.metadata()));
    }

    private static Server started(Server server) {
        return new Server(
                server.id(),
                server.name(),
                ServerStatus.ACTIVE,
                Optional.empty(),
                server.host(),
                server.address(),
                server.metadata(),
                server.fault(),
                server.locked(),
                Presence.THERE,
                server.size());
    }

    private static Observation metadata(Observation seen, Map<String, String> more) {
        return server(seen, server -> {
            Map<String, String> all = new HashMap<>(server.metadata());
            all.putAll(more);
            return with(server, server.status(), server.host(), all);
        });
    }

    private static Server with(
            Server server, ServerStatus status, Optional<String> host, Map<String, String> metadata) {
        return new Server(
                server.id(),
                server.name(),
                status,
                Optional.empty(),
                host,
                server.address(),
                metadata,
                server.fault(),
                server.locked(),
                server.presence(),
                server.size());
    }

    private static SlurmNode with(SlurmNode node, Set<String> states, String reason) {
        return new SlurmNode(node.name(), node.address(), states, reason, node.dynamic());
    }

    private static Job with(Job job, String state, Instant now) {
        return new Job(
                job.id(),
                job.name(),
                job.user(),
                job.partition(),
                Set.of(state),
                job.nodes(),
                job.runTime(),
                state.equals("SUSPENDED") ? Optional.of(now) : Optional.empty());
    }
}
