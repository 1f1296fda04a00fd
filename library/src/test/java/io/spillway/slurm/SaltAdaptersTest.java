package io.spillway.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spillway.failure.FailedException;
import io.spillway.failure.SpillwayException;
import io.spillway.model.Fact;
import io.spillway.model.Hostlist;
import io.spillway.model.Job;
import io.spillway.model.NodeName;
import io.spillway.model.Request;
import io.spillway.model.Size;
import io.spillway.salt.SaltApi;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked of the runner, and what its answers mean. */
class SaltAdaptersTest {
    private static final NodeName VN01 = NodeName.of("vn01");

    private final List<String> asked = new ArrayList<>();
    private String answer = "{\"ok\": true, \"value\": {}}";

    private final SaltApi salt = new SaltApi() {
        @Override
        public JsonNode run(String function, Map<String, Object> arguments, Duration deadline) {
            asked.add(function + " " + new TreeMap<>(arguments));
            try {
                return new ObjectMapper().readTree(answer);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
        }
    };

    private final ResourceManager slurm = new SaltResourceManager(salt);
    private final Provisioner provisioner = new SaltProvisioner(salt);

    private void value(String json) {
        answer = "{\"ok\": true, \"value\": " + json + "}";
    }

    @Test
    void aSiteIsReadWithAllThatDecides() {
        value("""
            {"time": 1795393863.25, "future": 1,
             "nodes": [{"name": "vn01", "address": "10.78.0.101", "hostname": "vn01", "states": ["IDLE", "DRAIN"],
                        "reason": "spillway: checkpoint", "features": [], "partitions": ["all"], "cpus": 2,
                        "memory_mb": 700, "extra": "", "dynamic": true, "boot_time": 1}],
             "jobs": [{"id": "12_3", "job_id": 15, "name": "a", "user": "alice", "partition": "all",
                       "states": ["SUSPENDED"], "nodes": ["vn01", "vn02"], "run_time": 61, "time_limit": null,
                       "suspend_time": 1795393860, "submit_time": 1, "start_time": 2, "end_time": 3,
                       "exit_code": "1:0", "reason": "", "priority": 7, "account": "a1", "qos": "low", "node_count": 2,
                       "cpus": 4, "memory_mb": 200, "features": "virtual&fast", "requeue": true, "ours": true},
                      {"id": "13", "states": ["SUSPENDED"], "nodes": ["cn01"], "ours": false}],
             "minions": {"vn01": "accepted", "vn02": "pending", "vn03": "rejected", "strange@id": "accepted"}}""");
        SlurmSite site = slurm.site();
        assertThat(site.time()).isEqualTo(Instant.ofEpochMilli(1795393863250L));
        assertThat(site.nodes())
                .containsExactly(Map.entry(
                        VN01,
                        new SlurmNode(
                                VN01,
                                "10.78.0.101",
                                Set.of("IDLE", "DRAIN"),
                                "spillway: checkpoint",
                                true,
                                new Size(2, 700),
                                Set.of("all"))));
        assertThat(site.ours()).containsExactly("12_3");
        assertThat(site.jobs())
                .hasSize(2)
                .contains(new Job(
                        "12_3",
                        "a",
                        "alice",
                        "all",
                        Set.of("SUSPENDED"),
                        Hostlist.parse("vn[01-02]"),
                        Duration.ofSeconds(61),
                        Optional.of(Instant.ofEpochSecond(1795393860)),
                        false,
                        Optional.of(Instant.ofEpochSecond(2)),
                        "1:0",
                        new Request(
                                "a1",
                                "low",
                                7,
                                Instant.ofEpochSecond(1),
                                Optional.empty(),
                                2,
                                new Size(4, 200),
                                Set.of("virtual", "fast"),
                                true,
                                true,
                                "")));
        assertThat(site.minions())
                .containsOnly(
                        Map.entry(VN01, MinionKey.ACCEPTED),
                        Map.entry(NodeName.of("vn02"), MinionKey.PENDING),
                        Map.entry(NodeName.of("vn03"), MinionKey.REJECTED));
    }

    @ParameterizedTest
    @CsvSource({"'', true, 0", "a, true, 1", "a&b, true, 2", "a|b, false, 0", "[a*2&b], false, 0"})
    void featuresWithAChoiceAreNotTakenForThoseThatAreAllWanted(String features, boolean plain, int count) {
        value("""
            {"time": 1, "nodes": [], "minions": {},
             "jobs": [{"id": "1", "states": ["PENDING"], "features": "%s"}]}""".formatted(features));
        Request request = slurm.site().jobs().get(0).request();
        assertThat(request.plain()).isEqualTo(plain);
        assertThat(request.features()).hasSize(count);
    }

    @ParameterizedTest
    @CsvSource({"JobHeldAdmin, true", "JobHeldUser, true", "Priority, false", "'', false"})
    void aHeldJobIsToldByItsReason(String reason, boolean held) {
        value("""
            {"time": 1, "nodes": [], "minions": {}, "jobs": [
              {"id": "12", "states": ["SUSPENDED"], "nodes": ["vn01"], "reason": "%s"}]}""".formatted(reason));
        assertThat(slurm.site().jobs()).extracting(Job::held).containsExactly(held);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "null", "\"x\"", "{\"time\": 1, \"nodes\": [], \"jobs\": []}"})
    void aSiteWithoutItsPartsIsNoEmptySite(String value) {
        value(value);
        assertThatThrownBy(slurm::site).isInstanceOf(FailedException.class).hasMessageContaining("spillway.site");
    }

