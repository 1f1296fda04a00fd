package io.spillway.daemon.server;

import io.spillway.daemon.api.Documents;
import io.spillway.daemon.api.Front;
import io.spillway.daemon.api.GateCall;
import io.spillway.daemon.api.Json;
import io.spillway.daemon.api.LocalFront;
import io.spillway.daemon.api.Order;
import io.spillway.daemon.api.PhaseChanges;
import io.spillway.daemon.api.Problems;
import io.spillway.daemon.api.Switching;
import io.spillway.failure.BadInputException;
import io.spillway.failure.NotFoundException;
import io.spillway.failure.SpillwayException;
import io.spillway.reconcile.Progress;
import io.spillway.reconcile.Tide;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The daemon's HTTP: what {@code openapi.yaml} describes. */
final class Api extends Handler.Abstract {
    /** An order is a few hundred bytes. */
    static final int LARGEST = 64 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(Api.class);
    private static final Pattern BREAKER = Pattern.compile("/v1/pools/([^/]{1,64})/breaker");

    private final LocalFront front;
    private final Leadership leadership;
    private final Streams streams;
    private final Pictures pictures;
    private final Chronicle chronicle;
    private final Page page = Page.load();
    private final Executor workers;

    Api(LocalFront front, Leadership leadership, Streams streams, Chronicle chronicle, Executor workers) {
        this.front = front;
        this.leadership = leadership;
        this.streams = streams;
        this.chronicle = chronicle;
        this.pictures = new Pictures(chronicle, InstantSource.system());
        this.workers = workers;
    }

    /** What the daemon knows of itself. */
    interface Leadership {
        /** Throws if this daemon may not change anything now. */
        void check();

        /**
         * Completes when the first look is over and {@link #check} knows what to say, at the latest after a time that
         * a client waits for.
         */
        CompletableFuture<Void> sighted();

        /** How the daemon is. */
        Documents.Status status();

        /** What the policies decided last. Throws if none is on. */
        Documents.Policy policy();

        /** What suspension has saved. */
        Documents.Report report();

        /** The same, and how the daemon is, as Prometheus reads it. */
        String metrics();

        /** Something has happened: look now. */
        void nudge();

        /** A job comes to hosts of the cloud; what its gate is to do. Throws if this daemon may not change anything. */
        Tide.Answer come(GateCall call);

        /** The hosts whose memory bears jobs beside the virtual nodes. Throws if another daemon leads. */
        Documents.Room room();

        /** A job has left its hosts: look now. */
        void left(GateCall call);

        /** Slurm's power saving switches nodes: look now. Throws if it is not this daemon that follows it. */
        void switching(Switching switching);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        if (request.getLength() > LARGEST) {
            tooLarge(response, callback);
            return true;
        }
        Promise.Invocable<byte[]> read = Promise.Invocable.from(
                InvocationType.NON_BLOCKING,
                body -> workers.execute(() -> answer(request, body, response, callback)),
                failure -> unread(failure, response, callback));
        Content.Source.asByteArrayAsync(request, LARGEST, read);
        return true;
    }

    private static void unread(Throwable failure, Response response, Callback callback) {
        if (failure instanceof IllegalStateException) {
            tooLarge(response, callback);
        } else {
            callback.failed(failure);
        }
    }

    private static void tooLarge(Response response, Callback callback) {
        problem(
                413,
                new BadInputException(null, "a request has at most %d bytes".formatted(LARGEST)),
                response,
                callback);
    }

