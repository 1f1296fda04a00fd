package io.spillway.simulation.whatif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillway.failure.BadInputException;
import io.spillway.failure.FailedException;
import io.spillway.policy.CostModel;
import io.spillway.simulation.trace.Generated;
import io.spillway.simulation.trace.TraceJob;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is to happen is never more than who there is to whom it happens; and it comes to an end. */
class QueueOfEventsTest {
    private static final int HOSTS = 8;

    /** Notes the most that is to happen, beside the jobs there are. */
    private static final class Peak implements WhatIf.Watcher {
        private final List<Simulation> simulation = new ArrayList<>();
        private int most;
        private int looks;

        @Override
        public boolean goOn(double progress, long done) {
            Simulation one = simulation.get(0);
            most = Math.max(most, one.pending() - one.inFlight());
            looks++;
            return true;
        }
    }

    /**
     * A hundred jobs of a month on hosts that are taken away every two minutes: each is interrupted thousands of times, and
     * leaves nothing behind.
     */
    @ParameterizedTest
    @EnumSource(
            value = Eviction.class,
            names = {"SUSPEND", "CHECKPOINT"})
    void isBounded(Eviction eviction) {
        List<TraceJob> jobs = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            jobs.add(new TraceJob("low " + i, i, 2_000_000, 2_000_000, 1));
        }
        for (int i = 0; i < 4000; i++) {
            jobs.add(new TraceJob("high " + i, 600L * i + 100, 60, 60, 1 + HOSTS));
        }
        Site site = new Site(HOSTS, 4, null, new Site.Reclaim(120, 30));
        WhatIf question = new WhatIf(new OrderTest.Few(jobs), site, Order.EASY, CostModel.DEFAULT, 1);
        Peak peak = new Peak();
        Simulation simulation = new Simulation(question, eviction, peak);
        peak.simulation.add(simulation);

        Report report = simulation.run(question.trace().open());

        assertThat(report.single().suspensions()).isGreaterThan(1000);
        assertThat(peak.looks).isGreaterThan(20);
        assertThat(peak.most).isLessThan(5 * HOSTS);
    }

    @Test
    void aPolicyThatLoopsAtOneSecondIsNamed() {
        Site site = new Site(2, 4, null, null);
        Slots slots = new Slots();
        int slot = slots.add(new TraceJob("4711", 0, 10, 10, 1));
        Standstill standstill = new Standstill(Eviction.CHECKPOINT, site, slots);
        for (int second = 0; second < 10_000; second++) {
            standstill.seen(second, Simulation.UP, 3);
        }
        for (int job = 0; job < 10_000; job++) {
            standstill.seen(10_000, Simulation.METAL_END, slot);
            standstill.over();
        }
        assertThatThrownBy(() -> {
                    while (true) {
                        standstill.seen(20_000, Simulation.UP, 3);
                        standstill.seen(20_000, Simulation.REQUEUED, slot);
                    }
                })
                .isInstanceOf(FailedException.class)
                .hasMessageMatching(
                        "policy checkpoint loops at second 20000 of the trace: \\d+ things came due in it and no job ended, the last: (node 3 comes up|job 4711 waits anew)");
    }

    @Test
    void aSiteThatCannotRunAnyJob() {
        List<TraceJob> large = List.of(new TraceJob("1", 0, 10, 10, 40), new TraceJob("2", 5, 10, 10, 33));
        assertThatThrownBy(() -> play(large))
                .isInstanceOf(BadInputException.class)
                .hasMessage("few: no job can run on a site of 32 cores: all 2 ask for more, the smallest for 33");
        assertThatThrownBy(() -> play(List.of()))
                .isInstanceOf(BadInputException.class)
                .hasMessage("few: there is no job in it");
        assertThat(new WhatIf(new Generated(5, 32, 0.7, 0, 60, 1), Site.parse("8x4"), Order.FIFO, CostModel.DEFAULT, 1)
                        .play(Eviction.NO_CLOUD, WhatIf.Watcher.NONE)
                        .ended())
                .isEqualTo(5);
    }

    private static Report play(List<TraceJob> jobs) {
        return new WhatIf(new OrderTest.Few(jobs), Site.parse("8x4"), Order.FIFO, CostModel.DEFAULT, 1)
                .play(Eviction.NO_CLOUD, WhatIf.Watcher.NONE);
    }
}
