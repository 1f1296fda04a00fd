package io.spillway.salt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spillway.config.SaltAccount;
import io.spillway.failure.ForbiddenException;
import io.spillway.failure.SpillwayException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The token of one account, renewed before it expires. The library's own login knows no eauth {@code file}. */
final class Login {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration DEADLINE = Duration.ofSeconds(15);
    private static final Duration GOODBYE = Duration.ofSeconds(2);
    /** A token serves for this share of its life. */
    private static final double SHARE = 0.9;

    private record Held(String token, long until) {}

    private final SaltAccount account;
    private final HttpClient client;
    private @Nullable Held held;

    Login(SaltAccount account, HttpClient client) {
        this.account = account;
        this.client = client;
    }

    /** One thread logs in, the others wait for its token. */
    synchronized String token() {
        Held now = held;
        if (now == null || System.nanoTime() - now.until >= 0) {
            now = login();
            held = now;
        }
        return now.token;
    }

    synchronized void forget(String token) {
        if (held != null && held.token.equals(token)) {
            held = null;
        }
    }

    ForbiddenException forbidden() {
        return new ForbiddenException(
                null,
                "salt-api at %s refuses user %s: forbidden, expired or wrong password"
                        .formatted(account.url(), account.username()));
    }

    private Held login() {
        Map<String, String> form =
                Map.of("username", account.username(), "password", account.password(), "eauth", account.eauth());
        Transport transport = new Transport(account.url(), client, DEADLINE);
        HttpRequest.Builder request = HttpRequest.newBuilder(account.url().resolve("/login"))
                .header("Accept", "application/json")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(encoded(form)));
        try {
            JsonNode answer =
                    JSON.readTree(transport.exchange(request)).path("return").path(0);
            double seconds =
                    answer.path("expire").asDouble() - answer.path("start").asDouble();
            if (!answer.path("token").isTextual()) {
                throw transport.noJson(new IllegalStateException("no token"));
            }
            return new Held(
                    answer.path("token").asText(), System.nanoTime() + (long) (Math.max(1, seconds) * SHARE * 1e9));
        } catch (Unauthorized e) {
            throw forbidden();
        } catch (JsonProcessingException e) {
            throw transport.noJson(e);
        }
    }

    /** Gives the token back, so that it does not lie on the master until it expires. */
    synchronized void logout() {
        Held now = held;
        held = null;
        if (now == null) {
            return;
        }
        try {
            new Transport(account.url(), client, GOODBYE)
                    .exchange(HttpRequest.newBuilder(account.url().resolve("/logout"))
                            .header("Accept", "application/json")
                            .header("X-Auth-Token", now.token)
                            .POST(BodyPublishers.noBody()));
        } catch (Unauthorized | SpillwayException e) {
            // it expires by itself
        }
    }

    private static String encoded(Map<String, String> form) {
        return form.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}
