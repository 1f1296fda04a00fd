package io.spillway.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.Spillway;
import io.spillway.model.Hostlist;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A user cancels the jobs of a node that is on disk: in Slurm they end when it is back, and it can still be removed. */
class CancelledWhileAwayTest {
    private static final Hostlist VN01 = Hostlist.parse("vn01");

    private final Simulation site = new Simulation(new VirtualTime());
    private final Spillway spillway = site.spillway(Hostlist.parse("vn[01-02]"));

    @BeforeEach
    void cancelled() {
        site.ready("vn01");
        site.ready("vn02");
        site.running("11", "vn01");
        site.running("20", "vn[01-02]");
        site.pass(Duration.ofMinutes(1));
        assertThat(spillway.checkpoint(VN01).await().complete()).isTrue();
        site.admin().cancels("11");
        site.admin().cancels("20");
        site.pass(Duration.ofMinutes(10));
        assertThat(site.batches.values()).hasSize(2).allMatch(batch -> batch.state == Batch.State.COMPLETING);
    }

    private Iterable<String> told() {
        return site.story().stream()
                .map(line -> line.substring(line.indexOf(" s  ") + 4))
                .toList();
    }

    @Test
    void downBringsItBackForTheirEndAndThenRemovesIt() {
        assertThat(spillway.deprovision(VN01).await().complete()).isTrue();
        assertThat(told())
                .containsSubsequence("resume server vn01", "wake vn01", "job 11 is CANCELLED", "delete node vn01")
                .noneMatch(line -> line.contains("set DOWN"));
        assertThat(site.batches).isEmpty();
        assertThat(site.vmsOf(VN01.stream().findFirst().orElseThrow())).isEmpty();
    }

    @Test
    void restoreEndsThem() {
        assertThat(spillway.restore(VN01).await().complete()).isTrue();
        site.pass(Duration.ofSeconds(5));
        assertThat(site.batches).isEmpty();
    }

    @Test
    void itMayStayOnDiskAsLongAsOneLikes() {
        assertThat(spillway.checkpoint(VN01).await().complete()).isTrue();
        assertThat(site.batches).hasSize(2);
        assertThat(told()).noneMatch(line -> line.contains("resume server"));
    }
}