    @Test
    void aProbeTellsWhatIsWrong() {
        value("""
            {"answered": true, "clock_offset": -1.25, "munge_to_node": true, "munge_from_node": false, "slurmd": true,
             "mounts": [{"path": "/home", "alive": true}, {"path": "/data", "alive": false}], "wrong": ["munge"]}""");
        assertThat(slurm.probe(VN01, Duration.ZERO).answer())
                .isEqualTo(new Probe(
                        true,
                        Optional.of(Duration.ofMillis(-1250)),
                        true,
                        false,
                        true,
                        List.of("/data"),
                        List.of("munge")));
    }

    @Test
    void aSilentNodeIsAnAnswer() {
        value("""
            {"answered": false, "clock_offset": null, "munge_to_node": false, "munge_from_node": false,
             "slurmd": false, "mounts": [], "wrong": ["minion vn01 does not answer"]}""");
        assertThat(slurm.probe(VN01, Duration.ofSeconds(5)).answer().answered()).isFalse();
        assertThat(slurm.probe(VN01, Duration.ofSeconds(5)).answer().clockOffset())
                .isEmpty();
    }

    @Test
    void processesThatNobodyCountedRun() {
        value("{\"answered\": true}");
        assertThat(slurm.processes(VN01, List.of("12")).answer().running()).isPositive();
    }

    @Test
    void nothingIsAskedAboutNoJobs() {
        assertThat(slurm.suspend(List.of())).isEmpty();
        assertThat(slurm.resume(List.of())).isEmpty();
        assertThat(slurm.processes(VN01, List.of())).isEqualTo(Told.alone(new Processes(true, 0, 0)));
        assertThat(asked).isEmpty();
    }

