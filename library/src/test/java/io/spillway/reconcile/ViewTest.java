package io.spillway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.cloud.Presence;
import io.spillway.cloud.Server;
import io.spillway.cloud.ServerStatus;
import io.spillway.model.Hostlist;
import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.PhysicalNode;
import io.spillway.model.Size;
import io.spillway.slurm.MinionKey;
import io.spillway.slurm.SlurmNode;
import io.spillway.slurm.SlurmSite;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a look at the site tells a policy beside phases. */
class ViewTest {
    private static final NodeName VN01 = NodeName.of("vn01");
    private static final UUID ID = new UUID(0, 1);

    private static SlurmNode node(String name, boolean dynamic, String reason, String... states) {
        return new SlurmNode(
                NodeName.of(name), "", Set.of(states), reason, dynamic, new Size(16, 64000), Set.of("all"));
    }

    private static Job job(String id, String state, String on) {
        Hostlist nodes = on.isEmpty() ? Hostlist.of(List.of()) : Hostlist.parse(on);
        return new Job(id, "j", "u", "p", Set.of(state), nodes, Duration.ZERO, Optional.empty());
    }

    @Test
    void thePhysicalNodesAreThoseThatAreNoPlaceOfAVirtualOne() {
        Map<NodeName, SlurmNode> nodes = Stream.of(
                        node("cn10", false, "old", "IDLE"),
                        node("cn02", false, "fans", "IDLE", "DRAIN"),
                        node("vn01", true, "", "IDLE"),
                        node("vn02", false, "", "IDLE", "CLOUD"),
                        node("vn03", false, "", "DOWN"))
                .collect(Collectors.toMap(SlurmNode::name, Function.identity()));
        List<Job> jobs = List.of(
                job("7", "PENDING", ""),
                job("8", "RUNNING", "cn[02,10]"),
                job("9", "COMPLETED", "cn10"),
                job("10", "RUNNING", "vn01"),
                job("11", "CONFIGURING", "cn10"));
        SlurmSite site = new SlurmSite(Instant.EPOCH, nodes, jobs, Map.of(), Set.of());
        assertThat(Metal.of(new SlurmLook(site), Hostlist.parse("vn[01-08]")))
                .containsExactly(
                        new PhysicalNode(
                                NodeName.of("cn02"),
                                new Size(16, 64000),
                                Set.of("IDLE", "DRAIN"),
                                Set.of("all"),
                                List.of(jobs.get(1)),
                                "fans"),
                        new PhysicalNode(
                                NodeName.of("cn10"),
                                new Size(16, 64000),
                                Set.of("IDLE"),
                                Set.of("all"),
                                List.of(jobs.get(1), jobs.get(4)),
                                ""));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "none, '', IDLE, ''",
                "none, '', IDLE, 'disk is odd'",
                "drained (disk is odd), '', IDLE+DRAIN, 'disk is odd'",
                "none, '', IDLE+DRAIN, 'spillway: checkpoint'",
                "drained (spillway: drain: new disk), '', IDLE+DRAIN, 'spillway: drain: new disk'",
                "DOWN (fans), '', DOWN, 'fans'",
                "none, '', DOWN+NOT_RESPONDING, 'Not responding'",
                "in a reservation, '', IDLE+RESERVED, ''",
                "pinned (being debugged), pin, IDLE+RESERVED, ''",
                "locked in Nova, lock, IDLE+DRAIN, 'fans'"
            })
    void anAdminsIntentIsTold(String intent, String server, String states, String reason) {
        Node seen = seen(server, node("vn01", true, reason, states.split("\\+", -1)));
        assertThat(seen.intent()).isEqualTo(Optional.ofNullable(intent));
    }

    @Test
    void aNodeIsAsBigAsItsFlavor() {
        assertThat(seen("", node("vn01", true, "", "IDLE")).size()).contains(new Size(2, 700));
    }

    private static Node seen(String how, SlurmNode node) {
        Map<String, String> metadata = new HashMap<>(Map.of(Marks.NODE, "vn01", Marks.STATES, Marks.APPLIED));
        if (how.equals("pin")) {
            metadata.put(Marks.PIN, "being debugged");
        }
        Server server = new Server(
                ID,
                "vn01",
                ServerStatus.ACTIVE,
                Optional.empty(),
                Optional.of("cn01"),
                Optional.empty(),
                metadata,
                Optional.empty(),
                how.equals("lock"),
                Presence.THERE,
                Optional.of(new Size(2, 700)));
        var slurm = new Observation.SlurmSide(
                Instant.EPOCH, Optional.of(node), List.of(), MinionKey.ACCEPTED, Map.of(), Set.of());
        return Phases.node(
                VN01, slurm, Seen.known(new Observation.CloudSide(Optional.of(server), List.of(), List.of())));
    }
}
