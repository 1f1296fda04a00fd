package io.spillway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.cloud.Migration;
import io.spillway.cloud.Server;
import io.spillway.cloud.ServerStatus;
import io.spillway.failure.UnavailableException;
import io.spillway.model.Goal;
import io.spillway.model.Hostlist;
import io.spillway.model.Job;
import io.spillway.model.NodeName;
import io.spillway.model.Pool;
import io.spillway.reconcile.Observation.CloudSide;
import io.spillway.reconcile.Observation.SlurmSide;
import io.spillway.slurm.MinionKey;
import io.spillway.slurm.Probe;
import io.spillway.slurm.Processes;
import io.spillway.slurm.SlurmNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** Walks every combination of a reduced state space and asks of each next step whether it keeps the promises. */
class LifecycleTest {
    private static final NodeName NODE = NodeName.of("vn01");
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    private static final UUID ID = UUID.randomUUID();
    private static final Optional<Pool> POOL = Optional.of(new Pool("htc", "htc", Hostlist.of("vn01"), 1));
    private static final Probe GOOD =
            new Probe(true, Optional.of(Duration.ofMillis(5)), true, true, true, List.of(), List.of());

    private static final List<Goal> GOALS = List.of(
            Goal.READY, Goal.READY.on("cn02"), Goal.HELD, Goal.CHECKPOINTED, Goal.CHECKPOINTED.on("cn02"), Goal.ABSENT);

    private static <T> Seen<T> silence() {
        return new Seen.Unknown<>(new UnavailableException(null, "no answer"));
    }

    private static List<Probe> probes() {
        return List.of(
                Probe.SILENT,
                GOOD,
                new Probe(true, Optional.of(Duration.ofMinutes(-6)), true, true, true, List.of(), List.of()),
                new Probe(true, Optional.of(Duration.ZERO), true, false, true, List.of(), List.of()),
                new Probe(true, Optional.of(Duration.ZERO), false, true, true, List.of(), List.of()),
                new Probe(true, Optional.of(Duration.ZERO), true, true, false, List.of(), List.of()),
                new Probe(true, Optional.of(Duration.ZERO), true, true, true, List.of("/home"), List.of()),
                new Probe(true, Optional.empty(), true, true, true, List.of(), List.of()));
    }

    private static List<Seen<SlurmSide>> slurmSides() {
        List<Optional<SlurmNode>> nodes = new ArrayList<>(List.of(Optional.empty()));
        for (String reason : List.of("", "spillway: checkpoint", "an admin's")) {
            for (Set<String> states : List.of(Set.of("IDLE"), Set.of("IDLE", "NOT_RESPONDING"), Set.of("DOWN"))) {
                Set<String> all = new TreeSet<>(states);
                if (!reason.isEmpty()) {
                    all.add("DRAIN");
                }
                nodes.add(Optional.of(new SlurmNode(NODE, "a", all, reason, true)));
            }
        }
        nodes.add(Optional.of(new SlurmNode(NODE, "a", Set.of("IDLE"), "", false)));
        List<Seen<SlurmSide>> sides = new ArrayList<>(List.of(silence()));
        for (Optional<SlurmNode> node : nodes) {
            for (List<Job> jobs : jobs()) {
                for (MinionKey key : List.of(MinionKey.ABSENT, MinionKey.ACCEPTED)) {
                    sides.add(Seen.known(new SlurmSide(NOW, node, jobs, key)));
                }
            }
        }
        return sides;
    }

    private static List<List<Job>> jobs() {
        return List.of(
                List.of(),
                List.of(job("1", "RUNNING", 0)),
                List.of(job("1", "SUSPENDED", 60)),
                List.of(job("1", "SUSPENDED", 1)),
                List.of(job("1", "RUNNING", 0), job("2", "SUSPENDED", 60)),
                List.of(job("1", "SUSPENDED", 60), job("2", "SUSPENDED", 60)),
                List.of(job("1", "COMPLETING", 0)));
    }

    private static Job job(String id, String state, long suspendedFor) {
        return new Job(
                id,
                "j",
                "u",
                "p",
                Set.of(state),
                Hostlist.of("vn01"),
                Duration.ZERO,
                suspendedFor > 0 ? Optional.of(NOW.minusSeconds(suspendedFor)) : Optional.empty());
    }