    @Test
    void everyCallNamesItsFunctionAndArguments() {
        value("{\"answered\": true, \"running\": 0, \"stopped\": 2}");
        assertThat(slurm.processes(VN01, List.of("12_1"))).isEqualTo(Told.alone(new Processes(true, 0, 2)));
        assertThat(slurm.probe(VN01, Duration.ofSeconds(5)).site()).isEmpty();
        assertThat(slurm.suspend(List.of("12", "13"))).isEmpty();
        slurm.resume(List.of("12"));
        slurm.release(List.of("12"));
        slurm.requeue(job("12", Optional.of(Instant.ofEpochSecond(1_800_000_000))));
        slurm.cancel(job("13_1", Optional.empty()));
        slurm.down(VN01, "spillway: its server died");
        slurm.drain(VN01, "spillway: checkpoint");
        slurm.undrain(VN01, true);
        slurm.wake(VN01);
        slurm.delete(VN01);
        provisioner.create(VN01, "htc", Map.of("spillway:goal", "READY"), Optional.of("cn02"));
        provisioner.destroy(VN01, Optional.of(new UUID(0, 1)));
        provisioner.destroy(VN01, Optional.empty());
        assertThat(asked)
                .containsExactly(
                        "spillway.stopped {jobs=[12_1], look=true, node=vn01}",
                        "spillway.probe {look=true, node=vn01, timeout=20, wait=5}",
                        "spillway.suspend_jobs {jobs=[12, 13], look=true}",
                        "spillway.resume_jobs {jobs=[12], look=true}",
                        "spillway.release_jobs {jobs=[12], look=true}",
                        "spillway.requeue {job=12, look=true, nodes=[vn01, vn02], started=1800000000, user=alice}",
                        "spillway.cancel {job=13_1, look=true, nodes=[vn01, vn02], user=alice}",
                        "spillway.down {look=true, nodes=[vn01], reason=spillway: its server died}",
                        "spillway.drain {look=true, nodes=[vn01], reason=spillway: checkpoint}",
                        "spillway.undrain {asked=true, look=true, nodes=[vn01]}",
                        "spillway.wake {look=true, node=vn01}",
                        "spillway.delete_node {look=true, node=vn01}",
                        "spillway.create {host=cn02, look=true, metadata={spillway:goal=READY}, name=vn01, profile=htc}",
                        "spillway.destroy {look=true, name=vn01, uuid=00000000-0000-0000-0000-000000000001}",
                        "spillway.destroy {look=true, name=vn01}");
    }

    private static Job job(String id, Optional<Instant> started) {
        return new Job(
                id,
                "job",
                "alice",
                "low",
                Set.of("RUNNING"),
                Hostlist.parse("vn[01-02]"),
                Duration.ZERO,
                Optional.empty(),
                false,
                started,
                "0:0",
                Request.UNKNOWN);
    }

    @Test
    void aChangeTellsTheSiteOfThen() {
        value("""
            {"drained": ["vn01"], "site": {"time": 5, "nodes": [], "jobs": [], "minions": {"vn01": "accepted"}}}""");
        assertThat(slurm.drain(VN01, "spillway: checkpoint").orElseThrow().minions())
                .containsExactly(Map.entry(VN01, MinionKey.ACCEPTED));
    }

