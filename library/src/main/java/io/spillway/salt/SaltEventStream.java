package io.spillway.salt;

import com.suse.salt.netapi.datatypes.Token;
import io.spillway.failure.FailedException;
import io.spillway.failure.SpillwayException;
import io.spillway.failure.UnreachableException;
import io.spillway.http.Http;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * salt-api's {@code /events}, followed by one thread until it is closed. salt-api ends the stream when the token has
 * expired; that and every other end is followed by a new connection, after 1 s, 2 s, … up to a minute while it fails.
 *
 * <p>By the JDK's client alone: salt-netapi-client knows only the websocket, which salt-api has off.
 */
final class SaltEventStream implements SaltEvents.Stream {
    private static final Logger LOG = LoggerFactory.getLogger(SaltEventStream.class);

    /** A connection that said nothing for so long may be dead; Salt sends no heartbeat. */
    private static final Duration QUIET = Duration.ofMinutes(5);

    /** For the stream's beginning. */
    private static final Duration DEADLINE = Duration.ofSeconds(15);

    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /** One that fails once, as when salt-api is restarted, is not worth a word. */
    private static final int WORTH_A_WORD = 2;

    private final URI url;
    private final HttpClient http;
    private final SaltLogin login;
    private final Duration firstPause;
    private final Runnable connected;
    private final Consumer<String> tags;
    private final Thread thread;
    private volatile boolean closed;
    private int failures;
    private boolean told;

    SaltEventStream(
            URI url, HttpClient http, SaltLogin login, Duration firstPause, Runnable connected, Consumer<String> tags) {
        this.url = url;
        this.http = http;
        this.login = login;
        this.firstPause = firstPause;
        this.connected = connected;
        this.tags = tags;
        this.thread = new Thread(this::run, "salt-events");
        this.thread.setDaemon(true);
        this.thread.start();
    }

    private void run() {
        while (!closed) {
            TagReader reader = new TagReader(connected, tags);
            try {
                follow(reader);
            } catch (SpillwayException failure) {
                failed(failure.getMessage(), reader);
            } catch (InterruptedException closing) {
                return;
            }
            pause();
        }
    }

    private void failed(String why, TagReader reader) {
        if (closed) {
            return;
        }
        failures = reader.events() > 0 ? 1 : failures + 1;
        if (failures >= WORTH_A_WORD && !told) {
            told = true;
            LOG.warn("no events from Salt, the full looks find what happens: {}", why);
        }
    }

    private void pause() {
        Duration doubled = firstPause.multipliedBy(1L << Math.min(16, Math.max(0, failures - 1)));
        long nanos = Math.min(doubled.toNanos(), LONGEST_PAUSE.toNanos());
        long until =
                System.nanoTime() + (long) (nanos * ThreadLocalRandom.current().nextDouble(0.8, 1.2));
        while (!closed && until - System.nanoTime() > 0) {
            LockSupport.parkNanos(until - System.nanoTime());
        }
    }

    /** One connection from its beginning to its end, which is a failure unless events came. */
    private void follow(TagReader reader) throws InterruptedException {
        Token token = login.token();
        HttpRequest request = HttpRequest.newBuilder(url.resolve("/events"))
                .setHeader("X-Auth-Token", token.getToken())
                .setHeader("Accept", "text/event-stream")
                .build();
        CompletableFuture<HttpResponse<Void>> answer = http.sendAsync(request, handler(reader));
        try {
            int status = theEnd(answer, reader).statusCode();
            if (status == 401) {
                login.refused(token);
                throw login.forbidden();
            }
            throw new UnreachableException(
                    null,
                    "salt-api at %s %s"
                            .formatted(url, status == 200 ? "ended the stream" : "has no /events: HTTP " + status));
        } finally {
            answer.cancel(true);
        }
    }

    private BodyHandler<Void> handler(TagReader reader) {
        return info -> {
            String type = info.headers().firstValue("Content-Type").orElse("");
            if (info.statusCode() != 200 || !type.startsWith("text/event-stream")) {
                return BodySubscribers.replacing(null);
            }
            return BodySubscribers.fromSubscriber(reader);
        };
    }

    private HttpResponse<Void> theEnd(CompletableFuture<HttpResponse<Void>> answer, TagReader reader)
            throws InterruptedException {
        long heard = 0;
        Duration patience = DEADLINE;
        while (true) {
            try {
                return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException silence) {
                if (reader.bytes() == heard) {
                    throw new UnreachableException(
                            null, "salt-api at %s said nothing for %d s".formatted(url, patience.toSeconds()));
                }
                heard = reader.bytes();
                patience = QUIET;
                works();
            } catch (ExecutionException e) {
                String why =
                        e.getCause() instanceof IOException cause ? Http.reason(cause) : String.valueOf(e.getCause());
                throw e.getCause() instanceof IOException cause && Http.untrusted(cause)
                        ? new FailedException(
                                null, "salt-api at %s: %s; salt.ca names its authority".formatted(url, why))
                        : new UnreachableException(null, "salt-api at %s: %s".formatted(url, why));
            }
        }
    }

    /** The stream has stood for a while. */
    private void works() {
        failures = 0;
        if (told) {
            told = false;
            LOG.info("events from Salt come again");
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
