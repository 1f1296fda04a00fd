package io.spillway.benchmarks;

import io.spillway.policy.Outlook;
import io.spillway.policy.Plan;
import io.spillway.policy.Planner;
import io.spillway.policy.rules.BackfillPolicy;
import io.spillway.policy.rules.ClearancePolicy;
import io.spillway.policy.rules.ConsolidatePolicy;
import io.spillway.policy.rules.QueuePolicy;
import io.spillway.policy.rules.TidePolicy;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** One decision of all policies on {@link BigSite}, nothing known from the one before. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class PolicyTick {
    private final BigSite site = new BigSite(500, 10_000, 100_000);

    private final Planner planner = new Planner(
            TidePolicy.DEFAULT,
            ClearancePolicy.OPPORTUNISTIC,
            ClearancePolicy.MAINTENANCE,
            BackfillPolicy.DEFAULT,
            QueuePolicy.DEFAULT,
            ConsolidatePolicy.DEFAULT);

    /**
     * A tick.
     *
     * @return what it decided
     */
    @Benchmark
    public Plan tick() {
        return planner.plan(Outlook.of(site.view(), BigSite.BASIS));
    }
}
