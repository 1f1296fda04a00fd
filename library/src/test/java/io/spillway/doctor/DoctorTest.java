package io.spillway.doctor;

import static io.spillway.doctor.Area.CLOUD;
import static io.spillway.doctor.Area.NODES;
import static io.spillway.doctor.Area.SALT;
import static io.spillway.doctor.Area.SITE;
import static io.spillway.doctor.Area.SLURM;
import static io.spillway.doctor.Area.STORAGE;
import static io.spillway.doctor.Verdict.ADVICE;
import static io.spillway.doctor.Verdict.RIGHT;
import static io.spillway.doctor.Verdict.UNKNOWN;
import static io.spillway.doctor.Verdict.WRONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.cloud.CloudFacts;
import io.spillway.cloud.CloudFacts.Account;
import io.spillway.cloud.CloudFacts.ComputeService;
import io.spillway.cloud.CloudFacts.Inventory;
import io.spillway.cloud.CloudFacts.Limit;
import io.spillway.cloud.CloudFacts.Quota;
import io.spillway.cloud.Right;
import io.spillway.doctor.SiteUnderTest.Told;
import io.spillway.model.Fact;
import io.spillway.model.Hostlist;
import io.spillway.model.Phase;
import io.spillway.model.Pool;
import io.spillway.model.Size;
import io.spillway.slurm.SlurmFacts;
import io.spillway.slurm.SlurmFacts.Permission;
import io.spillway.slurm.SlurmFacts.Profile;
import io.spillway.slurm.SlurmFacts.Software;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Rule by rule: what is wrong is found and its mending told; what is not known is never wrong. */
class DoctorTest {
    /** One thing about the site that is not as it should be, and the finding that it makes. */
    private record Case(Area area, String check, Consumer<SiteUnderTest> spoil, Verdict verdict, String words) {
        @Override
        public String toString() {
            return "%s, %s: %s %s".formatted(area, check, verdict, words);
        }

        SiteFacts facts() {
            SiteUnderTest site = new SiteUnderTest();
            spoil.accept(site);
            return site.facts();
        }
    }

    private static Case slurm(String setting, String value, Verdict verdict, String words) {
        return new Case(SLURM, setting, site -> site.config.put(setting, value), verdict, words);
    }

    private static Case node(Area area, String check, Consumer<Told> spoil, Verdict verdict, String words) {
        return new Case(area, check, site -> site.tells("vn01", spoil), verdict, words);
    }

    private static Consumer<SiteUnderTest> powerSaving(String except) {
        return site -> site.config.putAll(
                Map.of("SuspendTime", "600 sec", "SuspendProgram", "/sbin/off", "SuspendExcNodes", except));
    }

    private static Consumer<SiteUnderTest> gated(String program, boolean yield) {
        return site -> {
            site.config.put("PrologSlurmctld", program);
            site.tells("cn01", node -> node.guestsYield = Optional.of(yield));
        };
    }

    static Stream<Case> cases() {
        return Stream.of(slurmCases(), saltCases(), nodeCases(), siteCases(), cloudCases())
                .flatMap(cases -> cases);
    }

