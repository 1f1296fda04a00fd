package io.spillway.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.spillway.Spillway;
import io.spillway.doctor.Finding;
import io.spillway.doctor.Verdict;
import io.spillway.model.Hostlist;
import io.spillway.model.NodeName;
import io.spillway.model.Pool;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the doctor says of a simulated site. */
class ExaminationTest {
    private final VirtualTime time = new VirtualTime();
    private final Simulation site = new Simulation(time);

    @BeforeEach
    void twoNodes() {
        site.ready("vn01");
        site.ready("vn02");
        site.pass(Duration.ofMinutes(1));
    }

    private List<Finding> examine() {
        Pool htc = new Pool("htc", "htc", Hostlist.parse("vn[01-02]"), 2);
        return Spillway.over("simulated", Map.of("htc", htc), site.ports(site.wire()), time)
                .examine();
    }

    @Test
    void nothingIsWrongWithIt() {
        assertThat(examine())
                .filteredOn(finding -> finding.verdict() != Verdict.RIGHT)
                .extracting(Finding::check, Finding::verdict)
                .containsExactly(tuple("eauth", Verdict.UNKNOWN), tuple("hypervisors' nova.conf", Verdict.UNKNOWN));
    }

    @Test
    void aMinionThatIsDeafIsADoubt() {
        site.deaf.add(NodeName.of("vn01"));
        assertThat(examine())
                .filteredOn(finding -> finding.check().equals("minions"))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.verdict()).isEqualTo(Verdict.UNKNOWN);
                    assertThat(finding.detail()).startsWith("vn01: ");
                });
    }

    @Test
    void itChangesNothing() {
        List<String> before = site.story();
        examine();
        assertThat(site.story()).isEqualTo(before);
    }
}
