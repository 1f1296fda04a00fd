package io.spillway.simulation.whatif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spillway.failure.BadInputException;
import io.spillway.policy.CostModel;
import io.spillway.simulation.trace.TraceJob;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A job that is suspended in place keeps its node's memory: 4000 MiB on a host of 16,000. */
class SuspendedMemoryTest {
    private static Report play(Eviction eviction, Long hostMemory, int cores, int memory) {
        List<TraceJob> jobs =
                List.of(new TraceJob("low", 0, 1000, 1000, 1), new TraceJob("high", 500, 3600, 3600, cores, memory));
        Site site = new Site(1, 4, null, null, hostMemory);
        return new WhatIf(new OrderTest.Few(jobs), site, Order.EASY, CostModel.DEFAULT, 1)
                .play(eviction, WhatIf.Watcher.NONE);
    }

    @Test
    void whoFitsBesideItIsNotCounted() {
        assertThat(play(Eviction.SUSPEND, 16_000L, 4, 3000).crowded()).isEqualTo(new Report.Crowded(0, 0, 0));
    }

    @Test
    void whoDoesNotIs() {
        Report.Crowded crowded = play(Eviction.SUSPEND, 16_000L, 4, 3001).crowded();
        assertThat(crowded.jobs()).isEqualTo(1);
        assertThat(crowded.guessed()).isZero();
        assertThat(crowded.hours()).isCloseTo(4, within(1e-9));
    }

    @Test
    void ofAJobThatNamesNoMemoryItsCoresPartIsTaken() {
        assertThat(play(Eviction.SUSPEND, 16_000L, 4, TraceJob.UNKNOWN).crowded())
                .isEqualTo(new Report.Crowded(1, 1, 4));
        assertThat(play(Eviction.SUSPEND, 16_000L, 3, TraceJob.UNKNOWN).crowded())
                .isEqualTo(new Report.Crowded(0, 0, 0));
    }

    @Test
    void aCheckpointLeavesNothing() {
        assertThat(play(Eviction.CHECKPOINT, 16_000L, 4, 4000).crowded()).isEqualTo(new Report.Crowded(0, 0, 0));
    }

    @Test
    void whereTheSiteNamesNoMemoryItIsADoubt() {
        Report report = play(Eviction.SUSPEND, null, 4, 4000);
        assertThat(report.crowded()).isNull();
        assertThat(new Answer("few", new Site(1, 4, null, null), List.of(report)).lines())
                .anyMatch(line -> line.startsWith("note:  suspend: ") && line.endsWith("the site names no memory"))
                .anyMatch(line -> line.matches("jobs short of memory +not known"));
    }

    @Test
    void aHostHasNoMoreNodesThanItHasMemoryFor() {
        assertThat(new Site(1, 16, null, null, 16_000L).places()).isEqualTo(4);
        assertThat(new Site(1, 16, null, null).places()).isEqualTo(8);
        assertThatThrownBy(() -> new Site(1, 16, null, null, 3000L))
                .isInstanceOf(BadInputException.class)
                .hasMessage("a virtual node of 4000 MiB has no room on a host of 3000 MiB");
    }
}
