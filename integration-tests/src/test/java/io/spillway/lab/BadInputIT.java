package io.spillway.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a tired admin may type, and parts of the site that do not answer: one line with the cause. */
class BadInputIT {
    @ParameterizedTest
    @CsvSource({
        "checkpoint, nosuch",
        "up, vn99",
        "checkpoint, 'vn01\nvn02'",
        "checkpoint, 'vn01\"'",
        "checkpoint, 'vn01;id'",
        "checkpoint, 'vn[01-'",
        "down, ''",
    })
    void aNameThatCannotBeIsOneLineAndExitCode2(String verb, String nodes) {
        oneLine(Lab.spillway(verb, nodes), 2);
    }

    @Test
    void anUnknownHostIsOneLineAndExitCode2() {
        oneLine(Lab.spillway("migrate", "vn01", "--host", "cn99"), 2);
    }

    @Test
    void anUnknownPoolIsOneLineAndExitCode2() {
        oneLine(Lab.spillway("up", "--pool", "nosuch", "--count", "1"), 2);
    }

    @Test
    void aWrongPasswordIsOneLineAndExitCode1(@TempDir Path folder) throws IOException {
        Path config = folder.resolve("spillway.yaml");
        Path password = folder.resolve("wrong");
        Files.writeString(password, "not the password\n");
        String good = Files.readString(Lab.STATE.resolve("spillway.yaml"));
        Files.writeString(
                config,
                good.replaceAll("password-file: \\S+?(?=[,}\\s])", "password-file: " + password)
                        .replaceAll("(ca|clouds-file): (?!/)", "$1: " + Lab.STATE + "/"));

        oneLine(Lab.spillway(config, "nodes"), 1);
    }

    @Test
    void aSaltApiThatIsDownIsOneLineAndExitCode1() {
        Lab.on("ctl", "systemctl", "stop", "salt-api");
        try {
            assertThat(oneLine(Lab.spillway("nodes"), 1)).containsIgnoringCase("salt-api");
        } finally {
            Lab.on("ctl", "systemctl", "start", "salt-api");
        }
    }

    @Test
    void aCloudThatIsDownIsOneLineAndExitCode1() {
        Lab.on("cloud", "systemctl", "stop", "nova-api");
        try {
            assertThat(oneLine(Lab.spillway("nodes"), 1)).containsIgnoringCase("nova");
        } finally {
            Lab.startNova();
        }
    }

    private static String oneLine(Lab.Answer answer, int exit) {
        assertThat(answer.errors()).as("standard error").hasSize(1);
        assertThat(answer.exit()).as(answer.error()).isEqualTo(exit);
        return answer.error();
    }
}
