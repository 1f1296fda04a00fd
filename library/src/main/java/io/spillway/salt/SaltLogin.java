package io.spillway.salt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.suse.salt.netapi.datatypes.Token;
import io.spillway.config.SaltConfig;
import io.spillway.failure.BadInputException;
import io.spillway.failure.ForbiddenException;
import io.spillway.failure.UnreachableException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Logs in by itself: the client library knows neither eauth {@code file} nor {@code sharedsecret}. */
final class SaltLogin {
    private static final Duration DEADLINE = Duration.ofSeconds(15);

    private final SaltConfig config;
    private final HttpClient http;
    private final ObjectMapper json = new ObjectMapper();
    private @Nullable Token token;

    SaltLogin(SaltConfig config, HttpClient http) {
        this.config = config;
        this.http = http;
    }

    /** The token of the last login, or of a new one. */
    synchronized Token token() {
        Token known = token;
        if (known == null) {
            known = login();
            token = known;
        }
        return known;
    }

    /** Forgets a token that was refused, unless somebody else already has a newer one. */
    synchronized void refused(Token old) {
        if (token == old) {
            token = null;
        }
    }

    private Token login() {
        Map<String, String> credentials =
                Map.of("username", config.username(), "password", password(), "eauth", config.eauth());
        URI uri = config.url().resolve("/login");
        try {
            HttpRequest request = HttpRequest.newBuilder(uri)
                    .timeout(DEADLINE)
                    .header("Content-Type", "application/json")
                    .header("Accept", "application/json")
                    .POST(BodyPublishers.ofString(json.writeValueAsString(credentials)))
                    .build();
            var answer = http.send(request, BodyHandlers.ofString());
            if (answer.statusCode() == 401) {
                throw new ForbiddenException(
                        config.username(),
                        "salt-api refuses the login of %s: wrong password in %s, or no such user"
                                .formatted(config.username(), config.passwordFile()));
            }
            if (answer.statusCode() != 200) {
                throw new UnreachableException(
                        null, "salt-api (%s) answers the login with HTTP %d".formatted(uri, answer.statusCode()));
            }
            JsonNode text = json.readTree(answer.body()).at("/return/0/token");
            if (!text.isTextual()) {
                throw new UnreachableException(null, "salt-api (%s) answers the login without a token".formatted(uri));
            }
            return new Token(text.asText());
        } catch (JsonProcessingException noJson) {
            throw new UnreachableException(
                    null, "salt-api (%s) answers the login with something that is no JSON".formatted(uri), noJson);
        } catch (IOException cause) {
            throw Unanswered.by(config.url(), "the login", DEADLINE, cause);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new UnreachableException(null, "interrupted while logging in to salt-api", interrupt);
        }
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
