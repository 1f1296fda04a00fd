package io.spillway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillway.failure.BadInputException;
import io.spillway.model.Bounds;
import io.spillway.model.Hostlist;
import io.spillway.model.NodeName;
import io.spillway.model.Pool;
import io.spillway.model.Size;
import io.spillway.policy.Budget;
import io.spillway.policy.JobClass;
import io.spillway.policy.Ladder;
import io.spillway.policy.Limits;
import io.spillway.policy.QuietHours;
import io.spillway.policy.Rung;
import io.spillway.policy.rules.BackfillPolicy;
import io.spillway.policy.rules.Policies;
import io.spillway.policy.rules.QueuePolicy;
import io.spillway.policy.rules.TidePolicy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpillwayConfigTest {
    private static final String RIGHT = """
        site: lab
        salt: {url: "https://10.78.0.10:8000", username: spillway, password-file: secret/password, ca: ca.pem}
        cloud: {name: mine, clouds-file: clouds.yaml}
        pools:
          htc: {profile: htc, nodes: "vn[01-08]", maximum: 4}
          gpu: {profile: g, nodes: "gpu[1-2]"}
        daemon:
          group: slurm
          look: 15
          limits: {host: 2}
          tcp: {port: 9443, keystore: d.p12, password-file: d.password, tokens: tokens}
        """;
    private static final String CLOUDS = """
        clouds:
          mine:
            profile: somebody
            auth_type: v3applicationcredential
            auth:
              auth_url: "http://10.77.0.1:5000/v3"
              application_credential_id: "17"
              application_credential_secret: hush
            region_name: RegionOne
          password:
            auth: {auth_url: "http://10.77.0.1:5000", username: u, password: hush, project_name: p, user_domain_id: d}
        """;

    private final Path folder;
    private Path file;

    SpillwayConfigTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        this.file = Files.writeString(folder.resolve("spillway.yaml"), RIGHT);
        Files.writeString(folder.resolve("clouds.yaml"), CLOUDS);
    }

    private void rejects(String... words) {
        assertThatThrownBy(() -> SpillwayConfig.load(file))
                .isInstanceOf(BadInputException.class)
                .message()
                .contains(words)
                .doesNotContain("\n", "hush");
    }

    @Test
    void aSiteIsReadWithPathsBesideTheFile() {
        SpillwayConfig config = SpillwayConfig.load(file);
        assertThat(config.site()).isEqualTo("lab");
        assertThat(config.salt())
                .isEqualTo(new SaltConfig(
                        URI.create("https://10.78.0.10:8000"),
                        "spillway",
                        folder.resolve("secret/password"),
                        Optional.of(folder.resolve("ca.pem")),
                        "file"));
        assertThat(config.pools())
                .containsOnly(
                        Map.entry("htc", new Pool("htc", "htc", Hostlist.parse("vn[01-08]"), 4)),
                        Map.entry("gpu", new Pool("gpu", "g", Hostlist.parse("gpu[1-2]"), 2)));
        assertThat(config.poolOf(NodeName.of("vn03"))).map(Pool::name).contains("htc");
        assertThat(config.poolOf(NodeName.of("cn03"))).isEmpty();
        assertThat(config.toString()).doesNotContain("hush");
    }

    @Test
    void theDaemonsPartIsReadAndHasDefaults() throws IOException {
        DaemonConfig daemon = SpillwayConfig.load(file).daemon();
        assertThat(daemon.group()).contains("slurm");
        assertThat(daemon.interval()).isEqualTo(Duration.ofSeconds(15));
        assertThat(daemon.bounds()).isEqualTo(new Bounds(2, 16, 8));
        assertThat(daemon.socket()).isEqualTo(Path.of("/run/spillway/spillwayd.sock"));
        assertThat(daemon.tcp()).map(DaemonConfig.Tcp::port).contains(9443);
        assertThat(daemon.tcp()).map(DaemonConfig.Tcp::tokens).contains(folder.resolve("tokens"));
        assertThat(DaemonConfig.load(file)).isEqualTo(daemon);
        Files.writeString(file, "site: lab");
        assertThat(DaemonConfig.load(file)).isEqualTo(DaemonConfig.DEFAULT);
    }

    @Test
    void anApplicationCredentialBringsItsScope() {
        CloudConfig cloud = SpillwayConfig.load(file).cloud();
        assertThat(cloud.region()).contains("RegionOne");
        assertThat(cloud.scope()).isEmpty();
        assertThat(cloud.identity())
                .isEqualTo(Map.of(
                        "methods",
                        List.of("application_credential"),
                        "application_credential",
                        Map.of("id", "17", "secret", "hush")));
    }

    @Test
    void aPasswordNeedsItsProject() {
        CloudConfig cloud = CloudsFile.read(folder.resolve("clouds.yaml"), "password");
        assertThat(cloud.identity())
                .containsEntry(
                        "password",
                        Map.of("user", Map.of("name", "u", "password", "hush", "domain", Map.of("id", "d"))));
        assertThat(cloud.scope()).contains(Map.of("project", Map.of("name", "p", "domain", Map.of("name", "Default"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "site: lab|sight: lab|sight",
                "site: lab|#|site is missing",
                "username: spillway|user: spillway|salt.user",
                "https://10.78.0.10:8000|10.78.0.10|salt.url",
                "maximum: 4|maximum: 9|maximum",
                "maximum: 4|maximum: four|pools.htc.maximum",
                "vn[01-08]|vn[08-01]|pools.htc",
                "gpu[1-2]|vn02|vn02",
                "name: mine|name: yours|clouds.yours",
                "clouds.yaml|nowhere.yaml|nowhere.yaml",
                "  htc: {|  htc: [{|spillway.yaml",
                "  gpu: {profile: g|  htc: {profile: g|htc",
                "maximum: 4|maximum: nine|spillway.yaml:5: pools.htc.maximum must be a whole number from 1",
                "site: lab|sight: lab|spillway.yaml:1: sight is not known; known are cloud, daemon",
                "look: 15|look: 0|spillway.yaml:9: daemon.look must be a whole number from 5 to 3600",
                "look: 15|lok: 15|spillway.yaml:9: daemon.lok is not known; known are group, limits, look",
                "host: 2|host: 0|spillway.yaml:10: daemon.limits.host",
                "port: 9443|port: 70000|spillway.yaml:11: daemon.tcp.port",
                "keystore: d.p12, |#|spillway.yaml",
            })
    void aMistakeIsToldWithItsPlace(String right, String wrong, String told) throws IOException {
        Files.writeString(file, RIGHT.replace(right, wrong));
        rejects(told, ".yaml");
    }

    @Test
    void aFileThatIsNotThereIsTold() {
        file = folder.resolve("none.yaml");
        rejects("none.yaml");
    }

    @Test
    void anEmptyFileIsTold() throws IOException {
        Files.writeString(file, "");
        rejects("spillway.yaml", "must be a mapping");
    }

    @Test
    void aWayOfAuthenticationThatWeDoNotHaveIsTold() throws IOException {
        Files.writeString(folder.resolve("clouds.yaml"), CLOUDS.replace("v3applicationcredential", "v3oidc"));
        rejects("clouds.yaml", "auth_type", "v3oidc", "v3applicationcredential");
    }

    private static final String POLICIES = """
        policies:
          reserve: {memory: 300}
          limits: {disk: 1}
          quiet: {from: "22:00", to: "06:00", zone: Europe/Berlin}
          classes:
            urgent: {partitions: [urgent], urgent: true}
            low: {partitions: [low, long], pools: [htc], ladder: [migrate 60, checkpoint], times: 3}
          queue: {idle: 120, dry-run: true}
          backfill: {}
          tide: {after: 10}
          maintenance: {enabled: false}
        """;

    @Test
    void policiesAreOffUnlessTheyAreNamed() throws IOException {
        assertThat(SpillwayConfig.load(file).policies()).isEqualTo(Policies.NONE);
        Files.writeString(file, RIGHT + POLICIES);
        Policies policies = SpillwayConfig.load(file).policies();
        assertThat(policies.policies())
                .containsExactly(
                        new TidePolicy(Duration.ofSeconds(10)),
                        BackfillPolicy.DEFAULT,
                        new QueuePolicy(Duration.ofMinutes(2), Duration.ofMinutes(30)));
        assertThat(policies.trials()).containsExactly("queue");
        assertThat(policies.reserve()).isEqualTo(new Size(0, 300));
        assertThat(policies.limits()).isEqualTo(new Limits(4, 4, 1));
        assertThat(policies.guards())
                .containsExactly(new QuietHours(LocalTime.of(22, 0), LocalTime.of(6, 0), ZoneId.of("Europe/Berlin")));
        assertThat(policies.classes().classes())
                .containsExactly(
                        new JobClass(
                                "urgent",
                                new JobClass.Match(Set.of("urgent"), Set.of(), Set.of(), Set.of()),
                                true,
                                false,
                                Ladder.KEEPING,
                                Budget.DEFAULT),
                        new JobClass(
                                "low",
                                new JobClass.Match(Set.of("low", "long"), Set.of(), Set.of(), Set.of("htc")),
                                false,
                                true,
                                new Ladder(
                                        List.of(Rung.MIGRATE, Rung.CHECKPOINT),
                                        Map.of(Rung.MIGRATE, Duration.ofMinutes(1))),
                                new Budget(Budget.DEFAULT.run(), 3, Budget.DEFAULT.away())));
    }

    @ParameterizedTest(name = "{0} -> {1}: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "queue: {idle: 120, dry-run: true} | queue: {idel: 120} | policies.queue.idel is not known; known are",
                "idle: 120, dry-run: true | idle: 120, remove: 60 | policies.queue is wrong: queue: idle 120 s",
                "dry-run: true | dry-run: perhaps | policies.queue.dry-run must be true or false",
                "checkpoint] | swap] | policies.classes.low.ladder has 'swap'; the rungs are migrate, hold",
                "migrate 60 | migrate soon | a limit is whole seconds, such as migrate 60",
                "checkpoint] | migrate] | policies.classes.low.ladder is wrong: the ladder",
                "pools: [htc] | pools: [hpc] | policies.classes.low.pools names hpc; the pools are",
                "Europe/Berlin | Europe/Bonn | policies.quiet.zone must be a zone such as Europe/Berlin",
                "22:00 | late | policies.quiet.from must be a time",
                "disk: 1 | disk: 0 | policies.limits.disk must be a whole number from 1 to 1000",
                "backfill: {} | forwardfill: {} | policies.forwardfill is not known"
            })
    void aMistakeInThePoliciesIsToldByItsPlace(String right, String wrong, String told) throws IOException {
        assertThat(POLICIES).contains(right);
        Files.writeString(file, RIGHT + POLICIES.replace(right, wrong));
        rejects("spillway.yaml:", told);
    }

    @Test
    void aPoolsTermsAreRead() throws IOException {
        String terms = "maximum: 4, terms: {cpus: 2, memory: 4000, partitions: [low], features: [virtual], warm: 1}";
        Files.writeString(file, RIGHT.replace("maximum: 4", terms));
        assertThat(SpillwayConfig.load(file).pool("htc").terms())
                .contains(new Pool.Terms(new Size(2, 4000), Set.of("low"), Set.of("virtual"), 0, 1));
        Files.writeString(file, RIGHT.replace("maximum: 4", "maximum: 4, terms: {cpus: 2}"));
        rejects("pools.htc.terms.memory is missing");
    }
}
