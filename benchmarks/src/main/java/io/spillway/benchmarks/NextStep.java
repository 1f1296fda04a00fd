package io.spillway.benchmarks;

import io.spillway.cloud.Server;
import io.spillway.cloud.ServerStatus;
import io.spillway.model.Goal;
import io.spillway.model.Hostlist;
import io.spillway.model.Job;
import io.spillway.model.NodeName;
import io.spillway.reconcile.Lifecycle;
import io.spillway.reconcile.Marks;
import io.spillway.reconcile.Observation;
import io.spillway.reconcile.Observation.CloudSide;
import io.spillway.reconcile.Observation.SlurmSide;
import io.spillway.reconcile.Seen;
import io.spillway.reconcile.Step;
import io.spillway.slurm.MinionKey;
import io.spillway.slurm.SlurmNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What the lifecycle decides for one node, after a look at both sides. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class NextStep {
    private static final NodeName NODE = NodeName.of("vn01");
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final String ADDRESS = "10.0.0.1";

    private final Observation ready = seen(Goal.READY);
    private final Observation leaves = seen(Goal.CHECKPOINTED);

    private static Observation seen(Goal goal) {
        Job job = new Job(
                "1", "j", "u", "p", Set.of("RUNNING"), Hostlist.of(List.of(NODE)), Duration.ZERO, Optional.empty());
        SlurmNode line = new SlurmNode(NODE, ADDRESS, Set.of("ALLOCATED"), "", true);
        SlurmSide slurm = new SlurmSide(NOON, Optional.of(line), List.of(job), MinionKey.ACCEPTED, Map.of(), Set.of());
        Map<String, String> metadata = Map.of(
                "spillway:node",
                NODE.value(),
                "spillway:goal",
                goal.state().name(),
                "spillway:goal-host",
                "any",
                "spillway:states",
                "applied");
        Server server = new Server(
                new UUID(0, 1),
                NODE.value(),
                ServerStatus.ACTIVE,
                Optional.empty(),
                Optional.of("cn01"),
                Optional.of(ADDRESS),
                metadata,
                Optional.empty());
        CloudSide cloud = new CloudSide(Optional.of(server), Marks.of(metadata), List.of(), List.of());
        return Observation.of(NODE, Optional.empty(), Seen.known(slurm), Seen.known(cloud));
    }

    /**
     * A node that is as it should be.
     *
     * @return the step
     */
    @Benchmark
    public Step stays() {
        return Lifecycle.next(ready, Goal.READY);
    }

    /**
     * A node whose job is to be suspended.
     *
     * @return the step
     */
    @Benchmark
    public Step leaves() {
        return Lifecycle.next(leaves, Goal.CHECKPOINTED);
    }
}
