package io.spillway.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spillway.daemon.server.Daemons;
import io.spillway.failure.ForbiddenException;
import io.spillway.failure.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandTest {
    private final FakeSite site = new FakeSite();
    private final Typed spillway = new Typed(site);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "checkpoint|nosuch",
                "up|vn99",
                "checkpoint|vn01\nvn02",
                "checkpoint|vn01\"",
                "checkpoint|vn01'",
                "checkpoint|vn01;id",
                "checkpoint|vn[01-",
                "down|",
                "down",
                "up",
                "up|--pool|nosuch|--count|1",
                "up|--pool|htc|--count|0",
                "up|--pool|htc|--count|5",
                "up|vn01|--pool|htc",
                "up|vn[01-05]",
                "up|vn01|--count|2",
                "migrate|vn01|--host|cn99",
                "migrate|vn01|--host|cn\n01",
                "migrate|vn01",
                "restore|vn01|--host|../x",
                "maintain",
                "maintain|cn99",
                "maintain|cn\n01",
                "maintain|cn99|--end",
                "checkpoint|vn01|--timeout|soon",
                "checkpoint|vn01|--timeout|0",
                "checkpoint|vn01|--reason|two\nlines",
                "checkpoint|vn01|--nosuch",
                "nosuch",
                "nodes|vn[",
                ""
            })
    void badInputIsOneLineAndExitCode2AndChangesNothing(String words) {
        site.ready("vn01");
        int exit = words.isEmpty() ? spillway.type() : spillway.type(words.split("\\|", -1));
        assertThat(spillway.errors()).hasSize(1);
        assertThat(spillway.errors().get(0)).startsWith("spillway: ");
        assertThat(exit).isEqualTo(Exit.USAGE);
        assertThat(site.changes).isEmpty();
        assertThat(spillway.out()).isEmpty();
    }

    @Test
    void aPartThatDoesNotAnswerIsOneLineAndExitCode1() {
        site.broken = new UnavailableException(null, "Nova does not answer: connection refused\nat line 2");
        assertThat(spillway.type("nodes")).isEqualTo(Exit.FAILED);
        assertThat(spillway.errors()).containsExactly("spillway: Nova does not answer: connection refused at line 2");
        site.broken = new ForbiddenException(null, "salt-api refuses: wrong password");
        assertThat(spillway.type("nodes")).isEqualTo(Exit.FAILED);
        assertThat(spillway.errors()).hasSize(1);
    }

    @Test
    void nodesAsATable() {
        site.ready("vn02");
        site.ready("vn01");
        assertThat(spillway.type("nodes")).isEqualTo(Exit.DONE);
        assertThat(spillway.out().lines())
                .containsExactly(
                        "NODE  PHASE  HOST  ADDRESS   JOBS  REASON",
                        "vn01  READY  cn01  10.0.0.1  -",
                        "vn02  READY  cn01  10.0.0.1  -");
        assertThat(spillway.type("nodes", "vn02", "--json")).isEqualTo(Exit.DONE);
        assertThat(json().at("/nodes/0/name").asText()).isEqualTo("vn02");
        assertThat(json().at("/nodes/0/phase").asText()).isEqualTo("READY");
    }

    @Test
    void upAndTheDocumentOfIt() {
        assertThat(spillway.type("up", "--pool", "htc", "--count", "2", "--json"))
                .isEqualTo(Exit.DONE);
        assertThat(site.changes).containsExactlyInAnyOrder("create vn01", "create vn02");
        JsonNode first = json().at("/nodes/0");
        assertThat(json().at("/operation").asText()).isEqualTo("up");
        assertThat(first.at("/outcome").asText()).isEqualTo("done");
        assertThat(first.at("/host").asText()).isEqualTo("cn01");
        assertThat(first.at("/seconds").isNumber()).isTrue();
        assertThat(first.at("/own_seconds").isNumber()).isTrue();
        assertThat(first.at("/steps/0/step").asText()).isEqualTo("create server");
        assertThat(spillway.errors().get(0)).isEqualTo("up vn[01-02]");
    }

    @Test
    void upOnAHost() {
        assertThat(spillway.type("up", "vn01", "--host", "cn01")).isEqualTo(Exit.DONE);
        assertThat(site.changes).first().isEqualTo("create vn01 on cn01");
        assertThat(spillway.type("up", "vn02", "--host", "cn09")).isEqualTo(Exit.USAGE);
        assertThat(spillway.errors())
                .last()
                .asString()
                .startsWith("spillway: there is no host cn09; the hosts are cn01, cn02");
        assertThat(site.changes).noneMatch(change -> change.startsWith("create vn02"));
    }

    @Test
    void doneForSomeIsExitCode3() {
        site.ready("vn01");
        assertThat(spillway.type("checkpoint", "vn[01-02]", "--reason", "kernel update"))
                .isEqualTo(Exit.PARTLY);
        assertThat(site.changes).contains("drain spillway: checkpoint: kernel update", "suspend");
        assertThat(spillway.errors())
                .filteredOn(line -> line.startsWith("spillway: "))
                .hasSize(1);
        assertThat(spillway.out()).startsWith("vn01 CHECKPOINTED in ");
    }

    @Test
    void doneForNoneIsExitCode1() {
        assertThat(spillway.type("checkpoint", "vn01")).isEqualTo(Exit.FAILED);
        assertThat(spillway.errors().get(1)).isEqualTo("spillway: vn01 has no server; `up` would make one");
    }

    @Test
    void aDryRunChangesNothing() {
        site.ready("vn01");
        assertThat(spillway.type("checkpoint", "vn01", "--dry-run")).isEqualTo(Exit.DONE);
        assertThat(spillway.out().lines().map(line -> line.replaceAll(":.*", "")))
                .containsExactly("vn01  write goal", "vn01  drain", "vn01  suspend server", "vn01  done");
        assertThat(spillway.type("migrate", "vn01", "--host", "cn02", "--dry-run", "--json"))
                .isEqualTo(Exit.DONE);
        assertThat(json().at("/nodes/0/steps/1/step").asText()).isEqualTo("live-migrate to cn02");
        assertThat(site.changes).isEmpty();
    }

    @Test
    void theDoctorSaysWhatIsWrongAndHowToMendIt() {
        site.ready("vn01");
        assertThat(spillway.type("doctor")).isEqualTo(Exit.DONE);
        List<String> lines = spillway.out().lines().toList();
        assertThat(lines.get(0)).matches("AREA +CHECK +VERDICT +DETAIL");
        assertThat(lines.get(1)).matches("site +nodes are seen +right +1 virtual nodes are there");
        assertThat(lines.get(lines.size() - 1)).matches("\\d+ checks: none wrong, 0 to be better, \\d+ unknown");
        assertThat(site.changes).isEmpty();

        site.broken = new UnavailableException(null, "Nova does not answer");
        assertThat(spillway.type("doctor")).isEqualTo(Exit.FAILED);
        List<String> wrong = spillway.out().lines().toList();
        assertThat(wrong.get(1)).matches("site +nodes are seen +WRONG +Nova does not answer");
        assertThat(wrong.get(2)).startsWith("  mend: ");
        assertThat(wrong.get(wrong.size() - 1)).contains(": 1 wrong,");

        assertThat(spillway.type("doctor", "--json")).isEqualTo(Exit.FAILED);
        assertThat(json().at("/checks/0/area").asText()).isEqualTo("site");
        assertThat(json().at("/checks/0/verdict").asText()).isEqualTo("wrong");
        assertThat(json().at("/checks/0/mend").asText()).isNotEmpty();
        assertThat(json().at("/checks/1/mend").isNull()).isTrue();
    }

    @Test
    void helpVersionAndCompletion() {
        assertThat(spillway.type("--help")).isZero();
        assertThat(spillway.out()).contains("checkpoint", "Exit codes:");
        assertThat(spillway.type("restore", "--help")).isZero();
        assertThat(spillway.out()).contains("--host");
        assertThat(spillway.type("-V")).isZero();
        assertThat(spillway.type("generate-completion")).isZero();
        assertThat(spillway.out()).contains("complete -F");
    }

    private JsonNode json() {
        try {
            return new ObjectMapper().readTree(spillway.out());
        } catch (IOException cause) {
            throw new AssertionError(cause);
        }
    }

    @Test
    void aTimelineNeedsSomebodyWhoWatched() {
        assertThat(spillway.type("timeline")).isEqualTo(Exit.FAILED);
        assertThat(spillway.errors()).singleElement().asString().contains("nobody watched");
        assertThat(spillway.type("timeline", "-o", "picture.gif")).isEqualTo(Exit.USAGE);
        assertThat(spillway.errors()).singleElement().asString().contains(".svg or .png");
    }

    @Test
    @Timeout(60)
    void aTimelineIsWrittenAsSvgAndAsPng(@TempDir Path folder) throws Exception {
        site.ready("vn01");
        Daemons.Running daemon = Daemons.behind(site, folder);
        try {
            do {
                assertThat(spillway.type("timeline", "--since", "10m")).isEqualTo(Exit.DONE);
                assertThat(spillway.out()).startsWith("<?xml");
            } while (!spillway.out().contains("vn01"));
            Path png = folder.resolve("picture.png");
            assertThat(spillway.type("timeline", "-o", png.toString())).isEqualTo(Exit.DONE);
            assertThat(Files.readAllBytes(png)).startsWith(0x89, 'P', 'N', 'G');
            assertThat(spillway.type(
                            "timeline", "-o", folder.resolve("no/where.svg").toString()))
                    .isEqualTo(Exit.FAILED);
        } finally {
            daemon.close();
        }
    }
}
