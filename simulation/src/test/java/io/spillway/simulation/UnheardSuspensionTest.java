package io.spillway.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.Spillway;
import io.spillway.model.Hostlist;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Slurm tells a node once that a job is suspended: one that cannot hear it then runs the job on, under its name. */
class UnheardSuspensionTest {
    private static final Hostlist VN01 = Hostlist.parse("vn01");

    private final Simulation site = new Simulation(new VirtualTime());
    private final Spillway spillway = site.spillway(Hostlist.parse("vn[01-02]"));

    private Iterable<String> told() {
        return site.story().stream()
                .map(line -> line.substring(line.indexOf(" s  ") + 4))
                .toList();
    }

    @Test
    void ourJobsAreSuspendedAnewWhenTheNodeHearsAgain() {
        site.ready("vn01");
        site.running("11", "vn01");
        site.pass(Duration.ofMinutes(1));
        site.admin().deafens("vn01");
        assertThat(spillway.checkpoint(VN01).await().complete()).isTrue();
        assertThat(told())
                .containsSubsequence(
                        "suspend jobs [11]", "resume jobs [11]", "suspend jobs [11]", "suspend server vn01");
        assertThat(spillway.restore(VN01).await().complete()).isTrue();
        assertThat(site.batches.get("11").state).isEqualTo(Batch.State.RUNNING);
    }

    @Test
    void oneThatSomebodyElseHasSuspendedIsLeftToThem() {
        site.ready("vn01");
        site.running("11", "vn01");
        site.pass(Duration.ofMinutes(1));
        site.admin().deafens("vn01");
        site.admin().suspends("11");
        assertThat(spillway.checkpoint(VN01).await().nodes().get(0).reason())
                .contains("1 processes do not stand still: slurmd may not have heard");
        assertThat(told()).noneMatch(line -> line.contains("resume jobs"));
        assertThat(site.batches.get("11").state).isEqualTo(Batch.State.SUSPENDED);
    }
}
