package io.spillway.cloud;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spillway.failure.FailedException;
import io.spillway.failure.UnavailableException;
import io.spillway.http.Http;
import io.spillway.http.Reply;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of OpenStack's services. Thread-safe.
 *
 * @param name how messages call it
 * @param url its endpoint, without a slash at its end
 * @param http the client to reach it with
 */
record Service(String name, String url, HttpClient http) {
    /** Nova's own checks before a live migration are the slowest thing that is asked for. */
    static final Duration DEADLINE = Duration.ofSeconds(60);

    static final ObjectMapper JSON = new ObjectMapper();
    private static final Logger LOG = LoggerFactory.getLogger(Service.class);

    /**
     * Sends a request.
     *
     * @return an answer with a status of 2xx, and with a JSON object that is not empty if the request was a GET: no
     *     service answers a GET with less, but many a proxy does
     * @throws Unauthorized for 401
     */
    Reply send(HttpRequest request) {
        long began = System.nanoTime();
        Reply reply;
        try {
            reply = Http.send(http, request, DEADLINE, 0);
        } catch (IOException e) {
            String why = "%s does not answer at %s: %s".formatted(name, url, Http.reason(e));
            if (Http.untrusted(e)) {
                throw new FailedException(null, why + "; cacert in clouds.yaml names its authority", e);
            }
            throw new UnavailableException(null, why, e);
        }
        LOG.debug(
                "{} {} {}: {} in {} ms",
                name,
                request.method(),
                request.uri(),
                reply.status(),
                (System.nanoTime() - began) / 1_000_000);
        if (!reply.fine()) {
            throw Refusal.of(this, request, reply);
        }
        if (request.method().equals("GET")) {
            json(reply);
        }
        return reply;
    }

    JsonNode json(Reply reply) {
        try {
            JsonNode answer = JSON.readTree(reply.body());
            if (answer.isObject() && !answer.isEmpty()) {
                return answer;
            }
            throw noSense(null);
        } catch (JsonProcessingException e) {
            throw noSense(e);
        }
    }

    UnavailableException noSense(@Nullable Exception cause) {
        return new UnavailableException(null, "what answers at %s is no %s".formatted(url, name), cause);
    }
}
