package io.spillway.simulation.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.Spillway;
import io.spillway.model.Hostlist;
import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.Phase;
import io.spillway.simulation.SimulatedAdmin;
import io.spillway.simulation.Simulation;
import io.spillway.simulation.VirtualTime;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** How a site's own tools are tested: the example of docs/java-api.md. */
@SimulatedSite(ready = "vn[01-02]", pool = "vn[01-08]")
class SimulatedSiteTest {
    /** A tool of a site's own: in the evening the virtual nodes go to disk, in the morning they come back. */
    record Nights(Spillway site) {
        void evening() {
            site.checkpoint(Hostlist.parse("vn[01-02]")).await().orThrow();
        }

        void morning() {
            site.restore(Hostlist.parse("vn[01-02]")).await().orThrow();
        }
    }

    @BeforeEach
    void aJobThatTakesTenMinutes(Simulation simulation) {
        simulation.submit("sweep", Optional.of(Hostlist.parse("vn01")), Duration.ofMinutes(10));
        simulation.pass(Duration.ofMinutes(1));
    }

    @Test
    void aNightIsNoPartOfAJobsTime(Spillway site, Simulation simulation) {
        Nights nights = new Nights(site);
        nights.evening();
        assertThat(site.nodes()).extracting(Node::phase).containsOnly(Phase.CHECKPOINTED);
        simulation.pass(Duration.ofHours(8));
        nights.morning();
        simulation.pass(Duration.ofMinutes(10));
        assertThat(site.view().jobs()).singleElement().satisfies(job -> {
            assertThat(job.states()).containsExactly("COMPLETED");
            assertThat(job.runTime()).isEqualTo(Duration.ofMinutes(10));
        });
    }

    @Test
    void anAdminsDrainIsNotUndone(Spillway site, SimulatedAdmin admin) {
        Nights nights = new Nights(site);
        nights.evening();
        admin.drains("vn02");
        assertThat(site.restore(Hostlist.parse("vn02")).await().complete()).isTrue();
        assertThat(site.nodes().get(1).intent())
                .hasValueSatisfying(why -> assertThat(why).contains("disk is odd"));
    }

    /** Many lanes at once, in one virtual time: the same run each time. */
    @Test
    @SimulatedSite(pool = "vn[01-40]")
    void aMethodMayHaveASiteOfItsOwn(Spillway site, VirtualTime time) {
        assertThat(site.nodes()).isEmpty();
        site.provision("htc", 40).await().orThrow();
        assertThat(site.nodes()).hasSize(40).extracting(Node::phase).containsOnly(Phase.READY);
        assertThat(Duration.ofNanos(time.nanos())).isLessThan(Duration.ofMinutes(10));
    }

    @Nested
    class Inside {
        @Test
        void aClassInsideHasTheOneAround(Spillway site) {
            assertThat(site.nodes()).hasSize(2);
            assertThat(site.view().jobs()).extracting(Job::running).containsExactly(true);
        }
    }
}
