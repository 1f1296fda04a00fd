package io.spillway.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillway.cloud.CloudFacts.Account;
import io.spillway.cloud.CloudFacts.ComputeService;
import io.spillway.cloud.CloudFacts.Inventory;
import io.spillway.cloud.CloudFacts.Limit;
import io.spillway.cloud.CloudFacts.Quota;
import io.spillway.failure.SpillwayException;
import io.spillway.failure.UnavailableException;
import io.spillway.http.StubServer;
import io.spillway.model.Fact;
import io.spillway.model.Size;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is found out about a cloud, and that nothing else is done to it. */
class ExaminerTest {
    private static final String NOVA = "/compute/v2.1";
    private static final String ID = "00000000-0000-0000-0000-000000000001";
    private static final String ACTION = "POST " + NOVA + "/servers/" + ID + "/action";
    private static final String FORBIDDEN =
            "{\"forbidden\": {\"code\": 403, \"message\": \"Policy doesn't allow it to be performed.\"}}";

    private final StubCloud stub = new StubCloud();
    private final StubServer server = stub.server;

    private static final String NO_SERVICE = "PUT " + NOVA + "/os-services/" + Examiner.NO_SERVICE;

    @BeforeEach
    void aSiteOfOneServer() {
        server.on(NO_SERVICE, 404, "{\"itemNotFound\": {\"message\": \"Service 0 could not be found.\"}}");
        get(NOVA + "/", "{\"version\": {\"id\": \"v2.1\", \"version\": \"2.93\", \"min_version\": \"2.1\"}}");
        servers("""
            {"id": "%s", "status": "ACTIVE", "metadata": {"spillway:node": "vn01"},
             "OS-EXT-SRV-ATTR:host": "cn01", "host_status": "UP"}""".formatted(ID));
        get(NOVA + "/servers/" + ID + "/migrations", "{\"migrations\": []}");
        get(NOVA + "/servers/" + ID + "/os-instance-actions", """
            {"instanceActions": [{"action": "create", "user_id": "u1"}, {"action": "suspend", "user_id": "u1"}]}""");
        get(NOVA + "/os-migrations", "{\"migrations\": []}");
        get(NOVA + "/os-hypervisors/detail", "{\"hypervisors\": []}");
        get(NOVA + "/os-services", """
            {"services": [{"host": "cn01", "state": "up", "status": "enabled"},
                          {"host": "cn02", "state": "down", "status": "disabled"}]}""");
        get(NOVA + "/limits", """
            {"limits": {"absolute": {"maxTotalInstances": 10, "totalInstancesUsed": 2, "maxTotalCores": -1,
              "totalCoresUsed": 4, "maxTotalRAMSize": 8192, "totalRAMUsed": 4096}}}""");
        get(
                NOVA + "/flavors/detail",
                "{\"flavors\": [{\"id\": \"7\", \"name\": \"small\", \"vcpus\": 2, \"ram\": 700}]}");
        get("/network/v2.0/networks", """
            {"networks": [{"id": "n1", "name": "cluster", "project_id": "p1"},
                          {"id": "n2", "name": "outside", "project_id": "p2"}]}""");
        get("/placement/resource_providers", "{\"resource_providers\": [{\"uuid\": \"r1\", \"name\": \"cn01\"}]}");
        get("/placement/resource_providers/r1/inventories", """
            {"inventories": {"VCPU": {"allocation_ratio": 4.0}, "MEMORY_MB": {"allocation_ratio": 1.5}}}""");
        moving(400, "badRequest", "Compute host spillway-doctor.invalid could not be found.");
    }

    @AfterEach
    void close() {
        stub.close();
    }

    private void get(String path, String body) {
        server.on("GET " + path, 200, body);
    }

    private void servers(String one) {
        get(NOVA + "/servers/detail", "{\"servers\": [" + one + "]}");
    }

    private void moving(int status, String element, String message) {
        server.on(ACTION, status, "{\"%s\": {\"code\": %d, \"message\": \"%s\"}}".formatted(element, status, message));
    }

    private Fact<Boolean> may(Right right) {
        return stub.cloud.examine().rights().getOrDefault(right, Fact.unknown("not asked"));
    }

    @Test
    void allIsFoundOut() {
        CloudFacts facts = stub.cloud.examine();
        assertThat(facts.account())
                .isEqualTo(Fact.known(new Account("u1", "p1", Set.of("member", "spillway_operator"))));
        assertThat(facts.newest()).isEqualTo(Fact.known("2.93"));
        assertThat(facts.rights())
                .hasSize(Right.values().length)
                .allSatisfy((right, may) -> assertThat(may).as(right.name()).isEqualTo(Fact.known(true)));
        assertThat(facts.services())
                .isEqualTo(Fact.known(
                        List.of(new ComputeService("cn01", true, true), new ComputeService("cn02", false, false))));
        assertThat(facts.quota())
                .isEqualTo(Fact.known(new Quota(new Limit(10, 2), new Limit(-1, 4), new Limit(8192, 4096))));
        assertThat(facts.flavors()).isEqualTo(Fact.known(Map.of("7", new Size(2, 700), "small", new Size(2, 700))));
        assertThat(facts.networks())
                .isEqualTo(Fact.known(Map.of("n1", true, "cluster", true, "n2", false, "outside", false)));
        assertThat(facts.inventories()).isEqualTo(Fact.known(List.of(new Inventory("cn01", 4, 1.5))));
    }

