package io.spillway.salt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.suse.salt.netapi.datatypes.Token;
import io.spillway.config.SaltConfig;
import io.spillway.failure.BadInputException;
import io.spillway.failure.ForbiddenException;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Logs in by itself: the client library knows neither eauth {@code file} nor {@code sharedsecret}. */
final class SaltLogin {
    private static final Duration DEADLINE = Duration.ofSeconds(15);
    /** A token serves for this share of its life. */
    private static final double SHARE = 0.9;

    private record Held(Token token, long until) {}

    private final SaltConfig config;
    private final HttpClient http;
    private final ObjectMapper json = new ObjectMapper();
    private @Nullable Held held;

    SaltLogin(SaltConfig config, HttpClient http) {
        this.config = config;
        this.http = http;
    }

    /** The token of the last login, or of a new one: one thread logs in, the others wait for it. */
    synchronized Token token() {
        Held now = held;
        if (now == null || System.nanoTime() - now.until >= 0) {
            now = login();
            held = now;
        }
        return now.token;
    }

    /** Forgets a token that was refused, unless somebody else already has a newer one. */
    synchronized void refused(Token old) {
        if (held != null && held.token.equals(old)) {
            held = null;
        }
    }

    private Held login() {
        String form =
                Map.of("username", config.username(), "password", password(), "eauth", config.eauth())
                        .entrySet()
                        .stream()
                        .map(field ->
                                field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&"));
        JdkTransport transport = new JdkTransport(config.url(), http, DEADLINE);
        HttpRequest.Builder request = HttpRequest.newBuilder(config.url().resolve("/login"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Accept", "application/json")
                .POST(BodyPublishers.ofString(form));
        try {
            JsonNode answer = json.readTree(transport.send(request)).at("/return/0");
            if (!answer.path("token").isTextual()) {
                throw transport.noSense(new IllegalStateException("no token"));
            }
            double life =
                    answer.path("expire").asDouble() - answer.path("start").asDouble();
            return new Held(new Token(answer.get("token").asText()), System.nanoTime() + (long) (life * SHARE * 1e9));
        } catch (JdkTransport.Unauthorized e) {
            throw forbidden();
        } catch (JsonProcessingException e) {
            throw transport.noSense(e);
        }
    }

    /** For salt-api these three are the same 401. */
    ForbiddenException forbidden() {
        return new ForbiddenException(
                null,
                "salt-api at %s refuses user %s: forbidden, expired or wrong password (in %s)"
                        .formatted(config.url(), config.username(), config.passwordFile()));
    }

    private String password() {
        try {
            List<String> lines = Files.readAllLines(config.passwordFile());
            if (lines.isEmpty() || lines.get(0).isBlank()) {
                throw new BadInputException(
                        config.passwordFile().toString(),
                        config.passwordFile() + " is empty; its first line should be salt-api's password");
            }
            return lines.get(0);
        } catch (IOException unreadable) {
            throw new BadInputException(
                    config.passwordFile().toString(), "salt-api's password cannot be read: " + unreadable, unreadable);
        }
    }
}
