package io.spillway.daemon.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A headless Chromium with one tab, spoken to by its DevTools protocol. */
final class Browser implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LISTENS = "DevTools listening on ws://";

    private final Process process;
    private final WebSocket socket;
    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> calls = new ConcurrentHashMap<>();

    private volatile CompletableFuture<Void> loaded = new CompletableFuture<>();

    /** What the page did that it should not. */
    final List<String> complaints = new CopyOnWriteArrayList<>();

    static Optional<Path> installed() {
        return Stream.of("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
                .flatMap(name -> Stream.of(System.getenv("PATH").split(":")).map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    Browser(Path chromium, Path profile) throws Exception {
        process = new ProcessBuilder(
                        chromium.toString(),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--ignore-certificate-errors",
                        "--window-size=1440,1100",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        String place = place();
        HttpClient http = HttpClient.newHttpClient();
        String tab = http.send(
                        HttpRequest.newBuilder(URI.create("http://" + place + "/json/new?about:blank"))
                                .PUT(BodyPublishers.noBody())
                                .build(),
                        BodyHandlers.ofString())
                .body();
        URI debugger = URI.create(JSON.readTree(tab).get("webSocketDebuggerUrl").asText());
        socket = http.newWebSocketBuilder().buildAsync(debugger, new Listener()).get(30, TimeUnit.SECONDS);
        call("Runtime.enable", Map.of());
        call("Log.enable", Map.of());
        call("Page.enable", Map.of());
    }

    private String place() throws IOException {
        BufferedReader said =
                new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.startsWith(LISTENS)) {
                Thread drain = new Thread(() -> said.lines().forEach(more -> {}), "chromium says");
                drain.setDaemon(true);
                drain.start();
                return line.substring(LISTENS.length()).replaceFirst("/.*", "");
            }
        }
        throw new IOException("chromium ended before it listened");
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                heard(text.toString());
                text.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedStage(null);
        }
    }

    private void heard(String message) {
        try {
            JsonNode said = JSON.readTree(message);
            if (said.has("id")) {
                calls.remove(said.get("id").asInt()).complete(said);
            } else if (said.path("method").asText().equals("Page.loadEventFired")) {
                loaded.complete(null);
            } else if (said.path("method").asText().equals("Runtime.exceptionThrown")
                    || said.at("/params/entry/source").asText().equals("security")) {
                complaints.add(message);
            }
        } catch (IOException broken) {
            complaints.add(broken + " in " + message);
        }
    }

    private JsonNode call(String method, Map<String, Object> params) throws Exception {
        int id = ids.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        calls.put(id, answer);
        socket.sendText(JSON.writeValueAsString(Map.of("id", id, "method", method, "params", params)), true)
                .get(30, TimeUnit.SECONDS);
        return answer.get(60, TimeUnit.SECONDS);
    }

    /** Opens a page and waits until it is loaded. */
    void open(String address) throws Exception {
        loaded = new CompletableFuture<>();
        call("Page.navigate", Map.of("url", address));
        loaded.get(60, TimeUnit.SECONDS);
    }

    String ask(String script) throws Exception {
        JsonNode answer =
                call("Runtime.evaluate", Map.of("expression", script, "awaitPromise", true, "returnByValue", true));
        if (answer.at("/result").has("exceptionDetails")) {
            throw new AssertionError(script + ": " + answer);
        }
        return answer.at("/result/result/value").asText();
    }

    /** Waits until that is so, looking at each frame. */
    void until(String condition) throws Exception {
        ask("new Promise(done => { const look = () => (%s) ? done(1) : requestAnimationFrame(look); look(); })"
                .formatted(condition));
    }

    void shot(Path file) throws Exception {
        JsonNode picture = call("Page.captureScreenshot", Map.of("captureBeyondViewport", true));
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(file, Base64.getDecoder().decode(picture.at("/result/data").asText()));
    }

    @Override
    public void close() {
        socket.abort();
        process.destroy();
        process.onExit()
                .orTimeout(20, TimeUnit.SECONDS)
                .exceptionally(late -> process.destroyForcibly())
                .join();
    }
}