    private void answer(Request request, byte[] body, Response response, Callback callback) {
        answer(() -> route(request, body, response, callback), response, callback);
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void answer(Work work, Response response, Callback callback) {
        try {
            work.run();
        } catch (SpillwayException failure) {
            problem(Problems.status(failure), failure, response, callback);
        } catch (RuntimeException | IOException bug) {
            LOG.error("a mistake in spillway itself", bug);
            callback.failed(bug);
        }
    }

    private void route(Request request, byte[] body, Response response, Callback callback) throws IOException {
        String path = Request.getPathInContext(request);
        String call = request.getMethod() + " " + path;
        Matcher breaker = BREAKER.matcher(path);
        switch (call) {
            case "GET /v1/status" -> send(200, leadership.status(), response, callback);
            case "GET /v1/nodes" -> send(200, front.nodes(), response, callback);
            case "GET /v1/hosts" -> send(200, front.hosts(), response, callback);
            case "GET /v1/pools" -> send(200, front.pools(), response, callback);
            case "GET /v1/doctor" -> {
                // it may take longer than an idle connection is kept
                request.addIdleTimeoutListener(idle -> false);
                send(200, front.doctor(), response, callback);
            }
            case "GET /v1/events" -> streams.watch(streams.open(request, response, callback));
            case "GET /" -> page.send(response, callback);
            case "GET /v1/timeline.svg" -> {
                String title = leadership.status().site();
                text("image/svg+xml", pictures.svg(title, Request.extractQueryParameters(request)), response, callback);
            }
            case "GET /v1/policy" -> send(200, leadership.policy(), response, callback);
            case "GET /v1/room" -> send(200, leadership.room(), response, callback);
            case "GET /v1/report" -> send(200, leadership.report(), response, callback);
            case "GET /v1/metrics" -> text("text/plain; version=0.0.4", leadership.metrics(), response, callback);
            case "GET /v1/decisions" -> send(200, pictures.decisions(), response, callback);
            case "GET /v1/openapi.yaml" -> openapi(response, callback);
            case "POST /v1/look" -> {
                leadership.nudge();
                empty(202, response, callback);
            }
            case "POST /v1/power" -> {
                leadership.switching(Json.switching(body));
                empty(202, response, callback);
            }
            case "POST /v1/gate" -> gate(Json.gate(body), request, response, callback);
            case "POST /v1/plans" -> send(200, front.plan(Json.order(body)), response, callback);
            case "POST /v1/operations" -> carryOut(Json.order(body), request, response, callback);
            default -> {
                if (breaker.matches() && request.getMethod().equals("DELETE")) {
                    front.reopen(breaker.group(1));
                    empty(204, response, callback);
                } else {
                    throw new NotFoundException(
                            path, "there is no %s here; see /v1/openapi.yaml".formatted(printable(call)));
                }
            }
        }
    }

    private void gate(GateCall call, Request request, Response response, Callback callback) {
        // it may take as long as the gate is patient
        request.addIdleTimeoutListener(idle -> false);
        if (call.begins()) {
            send(200, Documents.gate(leadership.come(call)), response, callback);
        } else {
            leadership.left(call);
            empty(202, response, callback);
        }
    }

    private static String printable(String call) {
        String line = call.replaceAll("[^\\x20-\\x7e]", "?");
        return line.substring(0, Math.min(line.length(), 120));
    }

    private void carryOut(Order order, Request request, Response response, Callback callback) {
        CompletableFuture<Void> sighted = leadership.sighted();
        // who comes before the first look is not idle, it waits
        request.addIdleTimeoutListener(idle -> false);
        var unused = sighted.thenRunAsync(
                () -> answer(
                        () -> {
                            leadership.check();
                            Follower follower = new Follower(request, response, callback);
                            begin(order, follower);
                        },
                        response,
                        callback),
                workers);
    }

    /** What is refused after its beginning was told is told where that was. */
    private void begin(Order order, Follower follower) {
        try {
            front.begin(order, follower, follower::end);
            chronicle.note(Pictures.decided(order, follower.nodes()));
        } catch (SpillwayException failure) {
            if (!follower.follows) {
                throw failure;
            }
            follower.stream.end("problem", Problems.of(failure));
        }
    }

    /** One client that follows its operation; everybody who watches hears of it as well. */
    private final class Follower implements Front.Watcher {
        private final Request request;
        private final Response response;
        private final Callback callback;
        private volatile EventStream stream;
        private volatile boolean follows;
        private volatile String nodes = "";

        @SuppressWarnings("NullAway.Init") // opened when the order has been checked, before anything else is told
        Follower(Request request, Response response, Callback callback) {
            this.request = request;
            this.response = response;
            this.callback = callback;
        }

        @Override
        public void begin(Documents.Begin begin) {
            nodes = begin.nodes();
            stream = streams.open(request, response, callback);
            follows = true;
            stream.send("begin", begin);
        }

        @Override
        public void progress(Progress progress) {
            stream.send("progress", Documents.progress(progress));
            tell(progress);
        }

        /** What the order turned out to be about. */
        String nodes() {
            return nodes;
        }

        void end(Documents.Operation operation) {
            stream.end("end", operation);
        }
    }

    void tell(Progress progress) {
        streams.tell(PhaseChanges.event(
                progress.node().value(), progress.kind().name(), progress.what(), progress.reason()));
    }

    private static void openapi(Response response, Callback callback) throws IOException {
        try (InputStream file = Api.class.getResourceAsStream("/openapi.yaml")) {
            if (file == null) {
                throw new IOException("openapi.yaml is not in the jar");
            }
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/yaml");
            response.write(true, ByteBuffer.wrap(file.readAllBytes()), callback);
        }
    }

    static void problem(int status, SpillwayException failure, Response response, Callback callback) {
        send(status, Problems.of(failure), response, callback);
    }

    private static void text(String type, String text, Response response, Callback callback) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.write(true, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), callback);
    }

    private static void empty(int status, Response response, Callback callback) {
        response.setStatus(status);
        callback.succeeded();
    }

    private static void send(int status, Object document, Response response, Callback callback) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        byte[] bytes = (Json.text(document) + "\n").getBytes(StandardCharsets.UTF_8);
        response.write(true, ByteBuffer.wrap(bytes), callback);
    }
}
