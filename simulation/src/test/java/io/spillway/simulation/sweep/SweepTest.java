package io.spillway.simulation.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spillway.failure.BadInputException;
import io.spillway.failure.FailedException;
import io.spillway.policy.CostModel;
import io.spillway.simulation.whatif.Eviction;
import io.spillway.simulation.whatif.Order;
import io.spillway.simulation.whatif.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SweepTest {
    @TempDir
    Path folder;

    private static Question question(Question.Source source) {
        Site site = new Site(4, 4, null, new Site.Reclaim(900, 300));
        List<Eviction> policies = List.of(Eviction.KILL, Eviction.CHECKPOINT);
        return new Question(source, site, Order.EASY, policies, CostModel.DEFAULT, 7);
    }

    private static Sweep sweep(int seeds, String... axes) {
        List<Axis> all = List.of(axes).stream().map(Axis::parse).toList();
        return new Sweep(question(new Question.Made(40, 0.7, 0.2, 600)), Map.of("site", "4x4"), all, seeds);
    }

    @Test
    void eachCombinationHasEachSeed() {
        Grid grid = sweep(3, "load=0.5,0.7", "reclaim=15m,1h").grid();
        assertThat(grid.parts()).isEqualTo(12);
        Set<String> all = new HashSet<>();
        IntStream.range(0, 12).forEach(part -> all.add(grid.values(grid.combination(part)) + " " + grid.seed(part)));
        assertThat(all).hasSize(12).contains("[0.5, 1h] 7", "[0.7, 15m] 9");
    }

    @Test
    void theReportIsTheSameWhoeverPlaysIt() {
        Sweep sweep = sweep(3, "load=0.5,0.9");
        Swept alone = sweep.play(1, Sweep.Watcher.NONE);
        Swept together = sweep.play(4, Sweep.Watcher.NONE);
        assertThat(together.json()).isEqualTo(alone.json());
        assertThat(together.lines()).isEqualTo(alone.lines());
    }

    @Test
    void joinedPartsAreTheSameToTheLastByte() {
        Sweep sweep = sweep(4, "load=0.5,0.9", "htc-run=5m,1h");
        SweepFolder here = new SweepFolder(folder);
        here.begin(sweep.grid());
        for (int task = SweepFolder.tasks(sweep.grid()) - 1; task >= 0; task--) {
            here.play(sweep, task);
        }
        Swept joined = here.gather();
        Swept inProcess = sweep.play(2, Sweep.Watcher.NONE);
        assertThat(joined.json()).isEqualTo(inProcess.json());
        assertThat(joined.lines()).isEqualTo(inProcess.lines());
    }

    @Test
    void meanAndSpread() throws IOException {
        Swept swept = sweep(5, "load=0.5,0.9").play(2, Sweep.Watcher.NONE);
        JsonNode json = new ObjectMapper().readTree(swept.json());
        assertThat(json.at("/points").size()).isEqualTo(4);
        JsonNode point = json.at("/points/1");
        assertThat(point.at("/values/load").asText()).isEqualTo("0.5");
        assertThat(point.at("/policy").asText()).isEqualTo("checkpoint");
        double[] goodput = swept.parts().stream()
                .limit(5)
                .mapToDouble(part -> part.reports().get(1).use().goodput())
                .toArray();
        assertThat(point.at("/figures/goodput/mean").asDouble())
                .isEqualTo(IntStream.range(0, 5)
                        .mapToDouble(i -> goodput[i])
                        .average()
                        .orElseThrow());
        assertThat(point.at("/figures/goodput/deviation").asDouble()).isPositive();
        assertThat(swept.lines())
                .anyMatch(line -> line.startsWith("load ") && line.contains("work that counts"))
                .anyMatch(line -> line.matches(" 0.9 +kill +\\d+\\.\\d ± \\d+\\.\\d %.*"));
        assertThat(Spread.of(new double[] {1, 2, 3})).isEqualTo(new Spread(2, 1, 1, 3));
    }

    @Test
    void whoIsMissingOrBrokenIsNamedWithWhatRepeatsIt() throws IOException {
        Sweep sweep = sweep(6);
        SweepFolder here = new SweepFolder(folder);
        here.begin(sweep.grid());
        IntStream.of(0, 2, 5).forEach(task -> here.play(sweep, task));
        Files.writeString(folder.resolve("task-2.json"), "{\"grid\": {\"fix");
        Files.move(folder.resolve("task-5.json"), folder.resolve("task-4.json"));
        assertThatThrownBy(here::gather)
                .isInstanceOf(FailedException.class)
                .hasMessage(
                        "5 of 6 tasks are missing or broken: task 1 (no task-1.json yet), task 2 (task-2.json is broken), task 3 (no task-3.json yet), …; again: sbatch --array=1-5 %s",
                        folder.resolve("sweep.sbatch"));
        List.of(1, 2, 3).forEach(task -> here.play(sweep, task));
        assertThatThrownBy(here::gather)
                .hasMessageContaining(
                        "task 4 (task-4.json is of another sweep), task 5 (no task-5.json yet); again: sbatch --array=4-5 ");
        List.of(4, 5).forEach(task -> here.play(sweep, task));
        assertThat(here.gather().parts()).hasSize(6);
        assertThat(SweepFolder.ranges(List.of(1, 3, 4, 5, 9, 10))).isEqualTo("1,3-5,9-10");
    }

    @Test
    void aFolderHasOneSweep() {
        SweepFolder here = new SweepFolder(folder.resolve("new"));
        here.begin(sweep(6).grid());
        here.begin(sweep(6).grid());
        assertThatThrownBy(() -> here.begin(sweep(7).grid()))
                .isInstanceOf(BadInputException.class)
                .hasMessageEndingWith("has another sweep in it; another folder would be right");
    }

    /** No more tasks than Slurm takes: each has several parts then, and all parts are somebody's. */
    @Test
    void manyPartsShareTasks() {
        Grid grid = sweep(2345).grid();
        assertThat(SweepFolder.tasks(grid)).isEqualTo(1000);
        Set<Integer> parts = new HashSet<>();
        for (int task = 0; task < 1000; task++) {
            SweepFolder.mine(grid, task).forEach(parts::add);
        }
        assertThat(parts).hasSize(2345);
    }

    @Test
    void whoeverWatchesMayStopIt() {
        Swept swept = sweep(50).play(1, done -> done < 3);
        assertThat(swept.parts()).hasSize(3);
        assertThat(swept.lines().get(0)).contains("(stopped: 3 of 50 parts)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "load",
                "load=",
                "load=0.5,,0.7",
                "luck=1,2",
                "load=high",
                "load=0",
                "reclaim=soon",
                "reclaim=0",
                "order=random",
                "memory=much",
                "htc-run=0"
            })
    void badInput(String axis) {
        assertThatThrownBy(() -> sweep(1, axis))
                .isInstanceOf(BadInputException.class)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void whatCannotBeSwept() {
        assertThatThrownBy(() -> sweep(1, "load=0.5", "load=0.7")).hasMessage("--sweep load stands there twice");
        assertThatThrownBy(() -> sweep(0, "load=0.5")).isInstanceOf(BadInputException.class);
        assertThatThrownBy(() -> new Sweep(
                        question(new Question.Recorded(Path.of("a.swf"), false)),
                        Map.of(),
                        List.of(Axis.parse("load=0.5")),
                        1))
                .hasMessage("load=0.5: a trace has its jobs; this goes with --generate");
    }
}
