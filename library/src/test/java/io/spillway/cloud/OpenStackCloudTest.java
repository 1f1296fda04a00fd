package io.spillway.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillway.failure.BadInputException;
import io.spillway.failure.NotFoundException;
import io.spillway.failure.RefusedException;
import io.spillway.failure.SpillwayException;
import io.spillway.failure.UnavailableException;
import io.spillway.http.StubServer;
import io.spillway.model.Host;
import io.spillway.model.NodeName;
import io.spillway.model.Size;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is asked of OpenStack, and what its answers mean. */
class OpenStackCloudTest {
    private static final UUID ID = UUID.fromString("00000000-0000-0000-0000-000000000001");
    private static final String NOVA = "/compute/v2.1";

    private final StubCloud stub = new StubCloud();
    private final StubServer server = stub.server;

    @AfterEach
    void close() {
        stub.close();
    }

    private static String server(int number, String more) {
        return """
            {"id": "00000000-0000-0000-0000-%012d", "name": "vn0%d", "status": "ACTIVE",
             "OS-EXT-STS:task_state": null, "metadata": {}, "addresses": {}%s}""".formatted(number, number, more);
    }

    @Test
    void aServerIsReadWithAllThatDecides() {
        server.on("GET /compute/v2.1/servers/detail", 200, """
            {"servers": [{"id": "%s", "name": "vn01", "status": "ERROR", "OS-EXT-STS:task_state": "suspending",
              "OS-EXT-SRV-ATTR:host": "cn01", "metadata": {"spillway:goal": "HELD"},
              "addresses": {"cluster": [
                {"addr": "192.0.2.7", "version": 4, "OS-EXT-IPS:type": "floating"},
                {"addr": "10.78.0.101", "version": 4, "OS-EXT-IPS:type": "fixed"}]},
              "fault": {"code": 500, "message": "No disk", "created": "2026-01-01T00:00:00Z"}}]}""".formatted(ID));

        assertThat(stub.cloud.servers())
                .containsExactly(new Server(
                        ID,
                        "vn01",
                        ServerStatus.ERROR,
                        Optional.of("suspending"),
                        Optional.of("cn01"),
                        Optional.of("10.78.0.101"),
                        Map.of("spillway:goal", "HELD"),
                        Optional.of("No disk")));
        assertThat(server.asked("GET /compute/v2.1/servers/detail").get(0).header("X-auth-token"))
                .isEqualTo("token-1");
    }

    @Test
    void allPagesAreRead() {
        server.on("GET /compute/v2.1/servers/detail", 200, "{\"servers\": [" + server(1, "") + """
            ], "servers_links": [{"rel": "next", "href": "http://inside.invalid/v2.1/servers/detail?marker=1"}]}""");
        server.on("GET /compute/v2.1/servers/detail?marker=1", 200, "{\"servers\": [" + server(2, "") + "]}");
        assertThat(stub.cloud.servers()).extracting(Server::name).containsExactly("vn01", "vn02");
    }

    @Test
    void pagesThatGoRoundEndInAFailure() {
        server.on("GET /compute/v2.1/servers/detail", 200, "{\"servers\": [" + server(1, "") + """
            ], "servers_links": [{"rel": "next", "href": "http://inside.invalid/v2.1/servers/detail?marker=1"}]}""");
        assertThatThrownBy(stub.cloud::servers).hasMessageContaining("no end");
    }

    @Test
    void actionsAreAskedForByTheUuidAlone() {
        server.on("POST /compute/v2.1/servers/" + ID + "/action", 202, "");
        stub.cloud.suspend(ID);
        stub.cloud.resume(ID);
        stub.cloud.pause(ID);
        stub.cloud.unpause(ID);
        stub.cloud.start(ID);
        assertThat(server.asked("POST /compute/v2.1/servers/" + ID + "/action"))
                .extracting(asked -> asked.body().replaceAll("[\\s{}:\"]|null", ""))
                .containsExactly("suspend", "resume", "pause", "unpause", "os-start");
    }

    @Test
    void aLiveMigrationToANamedHostIsCheckedByTheScheduler() {
        server.on("POST /compute/v2.1/servers/" + ID + "/action", 202, "");
        stub.cloud.liveMigrate(ID, "cn02");
        StubServer.Asked asked =
                server.asked("POST /compute/v2.1/servers/" + ID + "/action").get(0);
        assertThat(asked.header("Openstack-api-version")).isEqualTo("compute 2.30");
        assertThat(asked.body())
                .contains("os-migrateLive", "\"host\":\"cn02\"", "\"block_migration\":\"auto\"")
                .doesNotContain("force", "disk_over_commit");
    }