    static Stream<Case> slurmCases() {
        return Stream.of(
                slurm("SlurmdTimeout", "300 sec", WRONG, "300 s: jobs of nodes … SlurmdTimeout=0 in slurm.conf"),
                slurm("SlurmdTimeout", "65533 sec", ADVICE, "SlurmdTimeout=0"),
                slurm("SlurmdTimeout", "soon", UNKNOWN, "no number"),
                slurm("TreeWidth", "4", WRONG, "4, and there may be 5 nodes … TreeWidth=65533"),
                slurm("TreeWidth", "16", ADVICE, "TreeWidth=65533"),
                slurm("ReturnToService", "0", WRONG, "ReturnToService=1"),
                slurm("ReturnToService", "2", ADVICE, "ReturnToService=1"),
                slurm("AuthInfo", "(null)", ADVICE, "waits 121 s … cred_expire=30"),
                slurm("AuthInfo", "socket=/run/munge,cred_expire=600", ADVICE, "waits 601 s"),
                slurm("SchedulerParameters", "(null)", ADVICE, "add batch_sched_delay=0,sched_min_interval=0"),
                slurm("SchedulerParameters", "batch_sched_delay=0", ADVICE, "add sched_min_interval=0"),
                slurm("SlurmctldParameters", "(null)", ADVICE, "enable_configless"),
                slurm("SelectType", "select/linear", WRONG, "SelectType=select/cons_tres"),
                slurm("MaxNodeCount", "4", WRONG, "may be 5 nodes … MaxNodeCount=1024"),
                slurm("MaxNodeCount", "5", RIGHT, "5"),
                slurm("InactiveLimit", "60 sec", ADVICE, "InactiveLimit=0"),
                new Case(SLURM, "power saving", powerSaving("(null)"), WRONG, "SuspendExcNodes=vn[01-04]"),
                new Case(SLURM, "power saving", powerSaving("vn[01-04]:2"), WRONG, "SuspendExcNodes=vn[01-04]"),
                new Case(SLURM, "power saving", powerSaving("vn[01-03]"), WRONG, "SuspendExcNodes=vn04"),
                new Case(SLURM, "power saving", powerSaving("vn[01-08]"), RIGHT, "spares"),
                new Case(SLURM, "power saving", site -> site.config.remove("SuspendTime"), UNKNOWN, "not tell"),
                slurm("SlurmctldParameters", "enable_configless,cloud_reg_addrs", RIGHT, ""),
                new Case(
                        SLURM,
                        "defunct options",
                        site -> {
                            site.config.put("SlurmctldParameters", "enable_configless,cloud_reg_addrs");
                            site.config.put("CommunicationParameters", "NoAddrCache");
                        },
                        ADVICE,
                        "cloud_reg_addrs and CommunicationParameters=NoAddrCache … take it out"),
                new Case(
                        SLURM,
                        "defunct options",
                        site -> {
                            site.config.put("SlurmctldParameters", "cloud_reg_addrs");
                            site.slurm = "22.05.8";
                        },
                        RIGHT,
                        "none"),
                new Case(SLURM, "version", site -> site.slurm = "21.08.1", WRONG, "upgrade"),
                new Case(SLURM, "version", site -> site.slurm = "22.05.8", ADVICE, "nodes_by_reconfigure: false"),
                new Case(SLURM, "version", site -> site.slurm = "next", UNKNOWN, "no version"),
                new Case(
                        SLURM,
                        "versions of slurmd",
                        site -> site.listed.set(0, SiteUnderTest.listed("cn01", false, "25.05.1")),
                        WRONG,
                        "cn01: 25.05.1 … controller first"),
                new Case(
                        SLURM,
                        "versions of slurmd",
                        site -> site.listed.set(1, SiteUnderTest.listed("vn01", true, "24.05.1")),
                        ADVICE,
                        "vn01: 24.05.1 … image"),
                new Case(
                        SLURM,
                        "versions of slurmd",
                        site -> site.listed.set(1, SiteUnderTest.listed("vn01", true, "")),
                        RIGHT,
                        ""),
                new Case(
                        SLURM,
                        "addresses",
                        site -> site.unresolved = List.of("cn01", "cn02"),
                        WRONG,
                        "cannot resolve cn[01-02] … NodeAddr=IP"),
                new Case(
                        SLURM,
                        "pools' nodes",
                        site -> site.listed.add(SiteUnderTest.listed("vn03", false, "")),
                        WRONG,
                        "vn03 of the pools … out of slurm.conf"));
    }

