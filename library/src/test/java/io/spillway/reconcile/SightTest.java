package io.spillway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.cloud.Server;
import io.spillway.cloud.ServerStatus;
import io.spillway.model.Goal;
import io.spillway.model.Hostlist;
import io.spillway.model.Job;
import io.spillway.model.NodeName;
import io.spillway.reconcile.Observation.CloudSide;
import io.spillway.reconcile.Observation.Other;
import io.spillway.slurm.SlurmSite;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What one node is told of the others. */
class SightTest {
    private static Job job(String id, String state, String nodes) {
        return new Job(id, "j", "u", "p", Set.of(state), Hostlist.parse(nodes), Duration.ZERO, Optional.empty());
    }

    private static Server server(int number, ServerStatus status, String held, boolean back) {
        Map<String, String> metadata = new HashMap<>(Marks.writing(Goal.READY));
        metadata.put(Marks.NODE, "vn0" + number);
        metadata.put(Marks.HELD, held);
        metadata.put(Marks.BACK, Boolean.toString(back));
        return new Server(
                new UUID(0, number),
                "vn0" + number,
                status,
                Optional.empty(),
                Optional.of("cn01"),
                Optional.empty(),
                metadata,
                Optional.empty());
    }

    private static List<String> told(List<Server> servers, String node) {
        List<Job> jobs = List.of(
                job("12", "RUNNING", "vn[01-02]"), job("30", "SUSPENDED", "vn03"), job("50", "RUNNING", "vn[01,05]"));
        SlurmSite site = new SlurmSite(Instant.EPOCH, Map.of(), jobs, Map.of(), Set.of());
        CloudSide side = new Sight(new SlurmLook(site), servers, List.of())
                .of(NodeName.of(node))
                .cloud()
                .toOptional()
                .orElseThrow();
        assertThat(side.server().map(Server::name)).contains(node);
        return side.others().stream().map(Other::node).map(NodeName::value).toList();
    }

    @Test
    void itIsToldOfThoseThatShareAJobWithItOrHoldOneThatItHolds() {
        List<Server> servers = List.of(
                server(5, ServerStatus.ACTIVE, "", false),
                server(4, ServerStatus.ACTIVE, "40", true),
                server(3, ServerStatus.SUSPENDED, "30", false),
                server(2, ServerStatus.SUSPENDED, "", false),
                server(6, ServerStatus.ACTIVE, "12", false),
                server(1, ServerStatus.ACTIVE, "40", false));
        // in the servers' order; 4 holds a job that is over, 6 one that it is not on, 5 runs and holds nothing
        assertThat(told(servers, "vn01")).containsExactly("vn04", "vn02", "vn06");
        assertThat(told(servers, "vn03")).isEmpty();
        assertThat(told(servers, "vn04")).containsExactly("vn01");
    }
}
