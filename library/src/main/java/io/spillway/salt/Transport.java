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
 * How salt-netapi-client reaches salt-api: in the caller's thread, so that interrupting it ends the call, and with a
 * deadline for this one call. Everything but a 2xx with JSON is thrown.
 */
record Transport(URI url, HttpClient client, Duration deadline) implements AsyncHttpClient {
    @Override
    public <T> CompletionStage<T> get(URI uri, Map<String, String> headers, JsonParser<T> parser) {
        return CompletableFuture.completedFuture(parsed(exchange(request(uri, headers)), parser));
    }

    @Override
    public <T> CompletionStage<T> post(URI uri, Map<String, String> headers, String data, JsonParser<T> parser) {
        HttpRequest.Builder request =
                request(uri, headers).header("Content-Type", "application/json").POST(BodyPublishers.ofString(data));
        return CompletableFuture.completedFuture(parsed(exchange(request), parser));
    }

    private static HttpRequest.Builder request(URI uri, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("Accept", "application/json");
        headers.forEach((name, value) -> {
            if (!name.equalsIgnoreCase("Accept") && !name.equalsIgnoreCase("Content-Type")) {
                request.header(name, value);
            }
        });
        return request;
    }

    private <T> T parsed(String body, JsonParser<T> parser) {
        try {
            return parser.parse(body);
        } catch (JsonParseException e) {
            throw noJson(e);
        }
    }

    SpillwayException noJson(Exception cause) {
        return new UnreachableException(null, "what answers at " + url + " is no salt-api: it sends no JSON", cause);
    }

    String exchange(HttpRequest.Builder request) {
        Reply reply;
        try {
            reply = Http.send(client, request.build(), deadline);
        } catch (IOException e) {
            if (Http.untrusted(e)) {
                throw new FailedException(
                        null, "salt-api at " + url + ": TLS: " + Http.reason(e) + "; salt.ca names its authority", e);
            }
            throw new UnreachableException(null, "salt-api does not answer at " + url + ": " + Http.reason(e), e);
        }
        return switch (reply.status()) {
            case 401 -> throw new Unauthorized();
            case 502, 503, 504 ->
                throw new UnreachableException(
                        null,
                        "salt-api at " + url + " says " + reply.status()
                                + ": the Salt master behind it gives no answer");
            default -> {
                if (!reply.fine()) {
                    throw new FailedException(
                            null, "salt-api at " + url + " refused the call with HTTP " + reply.status());
                }
                yield reply.body();
            }
        };
    }
}
