package io.spillway.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.daemon.FakeSite;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.policy.Action;
import io.spillway.policy.Cost;
import io.spillway.policy.Outlook;
import io.spillway.policy.Plan;
import io.spillway.policy.Policy;
import io.spillway.policy.Why;
import io.spillway.policy.rules.Policies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SteeringTest {
    @TempDir
    Path folder;

    private final FakeSite site = new FakeSite();

    /** Wants each READY node held. */
    private record HoldAll() implements Policy {
        @Override
        public String name() {
            return "calm";
        }

        @Override
        public Plan plan(Outlook outlook) {
            return Plan.of(
                    outlook,
                    outlook.view().nodes().stream()
                            .filter(node -> node.phase() == Phase.READY)
                            .map(node ->
                                    new Action.Hold(node.name(), new Why("a test wants calm", "calm hold", Cost.NONE)))
                            .toList());
        }
    }

    private static Policies policies(Set<String> trials) {
        Policies none = Policies.NONE;
        return new Policies(
                none.classes(), none.reserve(), none.limits(), none.rates(), List.of(), List.of(new HoldAll()), trials);
    }

    private String until(String path, String words) throws IOException {
        while (true) {
            String answer = Daemons.body(Daemons.ask(folder.resolve("d.sock"), "GET", path, ""));
            if (answer.contains(words)) {
                return answer;
            }
            Thread.onSpinWait();
        }
    }

    @Test
    void whatAPolicyDecidesIsDoneToldAndRemembered() throws Exception {
        site.ready("vn01");
        site.policies = policies(Set.of());
        Daemon daemon = Daemons.start(site, Daemons.config(folder));
        try {
            assertThat(until("/v1/policy", "Z")).contains("\"policies\":[\"calm\"]");
            until("/v1/nodes", "HELD");
        } finally {
            daemon.stop(Duration.ofSeconds(5));
        }
        assertThat(Files.readString(folder.resolve("state/history.json"))).contains("vn01");
        assertThat(site.servers.get(NodeName.of("vn01")).metadata().get("spillway:by"))
                .isEqualTo("calm aside 1970-01-01T00:00:00Z cn01");
        assertThat(Files.readString(folder.resolve("state/events.jsonl"))).contains("a test wants calm", "calm hold");
    }

    @Test
    void aSubmissionBringsADecisionWithoutWaitingForTheFullLook() throws Exception {
        site.policies = policies(Set.of());
        Daemon daemon = Daemons.start(site, Daemons.config(folder));
        try {
            until("/v1/policy", "Z");
            site.ready("vn01");
            site.happened.accept("spillway/slurm/job/submitted");
            until("/v1/policy", "a test wants calm");
        } finally {
            daemon.stop(Duration.ofSeconds(5));
        }
    }

    @Test
    void aTrialIsToldAndNothingIsDone() throws Exception {
        site.ready("vn01");
        site.policies = policies(Set.of("calm"));
        Daemon daemon = Daemons.start(site, Daemons.config(folder));
        try {
            assertThat(until("/v1/policy", "refused\":[{")).contains("\"plan\":[]", "calm only plans (dry-run)");
        } finally {
            daemon.stop(Duration.ofSeconds(5));
        }
        assertThat(site.connect(java.util.Optional.empty()).nodes())
                .extracting(node -> node.name() + " " + node.phase())
                .containsExactly(NodeName.of("vn01") + " READY");
    }

    @Test
    void aMemoryThatIsBrokenIsNoReasonNotToStart() throws Exception {
        Files.createDirectories(folder.resolve("state"));
        Files.writeString(folder.resolve("state/history.json"), "no json");
        site.ready("vn01");
        site.policies = policies(Set.of());
        Daemon daemon = Daemons.start(site, Daemons.config(folder));
        try {
            until("/v1/nodes", "HELD");
        } finally {
            daemon.stop(Duration.ofSeconds(5));
        }
    }
}
