package io.spillway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillway.failure.StoppedException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

class HttpTest {
    private final HttpClient client = Http.client(defaultTrust());

    private static SSLContext defaultTrust() {
        try {
            return SSLContext.getDefault();
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theDeadlineCoversABodyThatNeverEnds() {
        try (StubServer server = new StubServer()) {
            server.on("GET /", (exchange, body) -> {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write('{');
                exchange.getResponseBody().flush();
                // and no more
            });
            assertThatThrownBy(() -> Http.send(client, get(server.url()), Duration.ofMillis(300), 0))
                    .isInstanceOf(HttpTimeoutException.class);
        }
    }

    @Test
    void anInterruptEndsTheCallAndIsKept() {
        try (StubServer server = new StubServer()) {
            server.on("GET /", (exchange, body) -> {});
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> Http.send(client, get(server.url()), Duration.ofSeconds(20), 0))
                    .isInstanceOf(StoppedException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void aKeptConnectionThatTheServerClosedIsNoFailureOfAPost() throws IOException {
        AtomicInteger connections = new AtomicInteger();
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread serving = new Thread(() -> serve(server, connections));
            serving.setDaemon(true);
            serving.start();
            HttpRequest post = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.getLocalPort()))
                    .POST(BodyPublishers.ofString("x"))
                    .build();
            assertThat(Http.send(client, post, Duration.ofSeconds(5), 0).fine()).isTrue();
            assertThat(Http.send(client, post, Duration.ofSeconds(5), 0).fine()).isTrue();
            assertThat(connections).hasValueGreaterThan(1);
        }
    }

    /** Answers one request on each connection, and hangs up on the second. */
    private static void serve(ServerSocket server, AtomicInteger connections) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                connections.incrementAndGet();
                InputStream in = socket.getInputStream();
                byte[] buffer = new byte[8192];
                readRequest(in, buffer);
                socket.getOutputStream()
                        .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().flush();
                in.read(buffer);
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void readRequest(InputStream in, byte[] buffer) throws IOException {
        StringBuilder seen = new StringBuilder();
        while (!seen.toString().endsWith("\r\n\r\nx")) {
            seen.append(new String(buffer, 0, in.read(buffer), StandardCharsets.US_ASCII));
        }
    }

    private static HttpRequest get(URI url) {
        return HttpRequest.newBuilder(url.resolve("/")).build();
    }
}