    static Stream<Case> saltCases() {
        return Stream.of(
                new Case(
                        SALT,
                        "salt-api's clients",
                        site -> site.clients = List.of("local", "runner", "wheel"),
                        ADVICE,
                        "local, wheel let in … netapi_enable_clients: [runner, runner_async]"),
                new Case(
                        SALT,
                        "salt-api's clients",
                        site -> {
                            site.clients = List.of("local_async", "runner");
                            site.permissions.add(new Permission("*", "test.ping"));
                        },
                        WRONG,
                        "may call anything … netapi_enable_clients"),
                new Case(
                        SALT,
                        "eauth",
                        site -> site.permissions.add(new Permission("vn*", "test.ping")),
                        WRONG,
                        "vn* test.ping … '@runner'"),
                new Case(
                        SALT,
                        "eauth",
                        site -> site.permissions.set(0, new Permission("@runner", ".*")),
                        WRONG,
                        "@runner .* … '@runner'"),
                new Case(SALT, "eauth", site -> site.permissions.clear(), UNKNOWN, "a group may allow it"),
                new Case(SALT, "eauth", site -> site.caller = Optional.empty(), UNKNOWN, "no account"),
                new Case(
                        SALT,
                        "salt-api's TLS",
                        site -> site.api = new SlurmFacts.Api("0.0.0.0", true),
                        ADVICE,
                        "breaks requests off … haproxy"),
                new Case(
                        SALT,
                        "salt-api's TLS",
                        site -> site.api = new SlurmFacts.Api("0.0.0.0", false),
                        WRONG,
                        "at 0.0.0.0 without TLS … 127.0.0.1"),
                new Case(
                        SALT,
                        "versions of Salt",
                        site -> site.master = new Software("3005.1", "0.1.0", Fact.unknown("")),
                        WRONG,
                        "3006 or later"),
                new Case(
                        SALT,
                        "versions of Salt",
                        site -> site.master = new Software("3007.15", "0.1.0", Fact.unknown("")),
                        WRONG,
                        "3008.3 … the master first"),
                node(
                        SALT,
                        "versions of Salt",
                        node -> node.software = new Software("3006.28", "0.1.0", node.software.slurm()),
                        RIGHT,
                        ""),
                node(
                        SALT,
                        "versions of saltext-spillway",
                        node -> node.software = new Software("3008.3", "0.0.9", node.software.slurm()),
                        WRONG,
                        "vn01: 0.0.9 … saltext-spillway==0.1.0"),
                new Case(
                        SALT,
                        "versions of saltext-spillway",
                        site -> site.told.put("vn01", Fact.unknown("unknown question 'health_of_node'")),
                        WRONG,
                        "vn01: an older one … saltext-spillway==0.1.0"),
                new Case(
                        SALT,
                        "minion keys",
                        site -> site.keys.putAll(Map.of("vn03", "pending", "other", "pending", "vn04", "rejected")),
                        WRONG,
                        "vn03: pending; vn04: rejected … salt-key --delete"));
    }

