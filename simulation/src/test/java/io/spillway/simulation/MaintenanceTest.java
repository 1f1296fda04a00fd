package io.spillway.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillway.Draft;
import io.spillway.Outcome;
import io.spillway.Spillway;
import io.spillway.failure.BadInputException;
import io.spillway.failure.RefusedException;
import io.spillway.model.Away;
import io.spillway.model.Hostlist;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.Pool;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A host is emptied for somebody who works on it, and filled again. */
class MaintenanceTest {
    private final VirtualTime time = new VirtualTime();
    private final Simulation site = new Simulation(time);
    private final Pool htc = new Pool("htc", "htc", Hostlist.parse("vn[01-02]"), 2);
    private Spillway spillway = connect();

    private Spillway connect() {
        return Spillway.over("simulated", Map.of("htc", htc), site.ports(site.wire()), time);
    }

    @BeforeEach
    void oneNodeWithAJob() {
        site.ready("vn01");
        site.running("11", "vn01");
        site.pass(Duration.ofMinutes(1));
    }

    private Node vn01() {
        return spillway.nodes().stream()
                .filter(node -> node.name().equals(NodeName.of("vn01")))
                .findFirst()
                .orElseThrow();
    }

    private List<String> story() {
        return site.story().stream()
                .map(line -> line.substring(line.indexOf(" s  ") + 4))
                .toList();
    }

    @Test
    void whereThereIsRoomTheNodeMovesAndComesBack() {
        Draft draft = spillway.drafts().maintain("cn01");
        assertThat(draft.words().get(0)).matches("host cn01 goes out of service, and is empty of vn01 in about \\d+ s");
        assertThat(draft.words().get(1)).startsWith("migrate vn01 to cn02: cn01 is to be empty (maintenance)");
        assertThat(draft.start().await().orThrow().done()).hasToString("vn01");
        assertThat(vn01().host()).contains("cn02");
        assertThat(vn01().phase()).isEqualTo(Phase.READY);
        assertThat(site.disabled).containsExactly(Map.entry("cn01", "spillway: maintenance"));
        assertThat(story()).containsSubsequence("disable cn01", "live-migrate to cn02 vn01");

        spillway = connect(); // nobody remembers anything but the servers' metadata
        spillway.endMaintenance("cn01").await().orThrow();
        assertThat(site.disabled).isEmpty();
        assertThat(vn01().host()).contains("cn01");
        assertThat(vn01().away()).isEmpty();
        assertThat(story()).containsSubsequence("enable cn01", "live-migrate to cn01 vn01");
    }

    @Test
    void whereThereIsNoRoomItGoesToDiskAndComesBack() {
        site.admin().disables("cn02", "disk is dying");
        spillway.maintain("cn01").await().orThrow();
        assertThat(vn01().phase()).isEqualTo(Phase.CHECKPOINTED);
        assertThat(vn01().away().map(Away::policy)).contains("maintenance");
        spillway.endMaintenance("cn01").await().orThrow();
        assertThat(vn01().phase()).isEqualTo(Phase.READY);
        assertThat(site.batches.get("11").state).isEqualTo(Batch.State.RUNNING);
        assertThat(site.disabled).containsOnlyKeys("cn02");
    }

    @Test
    void whatAPersonPutsAwayMeanwhileStaysAway() {
        site.admin().disables("cn02", "disk is dying");
        spillway.maintain("cn01").await().orThrow();
        spillway.checkpoint(Hostlist.parse("vn01")).await().orThrow();
        assertThat(vn01().away()).isEmpty();
        assertThat(spillway.endMaintenance("cn01").await().nodes()).isEmpty();
        assertThat(vn01().phase()).isEqualTo(Phase.CHECKPOINTED);
    }

    @Test
    void whatAnAdminHasStaysAndFails() {
        site.admin().drains("vn01");
        Outcome outcome = spillway.maintain("cn01").await();
        assertThat(outcome.nodes().get(0).reason()).startsWith("vn01 stays as it is: an admin has it: drained");
        assertThat(outcome.complete()).isFalse();
        assertThat(site.disabled).containsOnlyKeys("cn01");
        assertThat(vn01().host()).contains("cn01");
        assertThatThrownBy(() -> spillway.maintain("cn01"))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("host cn01 is in maintenance already, and nothing more can go;")
                .hasMessageEndingWith("`spillway maintain cn01 --end` ends it");
    }

    @Test
    void whatWasBrokenOffGoesOn() {
        site.disabled.put("cn01", "spillway: maintenance");
        Draft draft = spillway.drafts().maintain("cn01");
        assertThat(draft.words().get(0))
                .matches("host cn01 is in maintenance already, and is empty of vn01 in about \\d+ s");
        draft.start().await().orThrow();
        assertThat(vn01().host()).contains("cn02");
        site.disabled.remove("cn01");
        spillway.endMaintenance("cn01").await().orThrow();
        assertThat(vn01().host()).contains("cn01");
    }

    @Test
    void whatIsSomebodyElsesIsLeftAlone() {
        assertThatThrownBy(() -> spillway.maintain("cn09"))
                .isInstanceOf(BadInputException.class)
                .hasMessage("there is no host cn09; the hosts are cn01, cn02");
        assertThatThrownBy(() -> spillway.maintain("cn\n1")).isInstanceOf(BadInputException.class);
        assertThatThrownBy(() -> spillway.endMaintenance("cn01")).hasMessage("host cn01 is not in maintenance");
        site.admin().disables("cn01", "disk is dying");
        assertThatThrownBy(() -> spillway.maintain("cn01"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("host cn01 is disabled already, by somebody else: disk is dying");
        assertThatThrownBy(() -> spillway.endMaintenance("cn01"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("host cn01 is not in maintenance, somebody else has disabled it: disk is dying");
        site.admin().disables("cn01", "spillway: eviction by 2027-01-15T08:00:00Z");
        assertThatThrownBy(() -> spillway.endMaintenance("cn01"))
                .hasMessageContaining("somebody else has disabled it: spillway: eviction by");
        assertThat(site.disabled).hasSize(1);
    }

    @Test
    void anAdminWhoIsQuickerWins() {
        Draft draft = spillway.drafts().maintain("cn01");
        site.admin().disables("cn01", "disk is dying");
        assertThatThrownBy(draft::start)
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("somebody else has disabled cn01 (disk is dying)");
        assertThat(vn01().host()).contains("cn01");
        assertThat(vn01().phase()).isEqualTo(Phase.READY);
    }
}
