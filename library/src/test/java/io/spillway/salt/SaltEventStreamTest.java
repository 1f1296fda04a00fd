package io.spillway.salt;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.spillway.config.SaltConfig;
import io.spillway.http.StubServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The event stream as salt-api sends it, breaks it off and refuses it. */
@Timeout(30)
class SaltEventStreamTest {
    private static final String CONNECTED = "(connected)";

    private final StubServer server = new StubServer();
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final AtomicInteger logins = new AtomicInteger();
    private final SaltNetApi salt;
    private final BlockingQueue<HttpExchange> streams = new LinkedBlockingQueue<>();
    private SaltEvents.Stream listening = () -> {};

    SaltEventStreamTest(@TempDir Path folder) throws IOException {
        server.on(
                "POST /login",
                (exchange, body) -> StubServer.send(
                        exchange,
                        200,
                        "{\"return\": [{\"token\": \"t%d\", \"start\": 0, \"expire\": 3600}]}"
                                .formatted(logins.incrementAndGet())));
        server.on("GET /events", (exchange, body) -> begin(exchange));
        Path password = Files.writeString(folder.resolve("password"), "secret");
        SaltConfig config = new SaltConfig(server.url(), "spillway", password, Optional.empty(), "file");
        salt = new SaltNetApi(config, Duration.ofSeconds(1), Duration.ofMillis(10));
    }

    @AfterEach
    void close() {
        listening.close();
        streams.forEach(HttpExchange::close);
        server.close();
    }

    private void begin(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream;charset=utf-8");
        exchange.sendResponseHeaders(200, 0);
        say(exchange, "retry: 400\n");
        streams.add(exchange);
    }

    private static void say(HttpExchange exchange, String text) {
        try {
            OutputStream out = exchange.getResponseBody();
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void event(HttpExchange exchange, String tag, String data) {
        say(exchange, "tag: %s\ndata: {\"tag\": \"%s\", \"data\": \"%s\"}\n\n".formatted(tag, tag, data));
    }

    private void listen() {
        listening = salt.listen(() -> heard.add(CONNECTED), heard::add);
    }

    private HttpExchange stream() throws InterruptedException {
        HttpExchange next = streams.poll(20, TimeUnit.SECONDS);
        assertThat(next).as("a connection").isNotNull();
        return next;
    }

    private void hears(String... expected) throws InterruptedException {
        for (String one : expected) {
            assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo(one);
        }
        assertThat(heard).isEmpty();
    }

    @Test
    void tagsComeInTheirOrderAndLargeDataDoNotMatter() throws InterruptedException {
        listen();
        HttpExchange stream = stream();
        hears(CONNECTED);
        event(stream, "salt/job/1/ret/vn01", "x".repeat(3_000_000));
        event(stream, "spillway/slurm/job/ended", "tag: no tag");
        // no tag of Salt's, and cut at any place
        say(stream, "tag: " + "y".repeat(100_000) + "\n\nta");
        say(stream, "g: salt/minion/vn01/sta");
        say(stream, "rt\n\n");
        hears("salt/job/1/ret/vn01", "spillway/slurm/job/ended", "salt/minion/vn01/start");
        assertThat(server.asked("GET /events").get(0).header("X-auth-token")).isEqualTo("t1");
    }

    @Test
    void aStreamThatEndsIsFollowedByAnotherWithTheSameToken() throws InterruptedException {
        listen();
        HttpExchange first = stream();
        event(first, "a", "");
        first.close();
        event(stream(), "b", "");
        hears(CONNECTED, "a", CONNECTED, "b");
        assertThat(logins).hasValue(1);
    }

    @Test
    void anExpiredTokenIsRenewed() throws InterruptedException {
        server.on("GET /events", (exchange, body) -> {
            if ("t1".equals(exchange.getRequestHeaders().getFirst("X-Auth-Token"))) {
                StubServer.send(exchange, 401, "<html/>");
            } else {
                begin(exchange);
            }
        });
        listen();
        event(stream(), "a", "");
        hears(CONNECTED, "a");
        assertThat(logins).hasValue(2);
    }

    @Test
    void whatIsNoStreamIsTriedAgain() throws InterruptedException {
        AtomicInteger asked = new AtomicInteger();
        server.on("GET /events", (exchange, body) -> {
            switch (asked.incrementAndGet()) {
                case 1 -> StubServer.send(exchange, 503, "");
                case 2 -> StubServer.send(exchange, 200, "tag: hello\n\n");
                case 3 -> exchange.close();
                default -> begin(exchange);
            }
        });
        listen();
        event(stream(), "a", "");
        hears(CONNECTED, "a");
    }

    @Test
    void whoClosesIsLetGo() throws InterruptedException {
        listen();
        HttpExchange stream = stream();
        hears(CONNECTED);
        listening.close();
        // the peer is gone once writing fails
        String much = "x".repeat(65_536);
        try {
            while (true) {
                event(stream, "late", much);
            }
        } catch (UncheckedIOException gone) {
            assertThat(streams).isEmpty();
        }
    }
}