    static Stream<Case> nodeCases() {
        return Stream.of(
                new Case(
                        NODES,
                        "minions",
                        site -> site.told.put("vn01", Fact.unknown("no answer within 20 s")),
                        UNKNOWN,
                        "vn01: no answer within 20 s … salt-minion"),
                new Case(NODES, "minions", site -> site.told.clear(), UNKNOWN, "not asked vn02"),
                node(
                        NODES,
                        "clocks",
                        node -> node.clockOffset = Fact.known(Duration.ofMillis(-408_500)),
                        WRONG,
                        "vn01: 408.5 s behind … spillway-clockguard"),
                node(NODES, "clocks", node -> node.clockOffset = Fact.unknown("not told"), UNKNOWN, "vn01: not told"),
                node(
                        NODES,
                        "munge",
                        node -> node.mungeFromNode = Fact.known(false),
                        WRONG,
                        "vn01: does not decode from there … munge.key"),
                node(
                        NODES,
                        "munge",
                        node -> {
                            node.mungeToNode = Fact.known(false);
                            node.mungeFromNode = Fact.known(false);
                        },
                        WRONG,
                        "in either direction"),
                node(
                        NODES,
                        "munge",
                        node -> node.mungeFromNode = Fact.unknown("the controller is busy"),
                        UNKNOWN,
                        "the controller is busy"),
                node(
                        NODES,
                        "slurmd",
                        node -> node.slurmd = false,
                        WRONG,
                        "vn01: does not answer … journalctl -u slurmd"),
                node(
                        NODES,
                        "clock guard",
                        node -> node.clockguard = Optional.of(false),
                        ADVICE,
                        "vn01: it does not run … role clockguard"),
                new Case(
                        NODES,
                        "clock guard",
                        site -> site.tells("cn01", node -> node.clockguard = Optional.of(true)),
                        ADVICE,
                        "cn01: it runs on a physical node"),
                new Case(
                        NODES,
                        "guests yield",
                        gated("/usr/local/sbin/spillway-gate", false),
                        RIGHT,
                        "no job starts at once"),
                new Case(
                        NODES,
                        "guests yield",
                        gated("/usr/local/sbin/spillway-gate-at-once", false),
                        WRONG,
                        "cn01: its virtual machines have CPU time like any other work … role hypervisor"),
                new Case(NODES, "guests yield", gated("/usr/local/sbin/spillway-gate-at-once", true), RIGHT, "cn01"),
                node(
                        STORAGE,
                        "network mounts",
                        node -> node.deadMounts = List.of("/home", "/software"),
                        WRONG,
                        "vn01: /home, /software missing or silent … NFS server"),
                node(
                        STORAGE,
                        "hard mounts",
                        node -> node.nfs = List.of(SiteUnderTest.mount(false, "none")),
                        WRONG,
                        "vn01: /home is soft … spillway:nfs:mounts"),
                node(
                        STORAGE,
                        "locks",
                        node -> node.nfs = List.of(SiteUnderTest.mount(true, "nlm")),
                        ADVICE,
                        "nlm (NFS 3) on vn01 … nodes differ … nfs-locks.md"),
                node(
                        STORAGE,
                        "locks",
                        node -> node.nfs = List.of(SiteUnderTest.mount(true, "local")),
                        ADVICE,
                        "no other node"),
                new Case(STORAGE, "locks", site -> {}, RIGHT, "/home none (NFS 4.2) on cn01,vn01"));
    }

    static Stream<Case> siteCases() {
        return Stream.of(
                new Case(
                        SITE,
                        "nodes fit together",
                        site -> site.nodes.add(SiteUnderTest.node("vn03", Phase.LOST)),
                        WRONG,
                        "vn03: two servers … lifecycle.md"),
                new Case(
                        SITE,
                        "pools make servers",
                        site -> site.closed.put("htc", "htc: three in a row failed"),
                        WRONG,
                        "three in a row … spillway pools --reset"),
                new Case(
                        SITE,
                        "profiles",
                        site -> site.pools.add(new Pool("gpu", "gpu", Hostlist.parse("g1"), 1)),
                        WRONG,
                        "no profile gpu … cloud.profiles.d"),
                new Case(
                        SITE,
                        "profiles",
                        site -> site.profiles.put("htc", new Profile("small", "cluster", List.of("vn01", "vn02"))),
                        WRONG,
                        "no address for vn[03-04]"),
                new Case(SITE, "networks", site -> site.networks.put("cluster", false), UNKNOWN, "another project's"),
                new Case(SITE, "networks", site -> site.networks.clear(), WRONG, "sees no network cluster"),
                new Case(
                        SITE,
                        "quota of servers",
                        site -> site.quota = new Quota(new Limit(5, 4), new Limit(-1, 0), new Limit(-1, 0)),
                        WRONG,
                        "need 6 servers, the project may have 5 … --instances 6"),
                new Case(
                        SITE,
                        "quota of servers",
                        site -> site.quota = new Quota(new Limit(4, 2), new Limit(-1, 0), new Limit(-1, 0)),
                        RIGHT,
                        "4 servers needed"),
                new Case(
                        SITE,
                        "quota of cores and memory",
                        site -> site.flavors.put("small", new Size(8, 10)),
                        WRONG,
                        "need 32 cores, the project may have 16 … --cores 32"),
                new Case(
                        SITE,
                        "quota of cores and memory",
                        site -> site.quota = new Quota(new Limit(9, 2), new Limit(-1, 0), new Limit(4096, 0)),
                        WRONG,
                        "8192 MiB of memory … --ram 8192"),
                new Case(
                        SITE,
                        "quota of cores and memory",
                        site -> site.flavors.clear(),
                        UNKNOWN,
                        "flavor of pool htc"));
    }

