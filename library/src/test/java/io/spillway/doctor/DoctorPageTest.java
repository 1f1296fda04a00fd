package io.spillway.doctor;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Draws the table of checks into docs/doctor.md; run with {@code -Ddraw} after a change that was meant. */
class DoctorPageTest {
    private static final Path PAGE = Path.of("..", "docs", "doctor.md");
    private static final String BEGIN = "<!-- drawn by DoctorPageTest: begin -->\n";
    private static final String END = "<!-- drawn by DoctorPageTest: end -->\n";

    @Test
    void thePageShowsEveryCheck() throws IOException {
        String page = Files.readString(PAGE);
        String drawn =
                page.substring(0, page.indexOf(BEGIN) + BEGIN.length()) + table() + page.substring(page.indexOf(END));
        if (System.getProperty("draw") != null) {
            Files.writeString(PAGE, drawn);
        }
        assertThat(Files.readString(PAGE))
                .as("docs/doctor.md; -Ddraw draws it anew")
                .isEqualTo(drawn);
    }

    private static String table() {
        return Doctor.RULES.stream()
                .map(rule -> "| %s | %s | %s | %s |\n"
                        .formatted(rule.area().title(), rule.check(), rule.why(), linked(rule.source())))
                .collect(joining("", "| area | check | why | known from |\n| --- | --- | --- | --- |\n", ""));
    }

    private static String linked(String source) {
        return source.replaceAll("docs/([a-z-]+\\.md)", "[$1]($1)");
    }
}
