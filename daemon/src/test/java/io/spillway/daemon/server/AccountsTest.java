package io.spillway.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.daemon.api.Documents;
import io.spillway.model.Goal;
import io.spillway.model.Hostlist;
import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.SiteView;
import io.spillway.policy.JobClasses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountsTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final Documents.Status WELL =
            new Documents.Status("1", "lab", true, null, null, List.of("vn02"), Map.of());

    @TempDir
    Path folder;

    /** A job that has run for two hours, on a node that is checkpointed. */
    private static SiteView away(int minutes) {
        Job job = new Job(
                "12",
                "job",
                "somebody",
                "low",
                Set.of("SUSPENDED"),
                Hostlist.of("vn01"),
                Duration.ofHours(2),
                Optional.of(NOON));
        Node node = new Node(
                NodeName.of("vn01"),
                Phase.CHECKPOINTED,
                Optional.of(Goal.CHECKPOINTED),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(job),
                "");
        Instant now = NOON.plusSeconds(60L * minutes);
        return new SiteView("lab", now, List.of(node), List.of(), List.of(job), List.of(), List.of());
    }

    private Accounts accounts() {
        return new Accounts(JobClasses.NONE, folder);
    }

    @Test
    void whatWasCountedIsReportedAlsoByTheNextDaemon() {
        Accounts accounts = accounts();
        accounts.look(away(0));
        var two = new Documents.Report.OfClass("other", 1, 2, 0, 0);
        assertThat(accounts.report()).isEqualTo(new Documents.Report(NOON.toString(), List.of(two)));
        accounts.look(away(30));
        assertThat(accounts().report().classes()).containsExactly(new Documents.Report.OfClass("other", 1, 2, 0, 0.5));
    }

    @Test
    void aLookThatTellsNothingNewIsNotWritten() throws IOException {
        Accounts accounts = accounts();
        SiteView empty = new SiteView("lab", NOON, List.of(), List.of(), List.of(), List.of(), List.of());
        accounts.look(empty);
        Files.delete(folder.resolve("savings.json"));
        accounts.look(new SiteView("lab", NOON.plusSeconds(30), List.of(), List.of(), List.of(), List.of(), List.of()));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void prometheusReadsCountersAndGauges() {
        Accounts accounts = accounts();
        accounts.look(away(0));
        assertThat(accounts.metrics(WELL).lines())
                .contains(
                        "# TYPE spillway_risked_cpu_seconds_total counter",
                        "spillway_risked_cpu_seconds_total{class=\"other\"} 7200",
                        "spillway_interruptions_total{class=\"other\"} 1",
                        "# TYPE spillway_leads gauge",
                        "spillway_leads 1",
                        "spillway_nodes_in_motion 1")
                .allMatch(
                        line -> line.matches("# (HELP|TYPE) spillway_\\w+ .+|spillway_\\w+(\\{class=\"\\w+\"})? \\d+"));
    }

    @Test
    void aFileThatIsBrokenIsNoReasonNotToStart() throws IOException {
        Files.writeString(folder.resolve("savings.json"), "no json");
        assertThat(accounts().report().classes()).isEmpty();
    }
}
