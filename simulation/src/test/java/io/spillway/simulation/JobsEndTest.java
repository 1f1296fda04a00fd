package io.spillway.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.Operation;
import io.spillway.Spillway;
import io.spillway.model.Hostlist;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** An order that has waited long for users' jobs goes on soon after they have ended, since the daemon hears of that. */
class JobsEndTest {
    private static final Hostlist VN01 = Hostlist.parse("vn01");

    private final VirtualTime time = new VirtualTime();
    private final Simulation site = new Simulation(time);
    private final Spillway spillway = site.spillway(VN01);

    private static double second(String line) {
        return Double.parseDouble(line.substring(0, line.indexOf(" s  ")).strip());
    }

    private double when(String what) {
        return second(site.story().stream()
                .filter(line -> line.contains(what))
                .findFirst()
                .orElseThrow());
    }

    @Test
    void downGoesOnWithinSeconds() {
        site.ready("vn01");
        site.running("11", "vn01");
        try (SimulatedDaemon daemon = new SimulatedDaemon(site, spillway)) {
            Operation down = spillway.deprovision(VN01);
            daemon.pass(Duration.ofMinutes(20));
            site.finish("11");
            daemon.until("it is gone", () -> down.outcome().isDone(), Duration.ofMinutes(2));
            assertThat(down.await().complete()).isTrue();
            assertThat(when("delete node vn01") - when("job 11 is COMPLETED")).isLessThan(4);
        }
    }
}
