package io.spillway.doctor;

import io.spillway.cloud.CloudFacts;
import io.spillway.cloud.CloudFacts.Account;
import io.spillway.cloud.CloudFacts.ComputeService;
import io.spillway.cloud.CloudFacts.Inventory;
import io.spillway.cloud.CloudFacts.Limit;
import io.spillway.cloud.CloudFacts.Quota;
import io.spillway.cloud.Right;
import io.spillway.model.Fact;
import io.spillway.model.Hostlist;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.Pool;
import io.spillway.model.Size;
import io.spillway.slurm.SlurmFacts;
import io.spillway.slurm.SlurmFacts.Controller;
import io.spillway.slurm.SlurmFacts.Listed;
import io.spillway.slurm.SlurmFacts.Master;
import io.spillway.slurm.SlurmFacts.Mount;
import io.spillway.slurm.SlurmFacts.OneNode;
import io.spillway.slurm.SlurmFacts.Permission;
import io.spillway.slurm.SlurmFacts.Profile;
import io.spillway.slurm.SlurmFacts.Software;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;

/** A site in which all is right, part by part to be spoilt. */
final class SiteUnderTest {
    final Software software = new Software("3008.3", "0.1.0", Fact.known("24.11.5"));
    final List<Pool> pools = new ArrayList<>(List.of(new Pool("htc", "htc", Hostlist.parse("vn[01-04]"), 4)));
    final Map<String, String> closed = new HashMap<>();
    final List<Node> nodes = new ArrayList<>(List.of(node("vn01", Phase.READY), node("vn02", Phase.CHECKPOINTED)));
    Optional<SiteFacts.Caller> caller = Optional.of(new SiteFacts.Caller("file", "spillway"));

    final Map<String, String> config = new TreeMap<>(Map.ofEntries(
            Map.entry("AuthInfo", "cred_expire=30"),
            Map.entry("CommunicationParameters", "(null)"),
            Map.entry("InactiveLimit", "0 sec"),
            Map.entry("MaxNodeCount", "1024"),
            Map.entry("ReturnToService", "1"),
            Map.entry("SchedulerParameters", "batch_sched_delay=0,sched_min_interval=0"),
            Map.entry("SelectType", "select/cons_tres"),
            Map.entry("SlurmctldParameters", "enable_configless"),
            Map.entry("SlurmdTimeout", "0 sec"),
            Map.entry("SuspendExcNodes", "(null)"),
            Map.entry("SuspendProgram", "(null)"),
            Map.entry("SuspendTime", "INFINITE"),
            Map.entry("TreeWidth", "65533")));
    String slurm = "24.11.5";
    final List<Listed> listed = new ArrayList<>(List.of(
            listed("cn01", false, "24.11.5"), listed("vn01", true, "24.11.5"), listed("vn02", true, "24.11.5")));
    List<String> unresolved = List.of();

    List<String> clients = List.of("runner", "runner_async");
    SlurmFacts.Api api = new SlurmFacts.Api("127.0.0.1", false);
    final List<Permission> permissions = new ArrayList<>(List.of(new Permission("@runner", "spillway\\.[a-z_]+$")));
    Software master = software;
    final Map<String, Profile> profiles =
            new HashMap<>(Map.of("htc", new Profile("small", "cluster", List.of("vn01", "vn02", "vn03", "vn04"))));
    final Map<String, String> keys = new HashMap<>(Map.of("cn01", "accepted", "vn01", "accepted"));
    final Map<String, Fact<OneNode>> told =
            new HashMap<>(Map.of("cn01", new Told("cn01").fact(), "vn01", new Told("vn01").fact()));
    final Map<String, String> left = new HashMap<>(Map.of("vn02", "it is away or in motion"));

    Account account = new Account("u1", "p1", Set.of("member", "spillway_operator"));
    String newest = "2.93";
    final Map<Right, Fact<Boolean>> rights = new EnumMap<>(Right.class);
    List<ComputeService> services =
            List.of(new ComputeService("cn01", true, true), new ComputeService("cn02", true, true));
    Quota quota = new Quota(new Limit(10, 2), new Limit(16, 4), new Limit(-1, 4096));
    final Map<String, Size> flavors = new HashMap<>(Map.of("small", new Size(2, 2048)));
    final Map<String, Boolean> networks = new HashMap<>(Map.of("cluster", true));
    List<Inventory> inventories = List.of(new Inventory("cn01", 16, 1.5));

    SiteUnderTest() {
        for (Right right : Right.values()) {
            rights.put(right, Fact.known(true));
        }
    }

    static Node node(String name, Phase phase) {
        return new Node(
                NodeName.of(name),
                phase,
                Optional.empty(),
                Optional.of("htc"),
                Optional.of(new UUID(0, 1)),
                Optional.of("cn01"),
                Optional.empty(),
                List.of(),
                "two servers bear its name");
    }

    static Listed listed(String name, boolean dynamic, String version) {
        return new Listed(name, Set.of("IDLE"), dynamic, version);
    }

    /** What a node's minion tells, part by part to be spoilt, too. */
    final class Told {
        Software software = SiteUnderTest.this.software;
        Fact<Duration> clockOffset = Fact.known(Duration.ofMillis(20));
        Fact<Boolean> mungeToNode = Fact.known(true);
        Fact<Boolean> mungeFromNode = Fact.known(true);
        boolean slurmd = true;
        List<String> deadMounts = List.of();
        List<Mount> nfs = List.of(mount(true, "none"));
        Optional<Boolean> clockguard;
        Optional<Boolean> guestsYield = Optional.empty();

        private Told(String name) {
            clockguard = Optional.of(name.startsWith("vn"));
        }

        private Fact<OneNode> fact() {
            return Fact.known(new OneNode(
                    software,
                    clockOffset,
                    mungeToNode,
                    mungeFromNode,
                    slurmd,
                    deadMounts,
                    nfs,
                    clockguard,
                    guestsYield));
        }
    }

    void tells(String name, Consumer<Told> spoil) {
        Told node = new Told(name);
        spoil.accept(node);
        told.put(name, node.fact());
    }

    static Mount mount(boolean hard, String locks) {
        return new Mount("/home", locks.equals("nlm") ? "3" : "4.2", hard, locks);
    }

    Fact<SlurmFacts> slurm() {
        return Fact.known(new SlurmFacts(
                Fact.known(new Controller(
                        new Software(software.salt(), software.extension(), Fact.known(slurm)),
                        Fact.known(config),
                        Fact.known(listed),
                        Fact.known(unresolved))),
                Fact.known(new Master(
                        master,
                        Fact.known(clients),
                        Fact.known(Map.of("file", Map.of("spillway", permissions))),
                        Fact.known(api))),
                Fact.known(profiles),
                Fact.known(keys),
                told,
                left));
    }

    Fact<CloudFacts> cloud() {
        return Fact.known(new CloudFacts(
                Fact.known(account),
                Fact.known(newest),
                rights,
                Fact.known(services),
                Fact.known(quota),
                Fact.known(flavors),
                Fact.known(networks),
                Fact.known(inventories)));
    }

    SiteFacts facts() {
        return new SiteFacts(pools, closed, Fact.known(nodes), caller, slurm(), cloud());
    }
}