    @Test
    void theNewestMigrationIsTheOneWithTheHighestNumber() {
        server.on("GET /compute/v2.1/os-migrations?instance_uuid=" + ID, 200, """
            {"migrations": [{"id": 6, "status": "error", "dest_compute": null},
                            {"id": 9, "status": "running", "dest_compute": "cn01"},
                            {"id": 7, "status": "completed", "dest_compute": "cn02"}]}""");
        assertThat(stub.cloud.newestMigration(ID)).contains(new Migration(9, "running", "cn01"));
    }

    /** Nova's record, the newest first: the action, who asked for it, and {@code !} if it failed. */
    @ParameterizedTest
    @CsvSource({
        "DIED, stop:nova create:me",
        "DIED, stop:nova resume:me suspend:me create:me",
        "DIED, lock:admin stop:nova live-migration:me create:me",
        "DIED, stop:nova stop:nova pause:admin create:me",
        "DIED, stop:nova suspend:me! create:me",
        "DIED, start:me! stop:nova create:me",
        "STOPPED, stop:admin create:me",
        "STOPPED, stop:nova stop:admin create:me",
        "STOPPED, start:admin! stop:admin create:me",
        "UNTOLD, stop:nova suspend:me create:me",
        "UNTOLD, stop:nova resetState:admin suspend:me create:me",
        "UNTOLD, stop:nova live-migration:me! create:me",
        "UNTOLD, stop:nova resetState:admin live-migration:me create:me",
        "UNTOLD, rebuild:admin stop:nova create:me",
        "UNTOLD, create:me",
        "UNTOLD, ''"
    })
    void theRecordTellsADeathFromAStop(Ending ending, String record) {
        String actions = Arrays.stream(record.split(" ", -1))
                .filter(word -> !word.isEmpty())
                .map(OpenStackCloudTest::action)
                .collect(Collectors.joining(", "));
        String path = NOVA + "/servers/" + ID + "/os-instance-actions?limit=50";
        server.on("GET " + path, 200, "{\"instanceActions\": [" + actions + "]}");
        assertThat(stub.cloud.ending(ID)).isEqualTo(ending);
        assertThat(server.asked("GET " + path).get(0).header("Openstack-api-version"))
                .isEqualTo("compute 2.58");
    }

    private static String action(String word) {
        String[] parts = word.replace("!", "").split(":", -1);
        return "{\"action\": \"%s\", \"user_id\": %s, \"message\": %s}"
                .formatted(
                        parts[0],
                        parts[1].equals("nova") ? "null" : "\"" + parts[1] + "\"",
                        word.endsWith("!") ? "\"Error\"" : "null");
    }

    @Test
    void aRecordThatMakesNoSenseIsNoDeath() {
        server.on("GET " + NOVA + "/servers/" + ID + "/os-instance-actions?limit=50", 200, "{}");
        assertThatThrownBy(() -> stub.cloud.ending(ID)).isInstanceOf(SpillwayException.class);
    }

    @Test
    void theServersThatAreOffCostOneQuestion() {
        server.on("GET " + NOVA + "/servers?status=SHUTOFF", 200, "{\"servers\": [{\"id\": \"" + ID + "\"}]}");
        assertThat(stub.cloud.stopped()).containsExactly(ID);
    }

    @ParameterizedTest
    @CsvSource({
        "SHUTOFF, null, 4, GONE",
        "SHUTOFF, null, 0, GONE",
        "SHUTOFF, null, 1, THERE",
        "SHUTOFF, '\"powering-on\"', 4, THERE",
        "ACTIVE, null, 4, GONE",
        "ACTIVE, '\"suspending\"', 4, THERE",
        "SUSPENDED, null, 4, THERE",
        "SUSPENDED, '\"resuming\"', 4, THERE"
    })
    void aMachineThatIsOffIsGoneUnlessItsMemoryIsOnDisk(String status, String task, int power, Presence presence) {
        server.on("GET /compute/v2.1/servers/detail", 200, """
            {"servers": [{"id": "%s", "name": "vn01", "status": "%s", "OS-EXT-STS:task_state": %s,
              "OS-EXT-STS:power_state": %d, "metadata": {}, "addresses": {}}]}""".formatted(ID, status, task, power));
        assertThat(stub.cloud.servers()).extracting(Server::presence).containsExactly(presence);
    }

