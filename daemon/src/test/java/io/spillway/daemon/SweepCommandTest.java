package io.spillway.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sweep in this process, and the same one as a job array. */
class SweepCommandTest {
    private static final String SWEEP =
            "simulate --generate 40 --site 4x4 --htc 0.2 --reclaim 15m --policies kill,checkpoint --sweep load=0.5,0.9 --seeds 2";

    private final Typed spillway = new Typed(new FakeSite());

    @TempDir
    Path folder;

    @Test
    void theArrayGivesTheSameReportAsOneProcess() throws IOException, InterruptedException {
        assertThat(spillway.type((SWEEP + " --json").split(" ", -1))).isZero();
        String inProcess = spillway.out();
        Path array = folder.resolve("a sweep's");
        List<String> words = new ArrayList<>(List.of(SWEEP.split(" ", -1)));
        words.addAll(List.of("--array", array.toString(), "--at-once", "3"));

        assertThat(spillway.type(words)).as(spillway.err()).isZero();
        Path script = array.resolve("sweep.sbatch");
        assertThat(spillway.out()).startsWith("4 parts in 4 tasks: sbatch " + script);
        assertThat(Files.readString(script))
                .startsWith("#!/bin/bash\n")
                .contains("#SBATCH --array=0-3%3\n")
                .contains("#SBATCH --output=\"" + array + "/task-%a.log\"\n");
        // the first and the last as Slurm runs them, with this JVM for the command
        assertThat(task(script, 0)).isZero();
        assertThat(task(script, 3)).isZero();
        for (int task = 1; task < 3; task++) {
            List<String> one = new ArrayList<>(words);
            one.addAll(List.of("--task", Integer.toString(task)));
            assertThat(spillway.type(one)).as(spillway.err()).isZero();
        }
        assertThat(spillway.type("simulate", "--json", "--gather", array.toString()))
                .isZero();
        assertThat(spillway.out()).isEqualTo(inProcess);
        assertThat(spillway.type("simulate", "--gather", array.toString())).isZero();
        String table = spillway.out();
        assertThat(spillway.type(SWEEP.split(" ", -1))).isZero();
        assertThat(spillway.out()).isEqualTo(table).contains("sweep: 2 combinations, 2 seeds from 1 on");

        Files.delete(array.resolve("task-2.json"));
        assertThat(spillway.type("simulate", "--gather", array.toString())).isEqualTo(1);
        assertThat(spillway.errors()).hasSize(1);
        assertThat(spillway.err()).contains("again: sbatch --array=2 " + script);
    }

    private int task(Path script, int task) throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Path command = Files.writeString(
                folder.resolve("spillway"),
                "#!/bin/sh\nexec '%s' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp '%s' %s \"$@\"\n"
                        .formatted(java, System.getProperty("java.class.path"), Main.class.getName()));
        assertThat(command.toFile().setExecutable(true)).isTrue();
        ProcessBuilder slurm = new ProcessBuilder("bash", script.toString()).inheritIO();
        slurm.environment().put("SLURM_ARRAY_TASK_ID", Integer.toString(task));
        slurm.environment().put("SPILLWAY", command.toString());
        return slurm.start().waitFor();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--generate 5 --site 4x8 --sweep luck=1",
                "--generate 5 --site 4x8 --sweep load=0.5 --sweep load=0.7",
                "--generate 5 --site 4x8 --seeds 0",
                "--generate 5 --site 4x8 --seeds 2 --svg x.svg",
                "--generate 5 --site 4x8 --array x",
                "--generate 5 --site 4x8 --seeds 2 --task 1",
                "--generate 5 --site 4x8 --seeds 2 --array x --at-once 0",
                "--generate 5 --site 4x8 --seeds 2 --array x%a",
                "--generate 5 --site 4x8 --seeds 2 --array x --task 2",
                "none.swf --site 4x8 --sweep load=0.5",
                "--gather none",
                "--generate 5 --site 1x2 --load 0.5 --policies kill,none"
            })
    void badInputIsOneLine(String options) {
        assertThat(spillway.type(("simulate " + options).split(" ", -1))).isEqualTo(2);
        assertThat(spillway.errors()).hasSize(1);
        assertThat(spillway.out()).isEmpty();
    }

    /** A trace whose jobs are all too large for the site. */
    @Test
    void aSiteThatCannotRunAnyJob() throws IOException {
        Path trace = Files.writeString(folder.resolve("large.swf"), """
                1 0 -1 10 64 -1 -1 64 10 -1 1 -1 -1 -1 -1 -1 -1 -1
                2 5 -1 10 48 -1 -1 48 10 -1 1 -1 -1 -1 -1 -1 -1 -1
                """);
        assertThat(spillway.type("simulate", trace.toString(), "--site", "4x8")).isEqualTo(2);
        assertThat(spillway.err().strip())
                .isEqualTo(
                        "spillway: large.swf: no job can run on a site of 32 cores: all 2 ask for more, the smallest for 48");
        assertThat(spillway.out()).isEmpty();
    }
}
