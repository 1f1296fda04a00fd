package io.spillway.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A real HTTP server that answers as it is told and remembers what it was asked. */
public final class StubServer implements AutoCloseable {
    /** What a request gets. */
    public interface Handler {
        void answer(HttpExchange exchange, String body) throws IOException;
    }

    /** A request as it came. */
    public record Asked(String line, String body, Map<String, List<String>> headers) {
        public String header(String name) {
            return String.join(",", headers.getOrDefault(name, List.of()));
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Handler> handlers = new ConcurrentHashMap<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();

    public StubServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Answers that request line, such as {@code GET /servers?name=a}, or any query where it has none. */
    public StubServer on(String line, Handler handler) {
        handlers.put(line, handler);
        return this;
    }

    public StubServer on(String line, int status, String body) {
        return on(line, (exchange, ignored) -> send(exchange, status, body));
    }

    public List<String> lines() {
        return asked.stream().map(Asked::line).toList();
    }

    public List<Asked> asked(String line) {
        return asked.stream().filter(one -> one.line().equals(line)).toList();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String bare =
                exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
        String query = exchange.getRequestURI().getRawQuery();
        String line = query == null ? bare : bare + "?" + query;
        asked.add(new Asked(line, body, Map.copyOf(exchange.getRequestHeaders())));
        Handler none = (unknown, ignored) -> send(unknown, 404, "<html>nothing at " + line + "</html>");
        handlers.getOrDefault(line, handlers.getOrDefault(bare, none)).answer(exchange, body);
    }

    public static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
