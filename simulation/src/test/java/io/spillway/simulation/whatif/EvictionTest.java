package io.spillway.simulation.whatif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spillway.failure.BadInputException;
import io.spillway.policy.CostModel;
import io.spillway.simulation.trace.Generated;
import io.spillway.simulation.trace.TraceJob;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/**
 * What becomes of single-core jobs that are in the way. With 4000 MiB the cost model says, rounded up: made in 120 s, held
 * in 3, released in 1, checkpointed in 15, restored in 20; moved in 45 more.
 */
class EvictionTest {
    /** A job that runs 1000 s from second 120 on, and one that wants its host at second 500, for 300 s. */
    private static final List<TraceJob> IN_THE_WAY =
            List.of(new TraceJob("low", 0, 1000, 1000, 1), new TraceJob("high", 500, 300, 300, 4));

    private static Report play(List<TraceJob> jobs, int hosts, Eviction eviction, OrderTest.Starts starts) {
        Site site = new Site(hosts, 4, null, null);
        return new WhatIf(new OrderTest.Few(jobs), site, Order.EASY, CostModel.DEFAULT, 1).play(eviction, starts);
    }

    private static void ends(int hosts, Eviction eviction, long high, long low) {
        OrderTest.Starts starts = new OrderTest.Starts();
        Report report = play(IN_THE_WAY, hosts, eviction, starts);
        assertThat(starts.at.get("high") + 300).as("high").isEqualTo(high);
        assertThat(starts.at.get("low") + 1000).as("low").isEqualTo(low);
        assertThat(report.unfinished()).isZero();
    }

    @Test
    void withoutACloudAllWaitInOneQueue() {
        ends(1, Eviction.NO_CLOUD, 1300, 1000);
    }

    /** Killed at 500; the host is free at 800, a node made at 920. */
    @Test
    void aKilledJobBeginsAnew() {
        ends(1, Eviction.KILL, 800, 1920);
    }

    /** Held at 503, after 380 s of work; free at 803, goes on at 804. */
    @Test
    void aSuspendedJobWaitsWhereItIs() {
        ends(1, Eviction.SUSPEND, 803, 804 + 620);
    }

    /** On disk at 515; free at 815, back at 835. */
    @Test
    void aCheckpointedJobComesBack() {
        ends(1, Eviction.CHECKPOINT, 815, 835 + 620);
    }

    /** The metal takes hosts from the left; the cloud, on the right, is not in the way. */
    @Test
    void whereThereIsRoomNobodyIsInTheWay() {
        for (Eviction eviction : List.of(Eviction.KILL, Eviction.SUSPEND, Eviction.CHECKPOINT)) {
            ends(2, eviction, 800, 1120);
        }
    }

    /** Two hosts: one with the metal's long job; the other's node moves to it when that ends, not when its own is free. */
    @Test
    void aCheckpointedJobGoesWhereThereIsRoomFirst() {
        List<TraceJob> jobs = List.of(
                new TraceJob("long", 0, 600, 600, 4),
                new TraceJob("low", 0, 1000, 1000, 1),
                new TraceJob("longer", 500, 5000, 5000, 4));
        OrderTest.Starts starts = new OrderTest.Starts();
        Report report = play(jobs, 2, Eviction.CHECKPOINT, starts);
        assertThat(starts.at.get("low") + 1000).isEqualTo(600 + 20 + 45 + 620);
        assertThat(report.single().moves()).isEqualTo(1);
        assertThat(report.single().suspensions()).isEqualTo(1);
    }

    @Test
    void whatIsCounted() {
        List<TraceJob> jobs = List.of(
                IN_THE_WAY.get(0),
                IN_THE_WAY.get(1),
                new TraceJob("last", 2000, 1, 1, 4),
                new TraceJob("big", 2000, 1, 1, 5));
        Report report = play(jobs, 1, Eviction.KILL, new OrderTest.Starts());
        double all = 2000 * 4;
        assertThat(report.tooLarge()).isEqualTo(1);
        assertThat(report.ended()).isEqualTo(3);
        assertThat(report.use().metal()).isCloseTo(300 * 4 / all, within(1e-9));
        assertThat(report.use().cloud()).isCloseTo(1380 / all, within(1e-9));
        assertThat(report.use().goodput()).isCloseTo((300 * 4 + 1000) / all, within(1e-9));
        assertThat(report.use().lostHours()).isCloseTo(380 / 3600.0, within(1e-9));
        assertThat(report.use().standingHours()).isCloseTo(2 * 2 * 120 / 3600.0, within(1e-9));
        assertThat(report.single().kills()).isEqualTo(1);
        assertThat(report.single().meanWait()).isEqualTo(920);
        assertThat(report.single().meanSlowdown()).isEqualTo(1.92);
        assertThat(report.worst().get(0)).isEqualTo(new Report.Hit("low", 1, 1000, 920, 1.92, 0, 0, 1));
    }

    /** Hosts that are taken away every now and then, on any trace: only who kills loses work, and jobs that never get done. */
    @Property(tries = 40)
    void nobodyIsForgotten(@ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int cpus) {
        Generated trace = new Generated(150, 32, 0.6, 0.3, 900, seed);
        Site site = new Site(8, 4, new Site.Virtual(cpus, 1000), new Site.Reclaim(1800, 300));
        for (Eviction eviction : Eviction.values()) {
            WhatIf question = new WhatIf(trace, site, Order.EASY, CostModel.DEFAULT, seed);
            Report report = question.play(eviction, WhatIf.Watcher.NONE);
            assertThat(report.single().count()).isPositive();
            assertThat(report.single().medianWait()).isNotNegative();
            assertThat(report.use().metal() + report.use().cloud()).isLessThanOrEqualTo(1.0000001);
            if (eviction != Eviction.KILL) {
                assertThat(report.unfinished()).as(eviction + " left").isZero();
                assertThat(report.use().lostHours()).isZero();
                assertThat(report.single().kills()).isZero();
            }
            assertThat(report.single().moves())
                    .isLessThanOrEqualTo(report.single().suspensions());
            Report again = question.play(eviction, WhatIf.Watcher.NONE);
            assertThat(again)
                    .usingRecursiveComparison()
                    .ignoringFields("seconds")
                    .isEqualTo(report);
        }
    }

    @Test
    void whoeverWatchesMayStopIt() {
        Generated trace = new Generated(50_000, 32, 0.6, 0, 900, 1);
        WhatIf question = new WhatIf(trace, Site.parse("8x4"), Order.FIFO, CostModel.DEFAULT, 1);
        Report report = question.play(Eviction.NO_CLOUD, (progress, done) -> progress < 0.5);
        assertThat(report.complete()).isFalse();
        assertThat(report.ended()).isBetween(10_000L, 40_000L);
    }

    @Test
    void policiesHaveNames() {
        assertThat(Eviction.parse(" No-Cloud ")).isEqualTo(Eviction.NO_CLOUD);
        assertThatThrownBy(() -> Eviction.parse("pray"))
                .isInstanceOf(BadInputException.class)
                .hasMessage("no policy 'pray'; there are no-cloud, kill, suspend, checkpoint");
    }
}
