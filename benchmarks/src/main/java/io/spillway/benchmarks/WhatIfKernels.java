package io.spillway.benchmarks;

import io.spillway.policy.CostModel;
import io.spillway.simulation.trace.Generated;
import io.spillway.simulation.whatif.Eviction;
import io.spillway.simulation.whatif.Order;
import io.spillway.simulation.whatif.Report;
import io.spillway.simulation.whatif.Site;
import io.spillway.simulation.whatif.WhatIf;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** 10,000 generated jobs on 125 hosts that are loaded to 90 %, so that there is a queue: the time for one job. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class WhatIfKernels {
    private static final int JOBS = 10_000;
    private static final int HOSTS = 125;
    private static final int CORES = 8;

    private final Generated trace = new Generated(JOBS, HOSTS * CORES, 0.9, 0, 3600, 1);

    /** How the queue is worked off. */
    @Param({"FIFO", "EASY"})
    public Order order = Order.EASY;

    /**
     * Without a cloud.
     *
     * @return what became of the jobs
     */
    @Benchmark
    @OperationsPerInvocation(JOBS)
    public Report metal() {
        return play(Eviction.NO_CLOUD);
    }

    /**
     * With virtual nodes that are checkpointed.
     *
     * @return what became of the jobs
     */
    @Benchmark
    @OperationsPerInvocation(JOBS)
    public Report cloud() {
        return play(Eviction.CHECKPOINT);
    }

    private Report play(Eviction eviction) {
        Site site = Site.parse(HOSTS + "x" + CORES);
        return new WhatIf(trace, site, order, CostModel.DEFAULT, 1).play(eviction, WhatIf.Watcher.NONE);
    }
}
