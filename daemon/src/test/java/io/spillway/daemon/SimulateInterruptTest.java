package io.spillway.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A Ctrl-C in a long simulation, by a real signal to a real process. */
@EnabledOnOs(OS.LINUX)
class SimulateInterruptTest {
    @TempDir
    Path folder;

    /** It cannot end before it is read: the list of jobs is a pipe. */
    private static List<String> longOne(Path jobs) {
        String words = "simulate --generate 500000 --site 100x8 --policies no-cloud,checkpoint --jobs " + jobs;
        // a build in the background ignores SIGINT, and what it starts would inherit that
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
        command.addAll(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(words.split(" ", -1)));
        return command;
    }

    @Test
    @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // opening a pipe cannot be interrupted
    void printsWhatIsThereSoFar() throws IOException, InterruptedException {
        Path jobs = folder.resolve("jobs.csv");
        int made = new ProcessBuilder("mkfifo", jobs.toString()).start().waitFor();
        assertThat(made).isZero();
        Process simulation = new ProcessBuilder(longOne(jobs))
                .redirectError(folder.resolve("err").toFile())
                .start();
        try (BufferedReader ended = Files.newBufferedReader(jobs)) {
            ended.readLine();
            assertThat(ended.readLine()).as("the first job to end").startsWith("no-cloud,");
            new ProcessBuilder("kill", "-INT", Long.toString(simulation.pid()))
                    .start()
                    .waitFor();
            ended.transferTo(Writer.nullWriter()); // the pipe must not be what holds it up
            String said = new String(simulation.getInputStream().readAllBytes(), UTF_8);
            assertThat(simulation.waitFor()).isEqualTo(130);
            assertThat(said).contains("no-cloud (stopped)").doesNotContain("checkpoint");
            assertThat(Files.readString(folder.resolve("err"))).doesNotContain("could not be printed");
        } finally {
            simulation.destroyForcibly();
        }
    }
}
