package io.spillway.daemon;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.daemon.server.Daemons;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each verb through a daemon and without one: the same words, the same exit code, the same done. */
@Timeout(60)
class BothWaysTest {
    @TempDir
    Path folder;

    private record Said(int exit, String out, String err) {
        /** Without what differs from run to run: times, UUIDs, and which of two nodes is heard of first. */
        Said plain() {
            return new Said(exit, plain(out), plain(err).lines().sorted().collect(joining("\n")));
        }

        private static String plain(String text) {
            return text.replaceAll("[0-9a-f]{8}-[0-9a-f-]{27}", "UUID")
                    .replaceAll("\\d+\\.\\d+ s", "T s")
                    .replaceAll("seconds\":\\d+\\.\\d+(E-\\d+)?", "seconds\":T");
        }
    }

    private static Said say(FakeSite site, String... words) {
        Typed spillway = new Typed(site);
        int exit = spillway.type(words);
        return new Said(exit, spillway.out(), spillway.err());
    }

    private static FakeSite site() {
        FakeSite site = new FakeSite();
        site.ready("vn01");
        site.ready("vn02");
        return site;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nodes",
                "nodes vn02 --json",
                "show vn01",
                "show vn[01-03]",
                "show vn01 --json",
                "hosts",
                "hosts --json",
                "pools",
                "pools --json",
                "pools --reset htc",
                "pools --reset nosuch",
                "doctor",
                "doctor --json",
                "checkpoint vn01 --dry-run",
                "checkpoint vn01 --dry-run --json",
                "checkpoint vn01",
                "checkpoint vn01 --json",
                "checkpoint vn[01,03] --reason kernel",
                "checkpoint vn03",
                "checkpoint vn99",
                "hold vn01",
                "release vn01",
                "drain vn01 --reason fan",
                "drain vn01 --dry-run",
                "undrain vn01",
                "undrain vn03",
                "migrate vn01 --host cn99",
                "up --pool htc --count 1",
                "up --pool htc --count 9",
                "up vn01 --count 2",
                "down vn02",
                "maintain cn01 --dry-run",
                "maintain cn01 --dry-run --json",
                "maintain cn02",
                "maintain cn02 --json",
                "maintain cn02 --end",
                "maintain cn09",
                "events --for 1s"
            })
    void areTheSame(String line) throws Exception {
        String[] words = line.split(" ", -1);
        FakeSite without = site();
        Said embedded = say(without, words).plain();
        FakeSite with = site();
        try (Daemons.Running daemon = Daemons.behind(with, folder)) {
            assertThat(daemon).isNotNull();
            assertThat(say(with, words).plain()).isEqualTo(embedded);
            assertThat(with.changes).containsExactlyElementsOf(without.changes);
            assertThat(say(with, "nodes", "--no-daemon").exit()).isZero();
        }
    }

    /** There and back, with nobody else to move to; and an admin who is quicker, which is found out in the midst. */
    @Test
    void areTheSameForAMaintenance() throws Exception {
        List<Said> both = new ArrayList<>();
        for (boolean daemon : List.of(false, true)) {
            FakeSite site = site();
            site.disabled.put("cn02", "disk is dying");
            try (AutoCloseable running = daemon ? Daemons.behind(site, folder) : () -> {}) {
                assertThat(running).isNotNull();
                for (String line : List.of(
                        "maintain cn01",
                        "maintain cn01",
                        "hosts",
                        "show vn01",
                        "maintain cn01 --end",
                        "maintain cn01 --end",
                        "maintain cn02",
                        "maintain cn02 --end")) {
                    both.add(say(site, line.split(" ", -1)).plain());
                }
                site.quicker.put("cn01", "fan is dying");
                both.add(say(site, "maintain", "cn01").plain());
            }
        }
        assertThat(both.subList(9, 18)).isEqualTo(both.subList(0, 9));
        assertThat(both.subList(0, 9)).extracting(Said::exit).containsExactly(0, 1, 0, 0, 0, 1, 1, 1, 1);
        assertThat(both.get(0).err())
                .contains(
                        "host cn01 goes out of service, and is empty of vn[01-02] in about",
                        "checkpoint vn01: cn01 is to be empty (maintenance); no migrate:",
                        "\nmaintain vn[01-02]\n");
        assertThat(both.get(1).err())
                .isEqualTo("spillway: host cn01 is in maintenance already, and nothing more can go; `spillway maintain"
                        + " cn01 --end` ends it");
        assertThat(both.get(2).out()).contains("spillway: maintenance", "disk is dying");
        assertThat(both.get(3).out()).contains("maintenance, put away on cn01 since 1970-01-01T00:00:00Z");
        assertThat(both.get(4).err()).contains("host cn01 comes back into service, and has back vn[01-02] in about");
        assertThat(both.get(8).err()).endsWith("spillway: somebody else has disabled cn01 (fan is dying)");
    }

    @Test
    void anotherSitesDaemonIsNotAsked() throws Exception {
        FakeSite other = site();
        FakeSite meant = site();
        try (Daemons.Running daemon = Daemons.behind(other, folder)) {
            assertThat(daemon).isNotNull();
            meant.socket = other.socket;
            meant.name = "meant";
            assertThat(say(meant, "checkpoint", "vn01").exit()).isZero();
            assertThat(other.changes).isEmpty();
            assertThat(meant.changes).isNotEmpty();
        }
    }
}