    private static List<Seen<CloudSide>> cloudSides(Goal goal) {
        List<Seen<CloudSide>> sides =
                new ArrayList<>(List.of(silence(), Seen.known(new CloudSide(Optional.empty(), List.of()))));
        for (ServerStatus status : ServerStatus.values()) {
            boolean settles = status == ServerStatus.ACTIVE || status == ServerStatus.SUSPENDED;
            for (String task : settles ? List.of("", "resuming", "deleting") : List.of("")) {
                for (String held : List.of("", "1")) {
                    for (boolean written : List.of(true, false)) {
                        for (boolean provisioned : List.of(true, false)) {
                            Map<String, String> metadata = new HashMap<>(
                                    Marks.writing(written ? goal : new Goal(Goal.State.READY, Optional.of("cn07"))));
                            metadata.put(Marks.NODE, "vn01");
                            metadata.put(Marks.HELD, held);
                            if (provisioned) {
                                metadata.put(Marks.STATES, "applied");
                            }
                            sides.add(
                                    Seen.known(new CloudSide(Optional.of(server(status, task, metadata)), List.of())));
                        }
                    }
                }
            }
        }
        sides.add(Seen.known(
                new CloudSide(Optional.of(server(ServerStatus.ACTIVE, "", Map.of("owner", "me"))), List.of())));
        return sides;
    }

    private static Server server(ServerStatus status, String task, Map<String, String> metadata) {
        return new Server(
                ID,
                "vn01",
                status,
                Optional.of(task).filter(word -> !word.isEmpty()),
                Optional.of("cn01"),
                Optional.empty(),
                metadata,
                Optional.empty());
    }

    private static List<Seen<Processes>> processes() {
        return List.of(
                Seen.known(new Processes(true, 0, 3)),
                Seen.known(new Processes(true, 1, 2)),
                Seen.known(new Processes(false, 0, 0)),
                silence());
    }

    private record Guest(Probe probe, Seen<Processes> processes) {}

    /** No rule asks for both, so each varies while the other is well. */
    private static List<Guest> guests() {
        List<Guest> guests = new ArrayList<>();
        probes().forEach(probe -> guests.add(new Guest(probe, processes().get(0))));
        processes().forEach(processes -> guests.add(new Guest(GOOD, processes)));
        return guests;
    }

    /** Only of a server that runs does any rule ask how the guest is. */
    private static boolean running(Seen<CloudSide> cloud) {
        return cloud.toOptional()
                .flatMap(CloudSide::server)
                .filter(server -> server.status() == ServerStatus.ACTIVE && !server.busy())
                .isPresent();
    }

    private static long walk(BiConsumer<Observation, Step> check) {
        long states = 0;
        List<Guest> all = guests();
        List<Guest> extremes = List.of(all.get(0), all.get(1));
        for (Goal goal : GOALS) {
            List<Seen<CloudSide>> clouds = cloudSides(goal);
            for (Seen<SlurmSide> slurm : slurmSides()) {
                for (Seen<CloudSide> cloud : clouds) {
                    for (Guest guest : running(cloud) ? all : extremes) {
                        Observation seen = new Observation(
                                NODE,
                                POOL,
                                slurm,
                                cloud,
                                Seen.known(guest.probe()),
                                guest.processes(),
                                Seen.known(Optional.of(new Migration(3, "completed", "cn01"))),
                                Seen.known(false),
                                OptionalLong.empty());
                        check.accept(seen, Lifecycle.next(seen, goal));
                        states++;
                    }
                }
            }
        }
        return states;
    }

    @Test
    void everyStepOfEveryStateKeepsThePromises() {
        long states = walk(LifecycleTest::check);
        assertThat(states).isGreaterThan(200_000);
    }

