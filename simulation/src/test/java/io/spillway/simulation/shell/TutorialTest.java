package io.spillway.simulation.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.execution.LocalExecutionControlProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tutorial, line by line, and what else may be typed. */
class TutorialTest {
    private static final Path SCRIPTS = Path.of("..", "examples", "jshell");

    /** What the lines printed; a line that jshell does not take fails the test. */
    private static List<String> type(List<String> lines) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        try (JShell shell = JShell.builder()
                .executionEngine(new LocalExecutionControlProvider(), null)
                .build()) {
            shell.addToClasspath(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
            for (String line : lines) {
                for (SnippetEvent event : shell.eval(whole(shell, line))) {
                    assertThat(event.status())
                            .as(
                                    "%s: %s",
                                    line,
                                    shell.diagnostics(event.snippet())
                                            .map(diag -> diag.getMessage(Locale.ROOT))
                                            .toList())
                            .isEqualTo(Snippet.Status.VALID);
                    assertThat(event.exception()).as(line).isNull();
                }
            }
        } finally {
            System.setOut(before);
        }
        return said.toString(StandardCharsets.UTF_8).lines().toList();
    }

    /** With the semicolon that the tool adds, too. */
    private static String whole(JShell shell, String line) {
        return shell.sourceCodeAnalysis().analyzeCompletion(line).source();
    }

    private static List<String> script(String... more) throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(SCRIPTS.resolve("start.jsh")));
        lines.addAll(List.of(more));
        return lines;
    }

    @Test
    void eachLineOfTheTutorialDoesWhatItSays() throws IOException {
        List<String> lines = script();
        Files.readAllLines(SCRIPTS.resolve("tutorial.jsh")).stream()
                .filter(line -> !line.startsWith("//"))
                .forEach(lines::add);

        List<String> said = type(lines);

        assertThat(said.stream().filter(line -> line.startsWith("error:")))
                .as("the two that are meant to be refused")
                .hasSize(2);
        assertThat(said).filteredOn(line -> line.contains("COMPLETED")).hasSize(2);
        assertThat(said).anyMatch(line -> line.matches("vn01 +CHECKPOINTED +cn01 +jobs 3\\d"));
        assertThat(said).anyMatch(line -> line.contains("it has no work") && line.contains("checkpoint vn03"));
        assertThat(said).anyMatch(line -> line.startsWith("picture: "));
        assertThat(said.get(said.size() - 1)).startsWith("no virtual nodes");
    }

    private static final String NEVER =
            "policy(view -> new java.util.concurrent.CompletableFuture<java.util.List<io.spillway.policy.Action>>().join())";

    @Test
    void aPolicyThatDecidesForEverIsGivenUp() throws IOException {
        List<String> said = type(script(NEVER, "advance(\"1m\")", "nodes()"));

        assertThat(said).hasSize(3);
        assertThat(said.get(1))
                .startsWith("error: policy shell decides for ever at 2027-01-15T08:00:")
                .endsWith("no answer after 5000 ms");
        assertThat(said.get(2)).startsWith("no virtual nodes");
    }

    @Test
    void mistakesAreOneLine(@TempDir Path folder) throws IOException {
        List<String> said = type(script(
                "advance(\"soon\")",
                "up(\"htc\", 400)",
                "up(\"nosuch\", 1)",
                "connect(\"%s\")".formatted(folder.resolve("spillway.yaml")),
                "policy(view -> null)",
                "timeline(\"%s\")".formatted(folder.resolve("no").resolve("such.svg"))));

        assertThat(said).hasSize(7);
        assertThat(said).filteredOn(line -> line.startsWith("error: ")).hasSize(5);
    }
}
