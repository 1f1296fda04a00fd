package io.spillway.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillway.failure.SpillwayException;
import io.spillway.http.StubServer;
import io.spillway.model.Host;
import io.spillway.model.NodeName;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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

    @Test
    void aHostIsUpWhenItsServiceIsUpAndEnabled() {
        server.on("GET /compute/v2.1/os-services?binary=nova-compute", 200, """
            {"services": [
              {"id": 1, "binary": "nova-compute", "host": "cn01", "state": "up", "status": "enabled"},
              {"id": 2, "binary": "nova-compute", "host": "cn02", "state": "up", "status": "disabled"},
              {"id": 3, "binary": "nova-compute", "host": "cn03", "state": "down", "status": "enabled"}]}""");
        assertThat(stub.cloud.hosts())
                .containsExactly(new Host("cn01", true), new Host("cn02", false), new Host("cn03", false));
        assertThat(stub.cloud.hostsUp()).containsExactly("cn01");
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