    static Stream<Case> cloudCases() {
        return Stream.of(
                new Case(CLOUD, "microversion", site -> site.newest = "2.65", WRONG, "up to 2.65 … upgrade Nova"),
                new Case(
                        CLOUD,
                        "account",
                        site -> site.account = new Account("u", "p", Set.of("admin", "member")),
                        ADVICE,
                        "role admin … cloud-rights.md"),
                new Case(CLOUD, "hosts", site -> site.services = List.of(), WRONG, "shows none"),
                new Case(
                        CLOUD,
                        "hosts",
                        site -> site.services = List.of(
                                new ComputeService("cn01", false, true), new ComputeService("cn02", true, true)),
                        WRONG,
                        "cn01 does not answer … nova-compute"),
                new Case(
                        CLOUD,
                        "hosts",
                        site -> site.services = List.of(new ComputeService("cn01", true, false)),
                        ADVICE,
                        "cn01 disabled … --enable"),
                new Case(
                        CLOUD,
                        "allocation ratios",
                        site -> site.inventories = List.of(new Inventory("cn01", 4.0, 1.0)),
                        ADVICE,
                        "1.0 for memory … initial_ram_allocation_ratio"),
                new Case(CLOUD, "allocation ratios", site -> site.inventories = List.of(), UNKNOWN, "no host"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isFound(Case one) {
        Finding finding = find(one.area(), one.check(), one.facts());
        assertThat(finding.verdict()).as(finding.toString()).isEqualTo(one.verdict());
        assertThat(finding.detail() + " … " + finding.mend())
                .containsSubsequence(one.words().split(" … ", -1));
    }

    private static Finding find(Area area, String check, SiteFacts facts) {
        return Doctor.findings(facts).stream()
                .filter(finding -> finding.area() == area && finding.check().equals(check))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aRightSiteHasNothingWrong() {
        assertThat(Doctor.findings(new SiteUnderTest().facts()))
                .filteredOn(finding -> finding.verdict() != RIGHT)
                .extracting(Finding::check)
                .containsExactly("hypervisors' nova.conf");
    }

    @Test
    void whatIsNotKnownIsNeverWrong() {
        SiteUnderTest site = new SiteUnderTest();
        site.caller = Optional.empty();
        SiteFacts dark = new SiteFacts(
                site.pools,
                Map.of(),
                Fact.known(List.of()),
                site.caller,
                Fact.known(SlurmFacts.unknown("dark")),
                Fact.known(CloudFacts.unknown("dark")));
        assertThat(Doctor.findings(dark))
                .extracting(Finding::verdict)
                .containsOnly(RIGHT, UNKNOWN)
                .filteredOn(verdict -> verdict == RIGHT)
                .hasSize(5);
    }

    @Test
    void aSettingThatIsNotToldIsUnknown() {
        SiteUnderTest site = new SiteUnderTest();
        List<String> settings = new ArrayList<>(site.config.keySet());
        settings.removeIf(name -> name.startsWith("Suspend") || name.startsWith("Communication"));
        site.config.clear();
        for (String setting : settings) {
            assertThat(find(SLURM, setting, site.facts()).verdict()).as(setting).isEqualTo(UNKNOWN);
        }
    }

    @Test
    void aPartThatDoesNotAnswerIsOneFindingAndHidesNoOther() {
        SiteUnderTest site = new SiteUnderTest();
        SiteFacts mute = new SiteFacts(
                site.pools,
                Map.of(),
                Fact.unknown("Slurm: Unable to contact slurm controller"),
                site.caller,
                Fact.unknown("salt-api does not answer"),
                site.cloud());
        assertThat(Doctor.findings(mute))
                .filteredOn(finding -> finding.verdict() == WRONG)
                .extracting(finding -> finding.area() + " " + finding.detail())
                .containsExactly("SITE Slurm: Unable to contact slurm controller", "SALT salt-api does not answer");
        assertThat(find(CLOUD, "hosts", mute).verdict()).isEqualTo(RIGHT);
        SiteFacts cloudless = new SiteFacts(
                site.pools, Map.of(), Fact.known(site.nodes), site.caller, site.slurm(), Fact.unknown("Nova is down"));
        assertThat(find(CLOUD, "answers", cloudless).verdict()).isEqualTo(WRONG);
    }

    @ParameterizedTest
    @EnumSource(Right.class)
    void aRightThatNovaRefusesIsToldWithTheLineThatGrantsIt(Right right) {
        SiteUnderTest site = new SiteUnderTest();
        site.rights.put(right, Fact.known(false));
        Finding finding = find(CLOUD, "may " + right.what(), site.facts());
        assertThat(finding.verdict()).isIn(WRONG, ADVICE);
        assertThat(finding.mend()).contains(right.grant());
        site.rights.put(right, Fact.unknown("there is no server to see it by"));
        assertThat(find(CLOUD, "may " + right.what(), site.facts()).verdict()).isEqualTo(UNKNOWN);
    }

    /** What is advised is what the lab runs and what the page shows. */
    @ParameterizedTest
    @EnumSource(value = Right.class, mode = EnumSource.Mode.EXCLUDE, names = "SUSPEND")
    void theGrantIsTheLabs(Right right) throws IOException {
        assertThat(Files.readString(Path.of("..", "integration-tests/lab/cloud/control/etc/nova/policy.yaml")))
                .contains(right.grant());
        assertThat(Files.readString(Path.of("..", "docs", "cloud-rights.md")))
                .contains(right.rule().substring("os_compute_api:".length()));
    }

    @Test
    void everyFindingIsOneLineAndWhatIsWrongIsToBeMended() {
        cases().flatMap(one -> Doctor.findings(one.facts()).stream()).forEach(finding -> {
            assertThat(finding.detail() + finding.mend()).doesNotContain("\n");
            assertThat(finding.detail()).as(finding.check()).isNotEmpty();
            if (finding.verdict() == WRONG || finding.verdict() == ADVICE) {
                assertThat(finding.mend()).as(finding.check()).isNotEmpty();
            }
        });
    }

    /** Each rule goes wrong, or is at least advice, in some case above; else it would be no check. */
    @Test
    void everyRuleIsTried() {
        Set<String> found = new java.util.TreeSet<>();
        cases().forEach(one -> found.add(one.area() + " " + one.check()));
        Set<String> rules = new java.util.TreeSet<>();
        Doctor.RULES.stream()
                .filter(rule -> !rule.check().startsWith("may "))
                .forEach(rule -> rules.add(rule.area() + " " + rule.check()));
        rules.removeAll(found);
        // these are tried by the tests that make a part mute, and the last cannot be known
        assertThat(rules)
                .containsExactly(
                        "CLOUD answers", "CLOUD hypervisors' nova.conf", "SALT answers", "SITE nodes are seen");
    }
}
