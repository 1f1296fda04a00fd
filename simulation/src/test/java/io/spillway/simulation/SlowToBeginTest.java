package io.spillway.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.Spillway;
import io.spillway.model.Hostlist;
import io.spillway.model.Pool;
import io.spillway.model.Size;
import io.spillway.policy.CostModel;
import io.spillway.policy.JobClasses;
import io.spillway.policy.Limits;
import io.spillway.policy.rules.Policies;
import io.spillway.policy.rules.QueuePolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Seconds go by between a policy's decision and the first look that shows a server. */
class SlowToBeginTest {
    @Test
    void aNodeThatIsBeingMadeIsCountedBeforeNovaShowsIt() {
        Policies policies = new Policies(
                new JobClasses(List.of()),
                new Size(0, 0),
                Limits.DEFAULT,
                CostModel.Rates.DEFAULT,
                List.of(),
                List.of(new QueuePolicy(Duration.ofHours(1), Duration.ofHours(1))),
                Set.of());
        Pool.Terms terms = new Pool.Terms(new Size(1, 768), Set.of("low"), Set.of(), 1, 0);
        Pool pool = new Pool("htc", "htc", Hostlist.parse("vn[01-04]"), 4, Optional.of(terms));
        Simulation simulation = new Simulation(new VirtualTime(), new Durations(3, 1, 30, 8, 45, 2, 7, 0.02, 1));
        try (Spillway site = simulation.spillway(pool, policies);
                SimulatedDaemon daemon = new SimulatedDaemon(simulation, site)) {
            daemon.pass(Duration.ofMinutes(3));
            assertThat(daemon.decisions())
                    .extracting(one -> one.action().subject())
                    .containsExactly("vn01");
        }
    }
}
