package io.spillway.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Ctrl-C in the middle of each operation: one line says where things stand, and the same command run
 * again goes on from there.
 */
@TestMethodOrder(OrderAnnotation.class)
class InterruptIT {
    private static final String NODE = "vn03";

    @AfterAll
    static void leaveNothing() {
        Lab.spillway("down", NODE);
    }

    @ParameterizedTest
    @Order(1)
    @ValueSource(strings = {"up", "checkpoint", "restore", "migrate", "down"})
    void theSameCommandGoesOnFromWhereItWas(String verb) throws IOException, InterruptedException {
        List<String> words = verb.equals("migrate") ? List.of(verb, NODE, "--host", otherHost()) : List.of(verb, NODE);
        String[] command = words.toArray(String[]::new);

        Process process = Lab.start(command);
        try (var errors = process.errorReader(StandardCharsets.UTF_8)) {
            assertThat(errors.readLine())
                    .as("the first progress line of %s", verb)
                    .isNotNull();
            interrupt(process);
            List<String> rest = errors.lines().toList();
            assertThat(process.waitFor()).as("%s: %s", verb, rest).isNotZero();
            assertThat(rest).as(verb).noneMatch(line -> line.startsWith("\tat "));
        }

        Lab.Answer again = Lab.spillway(command);

        assertThat(again.exit()).as(again.error()).isZero();
    }

    /** As a terminal's Ctrl-C does: all processes of the command get the signal. */
    private static void interrupt(Process process) throws IOException, InterruptedException {
        var kill = new ArrayList<>(List.of("kill", "-INT", Long.toString(process.pid())));
        process.descendants().map(child -> Long.toString(child.pid())).forEach(kill::add);
        new ProcessBuilder(kill).start().waitFor();
    }

    private static String otherHost() {
        String now = String.join("\n", Lab.spillway("nodes", "--json").output());
        return now.contains("\"cn01\"") ? "cn02" : "cn01";
    }
}