    private static void check(Observation seen, Step step) {
        if (step instanceof Step.Look || step instanceof Step.Wait || step instanceof Step.Done) {
            return;
        }
        if (step instanceof Step.Refuse refuse) {
            promise(!refuse.reason().isBlank(), seen, step);
            return;
        }
        // an effect: both sides are known, the server is ours, and Nova is not at work on it
        SlurmSide slurm = seen.slurm().toOptional().orElseThrow(() -> new AssertionError("in doubt: " + step));
        CloudSide cloud = seen.cloud().toOptional().orElseThrow(() -> new AssertionError("in doubt: " + step));
        Optional<Server> server = cloud.server();
        promise(slurm.node().isEmpty() || slurm.node().get().dynamic(), seen, step);
        promise(server.isEmpty() || "vn01".equals(server.get().metadata().get(Marks.NODE)), seen, step);
        promise(server.isEmpty() || !server.get().task().equals(Optional.of("deleting")), seen, step);
        Set<String> held =
                server.map(one -> Set.copyOf(Marks.of(one.metadata()).held())).orElse(Set.of());
        Probe probe = seen.probe().toOptional().orElseThrow();

        if (step instanceof Effect.SuspendServer) {
            Processes still = seen.processes().toOptional().orElse(new Processes(false, 1, 0));
            promise(slurm.jobs().stream().allMatch(Job::suspended), seen, step);
            promise(slurm.jobs().isEmpty() || (still.answered() && still.running() == 0), seen, step);
            promise(
                    slurm.jobs().stream()
                            .flatMap(job -> job.suspendedAt().stream())
                            .allMatch(at -> !at.plusSeconds(3).isAfter(NOW)),
                    seen,
                    step);
            promise(slurm.node().isPresent() && slurm.node().get().drained(), seen, step);
        }
        if (step instanceof Effect.ResumeJobs resume) {
            promise(probe.obstacle().isEmpty(), seen, step);
            promise(held.containsAll(resume.jobs()), seen, step);
            promise(server.orElseThrow().status() == ServerStatus.ACTIVE, seen, step);
        }
        if (step instanceof Effect.SuspendJobs suspend) {
            promise(held.containsAll(suspend.jobs()), seen, step);
            promise(slurm.node().isPresent() && slurm.node().get().drained(), seen, step);
        }
        if (step instanceof Effect.Undrain) {
            promise(slurm.node().orElseThrow().drainedByUs() && probe.obstacle().isEmpty(), seen, step);
            promise(Situation.both(new TreeSet<>(held), suspended(slurm)).isEmpty(), seen, step);
        }
        if (step instanceof Effect.ResumeServer) {
            promise(slurm.node().isEmpty() || slurm.node().get().drained(), seen, step);
        }
        if (step instanceof Effect.DeleteNode || step instanceof Effect.Destroy || step instanceof Effect.Create) {
            promise(slurm.jobs().isEmpty(), seen, step);
        }
        if (step instanceof Effect.Destroy destroy) {
            promise(slurm.node().isEmpty(), seen, step);
            promise(destroy.server().equals(server.map(Server::id)), seen, step);
        }
        boolean first = step instanceof Effect.SetGoal || server.isEmpty();
        promise(first || writtenGoalIsOurs(server.orElseThrow()), seen, step);
    }

    private static boolean writtenGoalIsOurs(Server server) {
        return !Marks.of(server.metadata()).goal().equals(Optional.of(Goal.READY.on("cn07")));
    }

    private static List<String> suspended(SlurmSide slurm) {
        return slurm.jobs().stream().filter(Job::suspended).map(Job::id).toList();
    }

    private static void promise(boolean kept, Observation seen, Step step) {
        if (!kept) {
            throw new AssertionError(step + " in " + seen);
        }
    }

    /** From wherever it starts, if every part does what it is asked to, the end comes within a few steps. */
    @Test
    void everyStateIsAFewStepsFromItsEnd() {
        List<Observation> starts = new ArrayList<>();
        for (Goal goal : GOALS) {
            for (Seen<SlurmSide> slurm : slurmSides()) {
                for (Seen<CloudSide> cloud : cloudSides(goal)) {
                    starts.add(Observation.of(NODE, POOL, slurm, cloud));
                }
            }
            Looks looks = new Looks(new World().ports());
            starts.forEach(start -> {
                List<Step> steps = Forecast.of(start, goal, looks);
                assertThat(steps).as("%s from %s", goal, start).hasSizeLessThan(20);
            });
            starts.clear();
        }
    }
}
