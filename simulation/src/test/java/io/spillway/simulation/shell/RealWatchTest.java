package io.spillway.simulation.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.Spillway;
import io.spillway.failure.UnreachableException;
import io.spillway.model.Hostlist;
import io.spillway.simulation.Simulation;
import io.spillway.simulation.VirtualTime;
import io.spillway.simulation.Watch;
import io.spillway.timeline.Picture;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A site that is only looked at from outside, as a real one is. */
class RealWatchTest {
    private final Simulation simulation = new Simulation(new VirtualTime());
    private final Spillway site = simulation.spillway(Hostlist.parse("vn[01-02]"));
    private final Watch seen = simulation.watch();
    private boolean silent;

    private RealWatch watch() {
        return new RealWatch(
                () -> {
                    if (silent) {
                        throw new UnreachableException("salt", "salt-api does not answer");
                    }
                    return seen.view();
                },
                Duration.ofDays(1));
    }

    private static String picture(RealWatch watch) {
        return Picture.of("real").svg(watch.timeline());
    }

    @Test
    void whatHappenedBetweenTheLooksIsDrawn() {
        try (RealWatch watch = watch()) {
            watch.look();
            site.provision(Hostlist.parse("vn01")).await().orThrow();
            watch.look();
            simulation.pass(Duration.ofMinutes(1));
            site.checkpoint(Hostlist.parse("vn01")).await().orThrow();
            assertThat(picture(watch)).contains("vn01 ready").contains("vn01 checkpointed");
        }
    }

    @Test
    void whileTheSiteIsSilentNobodyWatched() {
        try (RealWatch watch = watch()) {
            watch.look();
            simulation.pass(Duration.ofMinutes(1));
            silent = true;
            watch.look();
            watch.look();
            silent = false;
            simulation.pass(Duration.ofMinutes(5));
            assertThat(picture(watch)).contains("nobody watched");
        }
    }

    @Test
    void aSiteThatNeverAnswersGivesAnEmptyPicture() {
        silent = true;
        try (RealWatch watch = watch()) {
            assertThat(picture(watch)).contains("0 virtual nodes");
        }
    }
}
