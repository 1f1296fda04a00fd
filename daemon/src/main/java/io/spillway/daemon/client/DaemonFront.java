package io.spillway.daemon.client;

import io.spillway.daemon.api.Documents;
import io.spillway.daemon.api.Front;
import io.spillway.daemon.api.Json;
import io.spillway.daemon.api.Order;
import io.spillway.daemon.api.Problems;
import io.spillway.failure.FailedException;
import io.spillway.failure.SpillwayException;
import io.spillway.failure.StoppedException;
import io.spillway.failure.UnreachableException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.StringRequestContent;
import org.eclipse.jetty.io.Transport;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** By the daemon behind a Unix socket. */
public final class DaemonFront implements Front {
    private static final long CONNECT_MILLIS = 2_000;
    /** A daemon that does not say how it is within this is none. */
    private static final long STATUS_SECONDS = 10;

    private static final long HEADERS_SECONDS = 120;

    /** Longer than several heartbeats of the daemon. */
    private static final long SILENCE_MILLIS = 60_000;

    private final HttpClient http;
    private final Path socket;

    private DaemonFront(HttpClient http, Path socket) {
        this.http = http;
        this.socket = socket;
    }

    /**
     * The daemon at that socket.
     *
     * @param socket where it would listen
     * @param site the site that is meant; empty takes any
     * @return empty if nobody answers there, or another site's daemon does
     */
    public static Optional<Front> at(Path socket, Optional<String> site) {
        if (!Files.exists(socket)) {
            return Optional.empty();
        }
        HttpClient http = new HttpClient();
        QueuedThreadPool threads = new QueuedThreadPool(8, 1);
        threads.setDaemon(true);
        http.setExecutor(threads);
        http.setConnectTimeout(CONNECT_MILLIS);
        http.setIdleTimeout(SILENCE_MILLIS);
        http.setUserAgentField(null);
        DaemonFront front = new DaemonFront(http, socket);
        try {
            http.start();
            Documents.Status status = front.told(
                    front.request("GET", "/v1/status").timeout(STATUS_SECONDS, TimeUnit.SECONDS),
                    Documents.Status.class);
            if (site.filter(name -> !name.equals(status.site())).isPresent()) {
                front.close();
                return Optional.empty();
            }
            return Optional.of(front);
        } catch (UnreachableException nobody) {
            front.close();
            return Optional.empty();
        } catch (SpillwayException failure) {
            front.close();
            throw failure;
        } catch (Exception broken) {
            front.close();
            throw new FailedException(
                    socket.toString(), "no client for " + socket + ": " + broken.getMessage(), broken);
        }
    }

    private Request request(String method, String path) {
        return http.newRequest("http://localhost" + path).method(method).transport(new Transport.TCPUnix(socket));
    }

    private InputStream send(Request request) {
        InputStreamResponseListener listener = new InputStreamResponseListener();
        request.send(listener);
        try {
            Response response = listener.get(HEADERS_SECONDS, TimeUnit.SECONDS);
            if (response.getStatus() >= 400) {
                try (InputStream body = listener.getInputStream()) {
                    throw Problems.failure(Json.told(text(body), Documents.Problem.class));
                }
            }
            return listener.getInputStream();
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new StoppedException(null, "interrupted while waiting for the daemon", interrupt);
        } catch (ExecutionException | TimeoutException | IOException gone) {
            throw unreachable(gone);
        }
    }

    private UnreachableException unreachable(Exception gone) {
        Throwable cause = gone.getCause() == null ? gone : gone.getCause();
        return new UnreachableException(
                socket.toString(), "the daemon at %s does not answer: %s".formatted(socket, cause), gone);
    }

    private static String text(InputStream body) throws IOException {
        return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }

    private <T> T get(String path, Class<T> type) {
        return told(request("GET", path), type);
    }

    private <T> T told(Request request, Class<T> type) {
        try (InputStream body = send(request)) {
            return Json.told(text(body), type);
        } catch (IOException cut) {
            throw unreachable(cut);
        }
    }

    @Override
    public Documents.Nodes nodes() {
        return get("/v1/nodes", Documents.Nodes.class);
    }

    @Override
    public Documents.Hosts hosts() {
        return get("/v1/hosts", Documents.Hosts.class);
    }

    @Override
    public Documents.Policy policy() {
        return get("/v1/policy", Documents.Policy.class);
    }

    @Override
    public Documents.Report report() {
        return get("/v1/report", Documents.Report.class);
    }

    @Override
    public Documents.Pools pools() {
        return get("/v1/pools", Documents.Pools.class);
    }

    @Override
    public void reopen(String pool) {
        String name = URLEncoder.encode(pool, StandardCharsets.UTF_8);
        try (InputStream body = send(request("DELETE", "/v1/pools/" + name + "/breaker"))) {
            body.readAllBytes();
        } catch (IOException cut) {
            throw unreachable(cut);
        }
    }

    @Override
    public Documents.Doctor doctor() {
        // nothing is said before all is found out
        Request request = request("GET", "/v1/doctor").idleTimeout(HEADERS_SECONDS, TimeUnit.SECONDS);
        return told(request, Documents.Doctor.class);
    }

    @Override
    public String timeline(Duration since) {
        try (InputStream svg = send(request("GET", "/v1/timeline.svg?since=" + since.toSeconds() + "s"))) {
            return text(svg);
        } catch (IOException cut) {
            throw unreachable(cut);
        }
    }

    @Override
    public Documents.Plan plan(Order order) {
        return told(post("/v1/plans", order), Documents.Plan.class);
    }

    private Request post(String path, Order order) {
        return request("POST", path).body(new StringRequestContent("application/json", Json.text(order)));
    }

    @Override
    public Documents.Operation carryOut(Order order, Watcher watcher) {
        try (BufferedReader events = lines(post("/v1/operations", order))) {
            Optional<Sse> next = Sse.read(events);
            while (next.isPresent()) {
                Sse event = next.get();
                switch (event.name()) {
                    case "begin" -> watcher.begin(Json.told(event.data(), Documents.Begin.class));
                    case "progress" ->
                        watcher.progress(Documents.progress(Json.told(event.data(), Documents.Progress.class)));
                    case "problem" -> throw Problems.failure(Json.told(event.data(), Documents.Problem.class));
                    case "end" -> {
                        return Json.told(event.data(), Documents.Operation.class);
                    }
                    default -> {
                        // a newer daemon tells more than we know
                    }
                }
                next = Sse.read(events);
            }
            throw new IOException("the connection ended before the operation did");
        } catch (IOException cut) {
            throw new UnreachableException(
                    socket.toString(),
                    "the daemon went away; a goal that was written stands, the same command goes on from there",
                    cut);
        }
    }

    private BufferedReader lines(Request request) {
        return new BufferedReader(new InputStreamReader(send(request), StandardCharsets.UTF_8));
    }

    @Override
    public String leave() {
        return "the daemon goes on; run the same command to follow it, or another one to change the goal";
    }

    @Override
    public void events(Consumer<Documents.Event> told) {
        try (BufferedReader events = lines(request("GET", "/v1/events"))) {
            Optional<Sse> next = Sse.read(events);
            while (next.isPresent() && !Thread.currentThread().isInterrupted()) {
                told.accept(Json.told(next.get().data(), Documents.Event.class));
                next = Sse.read(events);
            }
        } catch (IOException cut) {
            if (!(cut instanceof InterruptedIOException)) {
                throw unreachable(cut);
            }
        }
    }

    @Override
    public void close() {
        try {
            http.stop();
        } catch (Exception ignored) {
            // nothing is left to be done with it
        }
    }
}