    @Test
    void metadataAreAddedToThoseThatStand() {
        server.on("POST /compute/v2.1/servers/" + ID + "/metadata", 200, "{\"metadata\": {}}");
        stub.cloud.setMetadata(ID, Map.of("spillway:goal", "READY"));
        assertThat(server.lines()).contains("POST /compute/v2.1/servers/" + ID + "/metadata");
        assertThat(server.asked("POST /compute/v2.1/servers/" + ID + "/metadata")
                        .get(0)
                        .body())
                .isEqualTo("{\"metadata\":{\"spillway:goal\":\"READY\"}}");
    }

    /** Nova lets the later one of two that overlap bring back what the other has changed. */
    @Test
    void twoWritersOfAServersMetadataGoOneAfterTheOther() throws InterruptedException {
        var other = new Thread(() -> stub.cloud.setMetadata(ID, Map.of("spillway:leader", "me")));
        var began = new AtomicInteger();
        var overlapped = new AtomicBoolean();
        server.on("POST " + NOVA + "/servers/" + ID + "/metadata", (exchange, body) -> {
            if (began.incrementAndGet() == 1) {
                other.start();
                while (began.get() == 1 && other.getState() != Thread.State.BLOCKED) {
                    Thread.onSpinWait();
                }
                overlapped.set(began.get() > 1);
            }
            StubServer.send(exchange, 200, "{\"metadata\": {}}");
        });
        stub.cloud.setMetadata(ID, Map.of("spillway:goal", "READY"));
        other.join();
        assertThat(began).hasValue(2);
        assertThat(overlapped).isFalse();
    }

    @Test
    void aKeyThatIsNotThereIsNoneToRemove() {
        String metadata = NOVA + "/servers/" + ID + "/metadata";
        server.on("DELETE " + metadata + "/spillway:goal", 204, "");
        server.on("DELETE " + metadata + "/gone", 404, "{\"itemNotFound\": {\"message\": \"no such item\"}}");
        server.on("GET " + metadata, 200, "{\"metadata\": {\"other\": \"1\"}}");
        stub.cloud.removeMetadata(ID, List.of("gone", "spillway:goal"));
        assertThat(server.lines())
                .containsSubsequence("DELETE " + metadata + "/gone", "DELETE " + metadata + "/spillway:goal");
    }

    @Test
    void portsAreAskedForByName() {
        server.on("GET /network/v2.0/ports?name=vn01", 200, "{\"ports\": [{\"id\": \"1\", \"name\": \"vn01\"}]}");
        server.on("GET /network/v2.0/ports?name=vn02", 200, "{\"ports\": []}");
        assertThat(stub.cloud.hasPort(NodeName.of("vn01"))).isTrue();
        assertThat(stub.cloud.hasPort(NodeName.of("vn02"))).isFalse();
    }

    private void hosts() {
        server.on("GET /compute/v2.1/os-services?binary=nova-compute", 200, """
            {"services": [
              {"id": "s1", "host": "cn01", "state": "up", "status": "enabled", "disabled_reason": null},
              {"id": "s2", "host": "cn02", "state": "up", "status": "disabled", "disabled_reason": "fans"},
              {"id": "s3", "host": "cn03", "state": "down", "status": "enabled", "disabled_reason": null},
              {"id": "s4", "host": "cn04", "state": "up", "status": "disabled",
               "disabled_reason": "spillway: maintenance"},
              {"id": "s5", "host": "cn05", "state": "up", "status": "disabled", "disabled_reason": null}]}""");
    }

    @Test
    void aHostIsUpWhenItsServiceIsUpAndEnabled() {
        hosts();
        server.on("GET /compute/v2.1/os-hypervisors/detail", 200, """
            {"hypervisors": [{"service": {"host": "cn01"}, "vcpus": 16, "memory_mb": 64000}], "hypervisors_links": [
              {"rel": "next", "href": "http://inside.invalid/v2.1/os-hypervisors/detail?marker=1"}]}""");
        server.on("GET /compute/v2.1/os-hypervisors/detail?marker=1", 200, """
            {"hypervisors": [{"service": {"host": "cn02"}, "vcpus": 8, "memory_mb": 32000},
                             {"service": {"host": "cn03"}}]}""");
        assertThat(stub.cloud.hosts())
                .containsExactly(
                        new Host("cn01", true, Optional.of(new Size(16, 64000))),
                        new Host("cn02", false, Optional.of(new Size(8, 32000)), Optional.of("fans"), Optional.empty()),
                        new Host("cn03", false),
                        new Host(
                                "cn04",
                                false,
                                Optional.empty(),
                                Optional.of("spillway: maintenance"),
                                Optional.empty()),
                        new Host("cn05", false, Optional.empty(), Optional.of(""), Optional.empty()));
        assertThat(stub.cloud.hostsUp()).containsExactly("cn01");
        // from 2.88 on Nova leaves the sizes to Placement, before 2.53 services have no UUID
        assertThat(server.asked("GET /compute/v2.1/os-hypervisors/detail")
                        .get(0)
                        .header("Openstack-api-version"))
                .isEqualTo("compute 2.53");
    }

