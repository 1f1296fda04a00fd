package io.spillway.salt;

import com.google.gson.JsonParseException;
import com.suse.salt.netapi.client.AsyncHttpClient;
import com.suse.salt.netapi.exception.SaltException;
import com.suse.salt.netapi.exception.SaltUserUnauthorizedException;
import com.suse.salt.netapi.parser.JsonParser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Carries salt-netapi-client's requests by the JDK's HttpClient, each with a deadline. */
final class JdkTransport implements AsyncHttpClient {
    private final HttpClient http;
    private final Duration deadline;

    JdkTransport(HttpClient http, Duration deadline) {
        this.http = http;
        this.deadline = deadline;
    }

    @Override
    public <T> CompletionStage<T> get(URI uri, Map<String, String> headers, JsonParser<T> parser) {
        return send(request(uri, headers).GET(), parser);
    }

    @Override
    public <T> CompletionStage<T> post(URI uri, Map<String, String> headers, String data, JsonParser<T> parser) {
        return send(
                request(uri, headers)
                        .setHeader("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(data)),
                parser);
    }

    private HttpRequest.Builder request(URI uri, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(deadline);
        headers.forEach(request::setHeader);
        return request.setHeader("Accept", "application/json");
    }

    private <T> CompletionStage<T> send(HttpRequest.Builder request, JsonParser<T> parser) {
        return http.sendAsync(request.build(), BodyHandlers.ofString()).thenApply(answer -> parsed(answer, parser));
    }

    private static <T> T parsed(HttpResponse<String> answer, JsonParser<T> parser) {
        int status = answer.statusCode();
        if (status == 401) {
            throw new CompletionException(new SaltUserUnauthorizedException("401"));
        }
        if (status != 200) {
            throw new CompletionException(new SaltException("HTTP " + status));
        }
        try {
            return parser.parse(answer.body());
        } catch (JsonParseException noJson) {
            throw new CompletionException(new SaltException("an answer that is no JSON"));
        }
    }
}