    @Test
    void nothingIsAskedForButAMoveToAHostThatCannotBe() {
        stub.cloud.examine();
        assertThat(server.lines())
                .filteredOn(line -> !line.startsWith("GET "))
                .containsExactly("POST /v3/auth/tokens", ACTION, NO_SERVICE);
        assertThat(server.asked(ACTION).get(0).body())
                .contains("\"host\":\"spillway-doctor.invalid\"")
                .doesNotContain("force");
    }

    @ParameterizedTest
    @CsvSource({
        "409, conflictingRequest, Cannot 'os-migrateLive' instance while it is in vm_state suspended, true",
        "403, forbidden, Policy doesn't allow os_compute_api:os-migrate-server:migrate_live, false",
        "404, itemNotFound, Instance could not be found., ",
        "500, computeFault, Unexpected API Error., ",
        "202, accepted, it really moves, "
    })
    void theAnswerToThatMoveTellsTheRight(int status, String element, String message, Boolean may) {
        moving(status, element, message);
        assertThat(may(Right.LIVE_MIGRATE).value().orElse(null)).isEqualTo(may);
    }

    @Test
    void aServerThatDoesNotRunIsAskedForFirst() {
        String other = "00000000-0000-0000-0000-000000000002";
        servers("""
            {"id": "%s", "status": "ACTIVE", "metadata": {"spillway:node": "vn01"}},
            {"id": "%s", "status": "SUSPENDED", "metadata": {"spillway:node": "vn02"}}""".formatted(ID, other));
        stub.cloud.examine();
        assertThat(server.asked(ACTION)).isEmpty();
        assertThat(server.lines()).contains("POST " + NOVA + "/servers/" + other + "/action");
    }

    @Test
    void othersServersAreLeftAlone() {
        servers("{\"id\": \"%s\", \"status\": \"ACTIVE\", \"metadata\": {}}".formatted(ID));
        assertThat(may(Right.LIVE_MIGRATE).why()).contains("no server of ours");
        assertThat(server.asked(ACTION)).isEmpty();
        assertThat(may(Right.SHOW_HOST)).isEqualTo(Fact.known(false));
        assertThat(may(Right.SHOW_HOST_STATUS)).isEqualTo(Fact.known(false));
    }

    @Test
    void withoutServersTheirRightsAreUnknown() {
        servers("");
        for (Right right :
                List.of(Right.SHOW_HOST, Right.SHOW_HOST_STATUS, Right.LIST_SERVER_MIGRATIONS, Right.LIVE_MIGRATE)) {
            assertThat(may(right).value()).as(right.name()).isEmpty();
        }
    }

    @Test
    void aSuspendBySomebodyElseProvesNothing() {
        get(NOVA + "/servers/" + ID + "/os-instance-actions", """
            {"instanceActions": [{"action": "suspend", "user_id": "u2"}]}""");
        assertThat(may(Right.SUSPEND).value()).isEmpty();
    }

    @Test
    void whatIsForbiddenIsNoFailure() {
        server.on("GET " + NOVA + "/os-services", 403, FORBIDDEN);
        server.on("GET " + NOVA + "/os-migrations", 403, FORBIDDEN);
        server.on("GET " + NOVA + "/os-hypervisors/detail", 503, "");
        server.on(
                "GET /placement/resource_providers",
                403,
                "{\"errors\": [{\"status\": 403, \"detail\": \"Access was denied\"}]}");
        CloudFacts facts = stub.cloud.examine();
        assertThat(facts.rights())
                .containsEntry(Right.LIST_SERVICES, Fact.known(false))
                .containsEntry(Right.LIST_MIGRATIONS, Fact.known(false));
        assertThat(facts.rights()
                        .getOrDefault(Right.LIST_HYPERVISORS, Fact.known(false))
                        .value())
                .isEmpty();
        assertThat(facts.services().why()).contains("Policy doesn't allow");
        assertThat(facts.inventories().why()).contains("Access was denied");
        assertThat(facts.newest()).isEqualTo(Fact.known("2.93"));
    }

    @Test
    void aNovaThatIsTooOldIsAskedNothingMore() {
        get(NOVA + "/", "{\"version\": {\"version\": \"2.65\"}}");
        CloudFacts facts = stub.cloud.examine();
        assertThat(facts.newest()).isEqualTo(Fact.known("2.65"));
        assertThat(facts.rights().values())
                .allSatisfy(may -> assertThat(may.value()).isEmpty());
        assertThat(server.asked(ACTION)).isEmpty();
    }

    @Test
    void aNovaThatDoesNotAnswerIsAFailure() {
        server.on("GET " + NOVA + "/", 503, "<html/>");
        assertThatThrownBy(stub.cloud::examine)
                .isInstanceOf(UnavailableException.class)
                .isInstanceOf(SpillwayException.class);
    }
}