    @Test
    void withoutTheRightToSeeTheHostsSizesTheyAreUnknown() {
        hosts();
        server.on(
                "GET /compute/v2.1/os-hypervisors/detail",
                403,
                "{\"forbidden\": {\"code\": 403, \"message\": \"Policy doesn't allow it to be performed.\"}}");
        assertThat(stub.cloud.hosts()).hasSize(5).allMatch(host -> host.size().isEmpty());
    }

    @Test
    void sizesThatNovaCannotTellNowAreAFailure() {
        hosts();
        server.on("GET /compute/v2.1/os-hypervisors/detail", 503, "<html/>");
        assertThatThrownBy(stub.cloud::hosts).isInstanceOf(UnavailableException.class);
    }

    @Test
    void aHostIsDisabledWithOurReasonAndEnabledByNobodyElse() {
        hosts();
        server.on("PUT /compute/v2.1/os-services/s1", 200, "{\"service\": {}}");
        server.on("PUT /compute/v2.1/os-services/s4", 200, "{\"service\": {}}");
        stub.cloud.disable("cn01", "spillway: maintenance");
        stub.cloud.disable("cn04", "spillway: maintenance");
        stub.cloud.disable("cn04", "spillway: eviction by 2027-01-01T12:00:00Z");
        stub.cloud.enable("cn04");
        stub.cloud.enable("cn01");
        assertThat(server.asked("PUT /compute/v2.1/os-services/s1"))
                .extracting(asked -> asked.header("Openstack-api-version") + " " + sorted(asked.body()))
                .containsExactly("compute 2.53 {disabled_reason:spillway: maintenance, status:disabled}");
        assertThat(server.asked("PUT /compute/v2.1/os-services/s4"))
                .extracting(asked -> sorted(asked.body()))
                .containsExactly(
                        "{disabled_reason:spillway: eviction by 2027-01-01T12:00:00Z, status:disabled}",
                        "{status:enabled}");
    }

    /** An object's entries in their order, without quotes. */
    private static String sorted(String json) {
        String bare = json.replaceAll("[{}\"]", "");
        return Arrays.stream(bare.split(",", -1)).sorted().collect(Collectors.joining(", ", "{", "}"));
    }

    @ParameterizedTest
    @CsvSource({"cn02, fans", "cn05, no reason given"})
    void whatSomebodyElseHasDisabledStaysSo(String host, String reason) {
        hosts();
        for (Runnable act : List.<Runnable>of(
                () -> stub.cloud.disable(host, "spillway: maintenance"), () -> stub.cloud.enable(host))) {
            assertThatThrownBy(act::run)
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("by somebody else (" + reason + ")");
        }
        assertThat(server.lines()).noneMatch(line -> line.startsWith("PUT"));
    }

    @Test
    void aHostThatIsNotThereOrAReasonThatIsNotOursIsRefused() {
        hosts();
        assertThatThrownBy(() -> stub.cloud.disable("cn09", "spillway: maintenance"))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("cn09");
        assertThatThrownBy(() -> stub.cloud.disable("cn01", "fans")).isInstanceOf(BadInputException.class);
    }

    @Test
    void manyThreadsShareOneLogin() throws Exception {
        server.on("GET /compute/v2.1/servers/detail", 200, "{\"servers\": [" + server(1, "") + "]}");
        server.on("POST /compute/v2.1/servers/" + ID + "/action", 202, "");
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            Callable<Integer> work = () -> {
                stub.cloud.suspend(ID);
                return stub.cloud.servers().size();
            };
            for (Future<Integer> future : threads.invokeAll(java.util.Collections.nCopies(64, work))) {
                assertThat(future.get()).isOne();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(stub.logins).hasValue(1);
    }
}
