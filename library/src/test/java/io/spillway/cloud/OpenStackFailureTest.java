package io.spillway.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillway.config.CloudConfig;
import io.spillway.failure.FailedException;
import io.spillway.failure.ForbiddenException;
import io.spillway.failure.NotFoundException;
import io.spillway.failure.SpillwayException;
import io.spillway.failure.UnavailableException;
import io.spillway.http.StubServer;
import io.spillway.model.NodeName;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every failure is typed and one line, and none is taken for success or for an empty answer. */
class OpenStackFailureTest {
    private static final UUID ID = UUID.fromString("00000000-0000-0000-0000-000000000001");
    private static final String ACTION = "POST /compute/v2.1/servers/" + ID + "/action";
    private static final String LIST = "GET /compute/v2.1/servers/detail";

    private final StubCloud stub = new StubCloud();
    private final StubServer server = stub.server;

    @AfterEach
    void close() {
        stub.close();
    }

    private static void fails(ThrowingCallable call, Class<? extends Throwable> type, String... words) {
        assertThatThrownBy(call)
                .isInstanceOf(type)
                .message()
                .contains(words)
                .doesNotContain("\n", "<html", "Exception");
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 501, 502, 503, 504})
    void fiveHundredsOnAnActionAreFailures(int status) {
        server.on(ACTION, status, "<html><body><h1>" + status + "</h1></body></html>");
        fails(() -> stub.cloud.suspend(ID), UnavailableException.class, "Nova", "/compute/v2.1", "HTTP " + status);
    }

    @ParameterizedTest
    @ValueSource(ints = {410, 411, 418, 451})
    void otherRefusalsOfAnActionAreFailuresToo(int status) {
        server.on(ACTION, status, "");
        fails(() -> stub.cloud.pause(ID), FailedException.class, "HTTP " + status);
    }

    @ParameterizedTest
    @CsvSource({
        "409, conflictingRequest, Cannot 'suspend' instance while it is in vm_state suspended, refused",
        "403, forbidden, Policy doesn't allow os_compute_api:os-suspend-server:suspend, forbidden",
        "403, forbidden, Quota exceeded for cores, no-capacity",
        "404, itemNotFound, Instance could not be found., not-found",
        "400, badRequest, No valid host was found. There are not enough hosts available., no-capacity",
        "500, computeFault, No valid host was found., no-capacity",
        "400, badRequest, Compute host cn99 could not be found., not-found",
        "400, badRequest, Compute service of cn02 is unavailable at this time., unavailable",
        "400, badRequest, Migration pre-check error: CPU doesn't have compatibility., refused",
        "400, badRequest, Invalid input for field/attribute spillway:goal., bad-input",
        "429, overLimit, Too many requests, unavailable",
    })
    void novasOwnWordsAreTold(int status, String element, String message, String kind) {
        server.on(ACTION, status, "{\"%s\": {\"code\": %d, \"message\": \"%s\"}}".formatted(element, status, message));
        assertThatThrownBy(() -> stub.cloud.liveMigrate(ID, "cn02"))
                .hasMessageContaining("Nova")
                .hasMessageContaining(message)
                .isInstanceOfSatisfying(
                        SpillwayException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(kind));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[]", "null", "{\"servers\": null}", "{\"servers\": [{}]}", "{\"serv", "<html/>"})
    void anAnswerWithoutSenseIsNoEmptyList(String body) {
        server.on(LIST, 200, body);
        fails(stub.cloud::servers, UnavailableException.class, "is no Nova");
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 500, 503})
    void aFailedListIsNoEmptyList(int status) {
        server.on(LIST, status, "<html/>");
        server.on("GET /network/v2.0/ports", status, "<html/>");
        server.on("GET /compute/v2.1/os-services", status, "<html/>");
        fails(stub.cloud::servers, UnavailableException.class, "Nova");
        fails(() -> stub.cloud.hasPort(NodeName.of("vn01")), UnavailableException.class, "Neutron");
        fails(stub.cloud::hosts, UnavailableException.class, "Nova");
    }

    @Test
    void anEmptyObjectSaysNothingAboutPorts() {
        server.on("GET /network/v2.0/ports", 200, "{}");
        fails(() -> stub.cloud.hasPort(NodeName.of("vn01")), UnavailableException.class, "is no Neutron");
    }

    @Test
    void aServerThatIsGoneIsToldWhenItsMetadataGo() {
        String gone = "{\"itemNotFound\": {\"code\": 404, \"message\": \"Instance could not be found.\"}}";
        server.on("DELETE /compute/v2.1/servers/" + ID + "/metadata/a", 404, gone);
        server.on("GET /compute/v2.1/servers/" + ID + "/metadata", 404, gone);
        fails(() -> stub.cloud.removeMetadata(ID, List.of("a")), NotFoundException.class, "could not be found");
    }

    @Test
    void aTokenThatTheCloudNoLongerTakesIsRenewedOnce() {
        server.on(LIST, (exchange, body) -> {
            boolean old = "token-1".equals(exchange.getRequestHeaders().getFirst("X-Auth-Token"));
            StubServer.send(exchange, old ? 401 : 200, old ? "" : "{\"servers\": []}");
        });
        server.on(ACTION, (exchange, body) -> {
            boolean old = "token-2".equals(exchange.getRequestHeaders().getFirst("X-Auth-Token"));
            StubServer.send(exchange, old ? 401 : 202, "");
        });
        assertThat(stub.cloud.servers()).isEmpty();
        stub.cloud.suspend(ID);
        assertThat(stub.logins).hasValue(3);
    }

    @Test
    void aCloudThatTakesNoTokenAtAllForbids() {
        server.on(LIST, 401, "{\"error\": {\"message\": \"nope\"}}");
        fails(stub.cloud::servers, ForbiddenException.class, "Keystone", "forbidden, expired or wrong password");
        assertThat(stub.logins).hasValue(2);
    }

    @Test
    void aTokenIsRenewedBeforeItExpires() {
        server.on("POST /v3/auth/tokens", (exchange, body) -> {
            exchange.getResponseHeaders().add("X-Subject-Token", "token-" + stub.logins.incrementAndGet());
            StubServer.send(exchange, 201, stub.token("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"));
        });
        server.on(LIST, 200, "{\"servers\": []}");
        stub.cloud.servers();
        stub.cloud.servers();
        assertThat(stub.logins).hasValue(2);
    }

    @Test
    void aWrongPasswordIsForbiddenAndNeverShown() {
        try (OpenStackCloud cloud = new OpenStackCloud(stub.config("wr0ng"))) {
            fails(
                    cloud::servers,
                    ForbiddenException.class,
                    "Keystone",
                    server.url().toString(),
                    "forbidden, expired or wrong password");
            assertThatThrownBy(cloud::servers).message().doesNotContain("wr0ng");
        }
    }

    @Test
    void aKeystoneThatIsDownIsNamedWithItsUrl() {
        CloudConfig nowhere = new CloudConfig(
                URI.create("http://127.0.0.1:1/v3"), Map.of(), Optional.empty(), Optional.empty(), Optional.empty());
        try (OpenStackCloud cloud = new OpenStackCloud(nowhere)) {
            fails(
                    cloud::servers,
                    UnavailableException.class,
                    "Keystone does not answer at http://127.0.0.1:1/v3: connection refused");
        }
    }

    @Test
    void aNovaThatIsDownIsNamedWithItsUrl() {
        server.on("POST /v3/auth/tokens", (exchange, body) -> {
            exchange.getResponseHeaders().add("X-Subject-Token", "token");
            String token = stub.token("2026-01-01T00:00:00Z", "2026-01-01T12:00:00Z");
            StubServer.send(exchange, 201, token.replace(server.url() + "/compute", "http://127.0.0.1:1"));
        });
        fails(() -> stub.cloud.suspend(ID), UnavailableException.class, "Nova does not answer at http://127.0.0.1:1");
    }

    @Test
    void aRegionThatIsNotThereIsTold() {
        server.on("POST /v3/auth/tokens", (exchange, body) -> {
            exchange.getResponseHeaders().add("X-Subject-Token", "token");
            String token = stub.token("2026-01-01T00:00:00Z", "2026-01-01T12:00:00Z");
            StubServer.send(exchange, 201, token.replace("RegionOne", "Elsewhere"));
        });
        fails(stub.cloud::servers, FailedException.class, "no public endpoint of Nova in region RegionOne");
    }
}
