package io.spillway.http;

import io.spillway.failure.StoppedException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** One exchange with a deadline over all of it, body included, which {@link HttpRequest#timeout} does not give. */
public final class Http {
    private static final Duration CONNECT = Duration.ofSeconds(5);

    private static final int INTERNAL_ERROR = 500;

    private Http() {}

    /**
     * A client for the adapters.
     *
     * @param trust whose certificates it believes
     * @return a client, thread-safe
     */
    public static HttpClient client(SSLContext trust) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT)
                .sslContext(trust)
                .build();
    }

    /**
     * Sends a request and reads the whole answer.
     *
     * @param client by which client
     * @param request what to send
     * @param deadline how long each time may take
     * @param repeats how often it is sent again when it may have been done: it was broken off, or the answer is 500; one
     *     that the server cannot have seen is sent again in any case, once
     * @return the answer, whatever its status
     * @throws IOException if there is none; {@link #reason} says why in words
     * @throws StoppedException if the thread was interrupted
     */
    public static Reply send(HttpClient client, HttpRequest request, Duration deadline, int repeats)
            throws IOException {
        int left = repeats;
        boolean unseen = false;
        while (true) {
            try {
                Reply reply = once(client, request, deadline);
                if (left == 0 || reply.status() != INTERNAL_ERROR) {
                    return reply;
                }
                left--;
            } catch (IOException e) {
                if (!unseen && closedWhileIdle(e)) {
                    unseen = true;
                } else if (left > 0 && brokenOff(e)) {
                    left--;
                } else {
                    throw e;
                }
            }
        }
    }

    private static Reply once(HttpClient client, HttpRequest request, Duration deadline) throws IOException {
        CompletableFuture<HttpResponse<String>> answer = client.sendAsync(request, BodyHandlers.ofString());
        try {
            HttpResponse<String> response = answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
            return new Reply(response.statusCode(), response.body(), response.headers());
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("no answer within " + deadline.toSeconds() + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoppedException(null, "interrupted while waiting for " + request.uri(), e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IOException(String.valueOf(e.getCause()), e);
        } finally {
            answer.cancel(true);
        }
    }

    /** The server closed a kept connection at the moment we used it: it has not seen the request. */
    private static boolean closedWhileIdle(IOException failure) {
        return String.valueOf(failure.getMessage()).contains("header parser received no bytes");
    }

    /**
     * Why no answer came, in words.
     *
     * @param failure what was caught
     * @return such as {@code connection refused}
     */
    public static String reason(IOException failure) {
        if (failure instanceof HttpConnectTimeoutException) {
            return "no connection within " + CONNECT.toSeconds() + " s";
        }
        if (caused(failure, UnresolvedAddressException.class)) {
            return "no such host";
        }
        if (failure instanceof ConnectException) {
            return failure.getMessage() == null ? "connection refused" : failure.getMessage();
        }
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    /**
     * Whether it is TLS that does not work, which waiting does not cure.
     *
     * @param failure what was caught
     * @return true if so
     */
    public static boolean untrusted(IOException failure) {
        return caused(failure, SSLException.class) && !brokenOff(failure);
    }

    /**
     * Whether the server ended the connection without a word, in the handshake or instead of an answer.
     *
     * @param failure what was caught
     * @return true if so; what was asked may have been done all the same
     */
    public static boolean brokenOff(IOException failure) {
        return closedWhileIdle(failure)
                || caused(failure, EOFException.class)
                || String.valueOf(failure.getMessage()).contains("Connection reset");
    }

    private static boolean caused(Throwable failure, Class<? extends Throwable> by) {
        for (@Nullable Throwable at = failure; at != null; at = at.getCause()) {
            if (by.isInstance(at)) {
                return true;
            }
        }
        return false;
    }
}
