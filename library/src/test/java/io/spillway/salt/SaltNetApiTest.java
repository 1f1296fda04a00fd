package io.spillway.salt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.spillway.config.SaltConfig;
import io.spillway.failure.FailedException;
import io.spillway.failure.ForbiddenException;
import io.spillway.failure.UnreachableException;
import io.spillway.http.StubServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The calls that salt-api gets, and every way in which it fails. */
class SaltNetApiTest {
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private final Path folder;
    private final StubServer server = new StubServer();
    private final AtomicInteger logins = new AtomicInteger();
    private double life = 43200;
    private SaltApi salt;

    SaltNetApiTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        server.on("POST /login", (exchange, body) -> {
            boolean right = body.contains("password=r%26ght") && body.contains("eauth=file");
            StubServer.send(
                    exchange,
                    right ? 200 : 401,
                    right
                            ? "{\"return\": [{\"token\": \"t%d\", \"start\": 1000.5, \"expire\": %s}]}"
                                    .formatted(logins.incrementAndGet(), 1000.5 + life)
                            : "<html><body>Could not authenticate</body></html>");
        });
        this.salt = new SaltNetApi(config(server.url(), "r&ght\n"));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private SaltConfig config(URI url, String password) throws IOException {
        Path file = Files.writeString(folder.resolve("password"), password);
        return new SaltConfig(url, "spillway", file, Optional.empty(), "file");
    }

    private JsonNode probe() {
        return salt.run("spillway.probe", Map.of("node", "vn01", "timeout", 5), DEADLINE);
    }

    private static void fails(ThrowingCallable call, Class<? extends Throwable> type, String... words) {
        assertThatThrownBy(call)
                .isInstanceOf(type)
                .message()
                .contains(words)
                .doesNotContain("\n", "<html", "Traceback");
    }

    @Test
    void theCallIsARunnersAndItsNumbersStayExact() {
        server.on("POST /", 200, "{\"return\": [{\"ok\": true, \"value\": {\"n\": 12345678901234567, \"t\": 1.5}}]}");
        JsonNode answer = probe();
        assertThat(answer.at("/value/n").isIntegralNumber()).isTrue();
        assertThat(answer.at("/value/n").longValue()).isEqualTo(12345678901234567L);
        assertThat(answer.at("/value/t").doubleValue()).isEqualTo(1.5);

        StubServer.Asked asked = server.asked("POST /").get(0);
        assertThat(asked.header("X-auth-token")).isEqualTo("t1");
        assertThat(asked.body())
                .contains("\"client\":\"runner\"", "\"fun\":\"spillway.probe\"", "\"node\":\"vn01\"")
                // the runner's own timeout inside kwarg, salt-api's beside it
                .containsPattern("\"kwarg\":\\{[^}]*\"timeout\":5")
                .contains("\"timeout\":5");
    }

    @Test
    void aTokenThatExpiredIsRenewedOnce() {
        server.on("POST /", (exchange, body) -> {
            boolean old = "t1".equals(exchange.getRequestHeaders().getFirst("X-Auth-Token"));
            StubServer.send(exchange, old ? 401 : 200, old ? "<html/>" : "{\"return\": [{\"ok\": true}]}");
        });
        assertThat(probe().path("ok").asBoolean()).isTrue();
        assertThat(logins).hasValue(2);
    }

    @Test
    void aTokenIsRenewedBeforeItExpires() {
        life = 0;
        server.on("POST /", 200, "{\"return\": [{\"ok\": true}]}");
        probe();
        probe();
        assertThat(logins).hasValue(2);
    }

    @Test
    void whatIsRefusedAfterANewLoginIsForbidden() {
        server.on("POST /", 401, "<html/>");
        fails(
                this::probe,
                ForbiddenException.class,
                "salt-api",
                server.url().toString(),
                "user spillway",
                "forbidden, expired or wrong password");
        assertThat(logins).hasValue(2);
    }

    @Test
    void aWrongPasswordIsForbiddenAndNeverShown() throws IOException {
        salt = new SaltNetApi(config(server.url(), "wr0ng"));
        fails(this::probe, ForbiddenException.class, "salt-api", server.url().toString(), "wrong password");
        assertThatThrownBy(this::probe).message().doesNotContain("wr0ng");
    }

    @Test
    void aSaltApiThatIsDownIsNamedWithItsUrl() throws IOException {
        salt = new SaltNetApi(config(URI.create("http://127.0.0.1:1"), "x"));
        fails(
                this::probe,
                UnreachableException.class,
                "salt-api does not answer at http://127.0.0.1:1: connection refused");
    }

    @Test
    void anAnswerThatDoesNotComeIsWaitedForNoLongerThanTheDeadline() throws IOException {
        server.on("POST /", (exchange, body) -> {});
        SaltApi impatient = new SaltNetApi(config(server.url(), "r&ght"), Duration.ZERO, Duration.ZERO);
        fails(
                () -> impatient.run("spillway.site", Map.of(), Duration.ofMillis(300)),
                UnreachableException.class,
                "salt-api does not answer",
                "no answer within");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>hello</html>", "{\"ret", "{}", "{\"return\": []}", "{\"return\": null}", "[1]"})
    void whatIsNoSaltApiIsTold(String body) {
        server.on("POST /", 200, body);
        fails(this::probe, UnreachableException.class, "is no salt-api");
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 504})
    void aMasterThatIsAwayMayComeBack(int status) {
        server.on("POST /", status, "<html/>");
        fails(this::probe, UnreachableException.class, "salt-api", "HTTP " + status);
    }

    @Test
    void otherRefusalsAreFinal() {
        server.on("POST /", 400, "<html/>");
        fails(this::probe, FailedException.class, "salt-api", "HTTP 400");
    }

    /** Its TLS loses a connection now and then, and it then answers 500 to what it never read. */
    @Test
    void aRequestThatSaltApiBrokeOffIsSentAgain() {
        AtomicInteger asked = new AtomicInteger();
        server.on("POST /", (exchange, body) -> {
            switch (asked.incrementAndGet()) {
                case 1 -> StubServer.send(exchange, 500, "<html/>");
                case 2, 3 -> exchange.close(); // the client itself asks once more after that
                default -> StubServer.send(exchange, 200, "{\"return\": [{\"ok\": true}]}");
            }
        });
        assertThat(probe().path("ok").asBoolean()).isTrue();
        assertThat(asked).hasValue(4);
    }

    @Test
    void aTracebackIsCutDownToItsLastLine() {
        server.on("POST /", 200, """
            {"return": ["Exception occurred in runner spillway.probe: Traceback (most recent call last):\\n  File \\"a\\"\\nKeyError: 'x'\\n"]}""");
        fails(this::probe, FailedException.class, "spillway.probe", "KeyError: 'x'");
    }

    @Test
    void aMissingRunnerIsTold() {
        server.on("POST /", 200, "{\"return\": [\"'spillway.probe' is not available.\"]}");
        fails(this::probe, FailedException.class, "spillway.probe", "saltext-spillway");
    }

    @Test
    void manyThreadsShareOneLogin() throws Exception {
        server.on("POST /", 200, "{\"return\": [{\"ok\": true}]}");
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            Callable<JsonNode> work = this::probe;
            List<Future<JsonNode>> all = threads.invokeAll(Collections.nCopies(64, work));
            for (Future<JsonNode> one : all) {
                assertThat(one.get().path("ok").asBoolean()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(logins).hasValue(1);
    }
}
