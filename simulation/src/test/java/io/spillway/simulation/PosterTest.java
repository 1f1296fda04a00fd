package io.spillway.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillway.failure.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The poster's scene, simulated with what a run on the lab took for single steps, ends when the scene on the lab ended, within
 * a fifth. Prints both.
 */
class PosterTest {
    private static final Path SCENE = Path.of("..", "examples", "poster");
    private static final Pattern END =
            Pattern.compile("poster: (\\d+) of \\1 moves by policy, jobs COMPLETED 0:0; .* ratio (\\d+\\.\\d+)");
    private static final double TOLERANCE = 0.2;

    @TempDir
    Path folder;

    private List<String> play(Path calibration) throws IOException, InterruptedException {
        Path said = folder.resolve("said");
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process scene = new ProcessBuilder(
                        java.toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Dlogback.configurationFile=" + Path.of("..", "examples", "quiet.xml"),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        SCENE.resolve("Simulated.java").toString(),
                        folder.resolve("poster.svg").toString(),
                        calibration.toString(),
                        SCENE.resolve("lab.txt").toString())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            scene.waitFor();
            return Files.readAllLines(said, UTF_8);
        } finally {
            scene.destroyForcibly();
        }
    }

    @Test
    @Timeout(120)
    void endsWhenItEndedOnTheLab() throws IOException, InterruptedException {
        List<String> said = play(SCENE.resolve("calibration.json"));
        said.forEach(System.out::println);
        Files.write(Path.of("target", "poster.txt"), said);
        Matcher end = END.matcher(said.get(said.size() - 1));
        assertThat(end.matches()).as(said.get(said.size() - 1)).isTrue();
        assertThat(Integer.parseInt(end.group(1))).as("moves").isGreaterThanOrEqualTo(7);
        assertThat(Math.abs(Double.parseDouble(end.group(2)) - 1)).isLessThanOrEqualTo(TOLERANCE);
        assertThat(Files.readString(folder.resolve("poster.svg"))).contains("vn01 moves from cn01 to cn02");
    }

    /** A site ten times as slow ends much later: the words of a calibration are heard. */
    @Test
    @Timeout(120)
    void aCalibrationCounts() throws IOException, InterruptedException {
        Path slow = Files.writeString(folder.resolve("slow.json"), "{\"boot\": 400, \"states\": 100, \"salt\": 2}");
        List<String> said = play(slow);
        Matcher end = END.matcher(said.get(said.size() - 1));
        assertThat(end.matches()).as(said.get(said.size() - 1)).isTrue();
        assertThat(Double.parseDouble(end.group(2))).isGreaterThan(1.5);
    }

    @Test
    void whatIsNoCalibrationIsToldInOneLine() throws IOException {
        Path odd = Files.writeString(folder.resolve("odd.json"), "{\"luck\": 3}");
        Path negative = Files.writeString(folder.resolve("negative.json"), "{\"boot\": -3}");
        assertThatThrownBy(() -> Durations.read(odd))
                .isInstanceOf(BadInputException.class)
                .message()
                .contains("luck")
                .doesNotContain("\n");
        assertThatThrownBy(() -> Durations.read(negative)).isInstanceOf(BadInputException.class);
        assertThatThrownBy(() -> Durations.read(folder.resolve("none.json"))).isInstanceOf(BadInputException.class);
        assertThat(Durations.read(Files.writeString(folder.resolve("few.json"), "{\"boot\": 3}")))
                .isEqualTo(new Durations(0.06, 0.06, 8, 3, 15, 3, 2, 8.0 / 768, 1));
    }
}