    @Test
    void factsAreReadWithTheirDoubts() {
        value("""
            {"controller": {"value": {"salt": "3008.3", "extension": "0.1.0", "version": {"value": "24.11.5"},
               "config": {"value": {"SlurmdTimeout": "0 sec"}}, "unresolved": {"unknown": "too slow"},
               "nodes": {"value": [{"name": "vn01", "states": ["IDLE"], "dynamic": true, "version": "24.11.5"}]}}},
             "master": {"salt": "3008.3", "extension": "0.1.0", "clients": {"value": ["runner"]},
               "permissions": {"value": {"file": {"spillway": [["@runner", "spillway.*"]]}}},
               "api": {"value": {"host": "127.0.0.1", "tls": false}}},
             "profiles": {"value": {"htc": {"size": "small", "network": "cluster", "names": ["vn01"]}}},
             "minions": {"value": {"vn01": "accepted"}},
             "nodes": {"vn01": {"value": {"salt": "3008.3", "extension": "0.1.0", "slurm": {"value": "24.11.5"},
                 "clock_offset": -1.25, "munge_to_node": true, "munge_from_node": null, "slurmd": true,
                 "mounts": [{"path": "/home", "alive": true}, {"path": "/data", "alive": false}],
                 "nfs": [{"path": "/home", "version": "4.2", "hard": true, "locks": "none"}], "clockguard": true,
                 "guests_yield": false,
                 "wrong": []}},
               "vn02": {"unknown": "minion vn02 does not answer"}},
             "left": {"vn03": "Slurm says DOWN"}}""");
        SlurmFacts facts = slurm.examine(Set.of(NodeName.of("vn04"), VN01));
        assertThat(asked).containsExactly("spillway.doctor {leave=[vn01, vn04]}");
        SlurmFacts.Controller controller = facts.controller().value().orElseThrow();
        assertThat(controller.config()).isEqualTo(Fact.known(Map.of("SlurmdTimeout", "0 sec")));
        assertThat(controller.unresolved()).isEqualTo(Fact.unknown("too slow"));
        assertThat(controller.software().slurm()).isEqualTo(Fact.known("24.11.5"));
        assertThat(controller.nodes())
                .isEqualTo(Fact.known(List.of(new SlurmFacts.Listed("vn01", Set.of("IDLE"), true, "24.11.5"))));
        SlurmFacts.Master master = facts.master().value().orElseThrow();
        assertThat(master.clients()).isEqualTo(Fact.known(List.of("runner")));
        assertThat(master.permissions())
                .isEqualTo(Fact.known(Map.of(
                        "file", Map.of("spillway", List.of(new SlurmFacts.Permission("@runner", "spillway.*"))))));
        assertThat(master.api()).isEqualTo(Fact.known(new SlurmFacts.Api("127.0.0.1", false)));
        assertThat(facts.profiles())
                .isEqualTo(Fact.known(Map.of("htc", new SlurmFacts.Profile("small", "cluster", List.of("vn01")))));
        assertThat(facts.nodes())
                .containsEntry("vn02", Fact.unknown("minion vn02 does not answer"))
                .containsEntry(
                        "vn01",
                        Fact.known(new SlurmFacts.OneNode(
                                new SlurmFacts.Software("3008.3", "0.1.0", Fact.known("24.11.5")),
                                Fact.known(Duration.ofMillis(-1250)),
                                Fact.known(true),
                                Fact.unknown("it was not told"),
                                true,
                                List.of("/data"),
                                List.of(new SlurmFacts.Mount("/home", "4.2", true, "none")),
                                Optional.of(true),
                                Optional.of(false))));
        assertThat(facts.left()).containsExactly(Map.entry("vn03", "Slurm says DOWN"));
    }

    @Test
    void factsThatAreNotToldAreUnknown() {
        value("{\"controller\": {\"unknown\": \"ctl is silent\"}, \"master\": {}}");
        SlurmFacts facts = slurm.examine(Set.of());
        assertThat(asked).containsExactly("spillway.doctor {}");
        assertThat(facts.controller()).isEqualTo(Fact.unknown("ctl is silent"));
        assertThat(facts.minions().value()).isEmpty();
        assertThat(facts.nodes()).isEmpty();
        value("{}");
        assertThatThrownBy(() -> slurm.examine(Set.of()))
                .isInstanceOf(FailedException.class)
                .hasMessageContaining("spillway.doctor");
    }

    @Test
    void profilesAreKnownByTheirNames() {
        value("{\"htc\": {\"provider\": \"lab\"}, \"gpu\": {}}");
        assertThat(provisioner.profiles()).containsExactlyInAnyOrder("gpu", "htc");
    }

    @ParameterizedTest
    @CsvSource({
        "bad-input, bad-input", "not-found, not-found", "refused, refused", "unreachable, unreachable",
        "unavailable, unavailable", "no-capacity, no-capacity", "failed, failed", "news-to-us, failed"
    })
    void everyKindOfFailureIsThrownAsItsOwn(String kind, String thrown) {
        answer = "{\"ok\": false, \"error\": {\"kind\": \"%s\", \"message\": \"told\", \"subject\": \"vn01\"}}"
                .formatted(kind);
        assertThatThrownBy(() -> slurm.wake(VN01))
                .hasMessage("told")
                .isInstanceOfSatisfying(SpillwayException.class, failure -> {
                    assertThat(failure.kind()).isEqualTo(thrown);
                    assertThat(failure.subject()).contains("vn01");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "null", "3", "{\"ok\": true}", "{\"ok\": false}", "{\"ok\": \"yes\"}"})
    void anAnswerThatIsNeitherIsAFailure(String answer) {
        this.answer = answer;
        assertThatThrownBy(() -> slurm.wake(VN01))
                .isInstanceOf(FailedException.class)
                .hasMessageContaining("spillway.wake");
    }
}
