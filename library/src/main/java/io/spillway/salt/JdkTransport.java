package io.spillway.salt;

import com.google.gson.JsonParseException;
import com.suse.salt.netapi.client.AsyncHttpClient;
import com.suse.salt.netapi.parser.JsonParser;
import io.spillway.failure.FailedException;
import io.spillway.failure.SpillwayException;
import io.spillway.failure.UnreachableException;
import io.spillway.http.Http;
import io.spillway.http.Reply;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Carries salt-netapi-client's requests by the JDK's HttpClient: in the caller's thread, so that an interrupt ends the
 * call, and with one deadline over all of it. Throws what is not a 2xx with JSON.
 *
 * @param url where salt-api is
 * @param http the client
 * @param deadline for one call
 */
record JdkTransport(URI url, HttpClient http, Duration deadline) implements AsyncHttpClient {
    /** So often a request that was broken off is sent again. */
    private static final int MOST_REPEATS = 2;

    /** HTTP 401: the token is no longer good, or the password never was. */
    static final class Unauthorized extends RuntimeException {}

    @Override
    public <T> CompletionStage<T> get(URI uri, Map<String, String> headers, JsonParser<T> parser) {
        return CompletableFuture.completedFuture(parsed(send(request(uri, headers)), parser));
    }

    @Override
    public <T> CompletionStage<T> post(URI uri, Map<String, String> headers, String data, JsonParser<T> parser) {
        HttpRequest.Builder request = request(uri, headers)
                .setHeader("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(data));
        return CompletableFuture.completedFuture(parsed(send(request), parser));
    }

    private static HttpRequest.Builder request(URI uri, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        headers.forEach(request::setHeader);
        return request.setHeader("Accept", "application/json");
    }

    private <T> T parsed(String body, JsonParser<T> parser) {
        try {
            return parser.parse(body);
        } catch (JsonParseException e) {
            throw noSense(e);
        }
    }

    UnreachableException noSense(Exception cause) {
        return new UnreachableException(null, "what answers at " + url + " is no salt-api", cause);
    }

    /** What is sent bears being sent twice: salt-api breaks some requests off by itself, without a word or with 500. */
    String send(HttpRequest.Builder request) {
        try {
            return body(Http.send(http, request.build(), deadline, MOST_REPEATS));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private SpillwayException failed(IOException e) {
        String why = "salt-api does not answer at %s: %s".formatted(url, Http.reason(e));
        return Http.untrusted(e)
                ? new FailedException(null, why + "; salt.ca names its authority", e)
                : new UnreachableException(null, why, e);
    }

    private String body(Reply reply) {
        int status = reply.status();
        if (status == 401) {
            throw new Unauthorized();
        }
        if (status == 404 || status >= 500) {
            throw new UnreachableException(null, "salt-api at %s says HTTP %d: %s".formatted(url, status, why(status)));
        }
        if (!reply.fine()) {
            throw new FailedException(null, "salt-api at %s cannot do that: HTTP %d".formatted(url, status));
        }
        return reply.body();
    }

    private static String why(int status) {
        return switch (status) {
            case 404 -> "is it a salt-api?";
            case 500 -> "again and again it failed by itself; its log says why";
            default -> "the Salt master behind it gives no answer";
        };
    }
}
