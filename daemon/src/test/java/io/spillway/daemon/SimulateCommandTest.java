package io.spillway.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulateCommandTest {
    private final Typed spillway = new Typed(new FakeSite());

    @TempDir
    Path folder;

    /** Files that a page names are in our folder. */
    private List<String> here(String command) {
        List<String> words = new ArrayList<>();
        for (String word : command.split(" +", -1)) {
            words.add(
                    word.matches("[a-z-]+\\.(swf|svg|yaml|txt)")
                            ? folder.resolve(word).toString()
                            : word);
        }
        return words;
    }

    /** Whatever the page tells to type works, in its order. */
    @Test
    void thePagesCommands() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "what-if.md"));
        Files.writeString(
                folder.resolve("site.yaml"), page.split("# site.yaml\n", -1)[1].split("\n\n", -1)[0].indent(-4));
        List<String> commands = page.lines()
                .filter(line -> line.startsWith("    spillway simulate "))
                .map(line -> line.strip().substring("spillway ".length()).replaceFirst(" +#.*", ""))
                .toList();
        assertThat(commands).hasSizeGreaterThan(3);
        for (String command : commands) {
            assertThat(spillway.type(here(command)))
                    .as("%s: %s", command, spillway.err())
                    .isZero();
            assertThat(spillway.out()).as(command).contains("no-cloud");
            if (command.contains("--reclaim")) {
                assertThat(page).contains(given("kill"), given("checkpoint"));
            }
        }
    }

    /** What the cloud gives under a policy, as the table has it. */
    private String given(String policy) {
        List<String> lines = spillway.out().lines().toList();
        String heads = lines.stream()
                .filter(line -> line.strip().startsWith("no-cloud"))
                .findFirst()
                .orElseThrow();
        String shares = lines.stream()
                .filter(line -> line.startsWith("  of which counts"))
                .findFirst()
                .orElseThrow();
        int end = heads.indexOf(policy) + policy.length();
        return shares.substring(end - 7, end).strip();
    }

    @Test
    void forPrograms() throws IOException {
        assertThat(spillway.type("simulate", "--generate", "50", "--site", "4x8", "--policies", "kill", "--json"))
                .isZero();
        JsonNode json = new ObjectMapper().readTree(spillway.out());
        assertThat(json.at("/reports/0/ended").asInt()).isEqualTo(50);
        assertThat(json.at("/reports/0/complete").asBoolean()).isTrue();
    }

    /** What may be swept may be given, however long. */
    @Test
    void aTimeIsWhatItIsInASweep() {
        String options = "simulate --generate 5 --site 4x8 --policies kill --htc 0.1 --reclaim 999999h";
        assertThat(spillway.type(here(options + " --htc-run 1d")))
                .as(spillway.err())
                .isZero();
        assertThat(spillway.type(here(options + " --htc-run soon"))).isEqualTo(Exit.USAGE);
        assertThat(spillway.errors()).containsExactly("spillway: --htc-run is 90, 90s, 15m, 2h or 1d, not 'soon'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--site 4x8",
                "none.swf --site 4x8",
                "none.swf --generate 5 --site 4x8",
                "none.swf --save other.swf --site 4x8",
                "--generate 5",
                "--generate 5 --site 4",
                "--generate 0 --site 4x8",
                "--generate 5 --site 4x8 --policies pray",
                "--generate 5 --site 4x8 --order random",
                "--generate 5 --site 4x8 --load 0",
                "--generate 5 --site 4x8 --htc-run soon",
                "--generate 5 --site 4x8 --reclaim 0",
                "--generate 5 --site 4x8 --calibration none.txt"
            })
    void badInputIsOneLine(String options) {
        assertThat(spillway.type(here("simulate " + options))).isEqualTo(2);
        assertThat(spillway.errors()).hasSize(1);
        assertThat(spillway.out()).isEmpty();
    }
}
