package io.spillway.cloud;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.spillway.cloud.CloudFacts.Account;
import io.spillway.config.CloudConfig;
import io.spillway.failure.FailedException;
import io.spillway.failure.ForbiddenException;
import io.spillway.failure.NotFoundException;
import io.spillway.http.Reply;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The token of one account, renewed before it expires. openstack4j's own login knows no application credentials.
 * Thread-safe.
 */
final class Keystone {
    /** A token serves for this share of its life. */
    private static final double SHARE = 0.9;

    private final CloudConfig config;
    private final HttpClient http;
    private final Service service;
    private @Nullable Session held;

    Keystone(CloudConfig config, HttpClient http) {
        this.config = config;
        this.http = http;
        String url = trimmed(config.authUrl().toString());
        this.service = new Service("Keystone", url.endsWith("/v3") ? url : url + "/v3", http);
    }

    /** One thread logs in, the others wait for its token. */
    synchronized Session session() {
        Session now = held;
        if (now == null || now.old()) {
            now = login();
            held = now;
        }
        return now;
    }

    synchronized void forget(Session session) {
        if (session.equals(held)) {
            held = null;
        }
    }

    synchronized void forgetAll() {
        held = null;
    }

    ForbiddenException forbidden() {
        return new ForbiddenException(
                null,
                "Keystone at %s refuses what clouds.yaml says: forbidden, expired or wrong password"
                        .formatted(service.url()));
    }

    private Session login() {
        HttpRequest request = HttpRequest.newBuilder(URI.create(service.url() + "/auth/tokens"))
                .header("Content-Type", "application/json")
                .header("Accept", "application/json")
                .POST(BodyPublishers.ofString(body()))
                .build();
        Reply reply;
        try {
            reply = service.send(request);
        } catch (Unauthorized | NotFoundException e) {
            // 404 is Keystone's word for an application credential or a user that is gone
            throw forbidden();
        }
        JsonNode token = service.json(reply).path("token");
        String id = reply.headers().firstValue("X-Subject-Token").orElseThrow(() -> service.noSense(null));
        return new Session(
                id,
                System.nanoTime() + (long) (life(token).toMillis() * 1e6 * SHARE),
                endpoint(token, "Nova", "compute"),
                endpoint(token, "Neutron", "network"),
                found(token, "Placement", "placement"),
                account(token));
    }

    private static Account account(JsonNode token) {
        Set<String> roles = new HashSet<>();
        token.path("roles").forEach(role -> roles.add(role.path("name").asText()));
        return new Account(
                token.path("user").path("id").asText(),
                token.path("project").path("id").asText(),
                Set.copyOf(roles));
    }

    private String body() {
        Map<String, Object> auth = config.scope()
                .<Map<String, Object>>map(scope -> Map.of("identity", config.identity(), "scope", scope))
                .orElseGet(() -> Map.of("identity", config.identity()));
        try {
            return Service.JSON.writeValueAsString(Map.of("auth", auth));
        } catch (JsonProcessingException e) {
            throw new FailedException(null, "clouds.yaml cannot be sent to Keystone", e);
        }
    }

    /** From Keystone's two times: our clock may differ from its. */
    private Duration life(JsonNode token) {
        try {
            return Duration.between(
                    OffsetDateTime.parse(token.path("issued_at").asText()),
                    OffsetDateTime.parse(token.path("expires_at").asText()));
        } catch (DateTimeParseException e) {
            throw service.noSense(e);
        }
    }

    private Service endpoint(JsonNode token, String name, String type) {
        return found(token, name, type)
                .orElseThrow(() -> new FailedException(
                        null,
                        "Keystone at %s knows no public endpoint of %s%s"
                                .formatted(
                                        service.url(),
                                        name,
                                        config.region()
                                                .map(region -> " in region " + region)
                                                .orElse(""))));
    }

    private Optional<Service> found(JsonNode token, String name, String type) {
        for (JsonNode entry : token.path("catalog")) {
            if (!entry.path("type").asText().equals(type)) {
                continue;
            }
            for (JsonNode endpoint : entry.path("endpoints")) {
                if (endpoint.path("interface").asText().equals("public") && inRegion(endpoint)) {
                    return Optional.of(
                            new Service(name, trimmed(endpoint.path("url").asText()), http));
                }
            }
        }
        return Optional.empty();
    }

    private boolean inRegion(JsonNode endpoint) {
        String region = endpoint.path("region").asText();
        String id = endpoint.path("region_id").asText(region);
        return config.region()
                .map(name -> name.equals(region) || name.equals(id))
                .orElse(true);
    }

    private static String trimmed(String url) {
        return url.replaceAll("/+$", "");
    }
}
