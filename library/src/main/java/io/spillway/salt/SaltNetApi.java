package io.spillway.salt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.gson.JsonElement;
import com.google.gson.reflect.TypeToken;
import com.suse.salt.netapi.calls.RunnerCall;
import com.suse.salt.netapi.client.SaltClient;
import com.suse.salt.netapi.datatypes.AuthMethod;
import com.suse.salt.netapi.datatypes.Token;
import com.suse.salt.netapi.exception.SaltException;
import com.suse.salt.netapi.exception.SaltUserUnauthorizedException;
import com.suse.salt.netapi.results.Result;
import io.spillway.config.SaltConfig;
import io.spillway.config.Trust;
import io.spillway.failure.FailedException;
import io.spillway.failure.ForbiddenException;
import io.spillway.failure.UnreachableException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** {@link SaltApi} by salt-netapi-client, over a transport of our own. This class is threadsafe. */
public final class SaltNetApi implements SaltApi {
    static final Duration CONNECT = Duration.ofSeconds(5);

    private static final TypeToken<JsonElement> ANYTHING = TypeToken.get(JsonElement.class);

    private final SaltConfig config;
    private final HttpClient http;
    private final SaltLogin login;
    private final ObjectMapper json = new ObjectMapper();

    /**
     * Prepares; the first call logs in.
     *
     * @param config how to reach salt-api
     */
    public SaltNetApi(SaltConfig config) {
        this.config = config;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT)
                .sslContext(Trust.in(config.ca()))
                .build();
        this.login = new SaltLogin(config, http);
    }

    @Override
    public JsonNode run(String function, Map<String, Object> arguments, Duration deadline) {
        Token first = login.token();
        try {
            return once(function, arguments, deadline, first);
        } catch (Unauthorized expired) {
            login.refused(first);
        }
        try {
            return once(function, arguments, deadline, login.token());
        } catch (Unauthorized again) {
            // salt-api answers all three with the same 401
            throw new ForbiddenException(
                    function,
                    "salt-api refuses %s to %s: forbidden, expired or wrong password"
                            .formatted(function, config.username()));
        }
    }

    private JsonNode once(String function, Map<String, Object> arguments, Duration deadline, Token token)
            throws Unauthorized {
        var client = new SaltClient(config.url(), new JdkTransport(http, deadline));
        var call = new RunnerCall<>(function, Optional.of(arguments), ANYTHING);
        try {
            Result<JsonElement> result = call.callSync(client, new AuthMethod(token))
                    .toCompletableFuture()
                    .join();
            return read(
                    function,
                    result.fold(
                            error -> {
                                throw new FailedException(function, "Salt: " + error);
                            },
                            value -> value));
        } catch (CompletionException wrapped) {
            Throwable cause = wrapped.getCause() == null ? wrapped : wrapped.getCause();
            if (cause instanceof SaltUserUnauthorizedException) {
                throw new Unauthorized(cause);
            }
            if (cause instanceof SaltException) {
                throw new UnreachableException(
                        null,
                        "salt-api (%s) answers %s with %s".formatted(config.url(), function, cause.getMessage()),
                        cause);
            }
            throw Unanswered.by(config.url(), function, deadline, cause);
        }
    }

    /** A runner's exception, and a function that is not there, come as a text with HTTP 200. */
    private JsonNode read(String function, JsonElement answer) {
        if (answer.isJsonPrimitive()) {
            String text = answer.getAsString().strip();
            String cause = text.contains("Traceback") ? text.substring(text.lastIndexOf('\n') + 1) : text;
            throw new FailedException(function, "%s failed in Salt: %s".formatted(function, cause));
        }
        try {
            return json.readTree(answer.toString());
        } catch (JsonProcessingException impossible) {
            throw new FailedException(function, function + " gave no JSON", impossible);
        }
    }

    private static final class Unauthorized extends Exception {
        Unauthorized(Throwable cause) {
            super(cause);
        }
    }
}
