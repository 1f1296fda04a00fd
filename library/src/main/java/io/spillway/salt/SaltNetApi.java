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
import com.suse.salt.netapi.results.Result;
import io.spillway.config.SaltConfig;
import io.spillway.config.Trust;
import io.spillway.failure.FailedException;
import io.spillway.http.Http;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * {@link SaltApi} by salt-netapi-client, over a transport of our own, and the event bus with the same login. This class
 * is threadsafe.
 */
public final class SaltNetApi implements SaltApi, SaltEvents {
    /** We wait a little longer than salt-api does, for its word to be heard. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private static final TypeToken<JsonElement> ANYTHING = TypeToken.get(JsonElement.class);

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    private final SaltConfig config;
    private final Duration grace;
    private final Duration firstPause;
    private final HttpClient http;
    private final SaltLogin login;
    private final ObjectMapper json = new ObjectMapper();

    /**
     * Prepares; the first call logs in.
     *
     * @param config how to reach salt-api
     */
    public SaltNetApi(SaltConfig config) {
        this(config, GRACE, FIRST_PAUSE);
    }

    SaltNetApi(SaltConfig config, Duration grace, Duration firstPause) {
        this.config = config;
        this.grace = grace;
        this.firstPause = firstPause;
        this.http = Http.client(Trust.in(config.ca()));
        this.login = new SaltLogin(config, http);
    }

    @Override
    public JsonNode run(String function, Map<String, Object> arguments, Duration deadline) {
        RunnerCall<JsonElement> call = call(function, arguments, deadline);
        Token first = login.token();
        try {
            return once(function, call, deadline, first);
        } catch (JdkTransport.Unauthorized expired) {
            login.refused(first);
        }
        try {
            return once(function, call, deadline, login.token());
        } catch (JdkTransport.Unauthorized again) {
            throw login.forbidden();
        }
    }

    @Override
    public SaltEvents.Stream listen(Runnable connected, Consumer<String> tags) {
        return new SaltEventStream(config.url(), http, login, firstPause, connected, tags);
    }

    private static RunnerCall<JsonElement> call(String function, Map<String, Object> arguments, Duration deadline) {
        return new RunnerCall<>(function, Optional.of(arguments), ANYTHING) {
            @Override
            public Map<String, Object> getPayload() {
                // salt-api's own patience, which is 300 s else
                Map<String, Object> payload = new HashMap<>(super.getPayload());
                payload.put("timeout", deadline.toSeconds());
                return payload;
            }
        };
    }

    private JsonNode once(String function, RunnerCall<JsonElement> call, Duration deadline, Token token) {
        JdkTransport transport = new JdkTransport(config.url(), http, deadline.plus(grace));
        try {
            Result<JsonElement> result = call.callSync(new SaltClient(config.url(), transport), new AuthMethod(token))
                    .toCompletableFuture()
                    .join();
            return read(
                    function,
                    result.fold(
                            error -> {
                                throw new FailedException(null, function + ": Salt says: " + error);
                            },
                            value -> value));
        } catch (CompletionException | IndexOutOfBoundsException | NullPointerException noResult) {
            // thrown inside the library when "return" is not there or is empty
            throw transport.noSense(noResult);
        }
    }

    /** A runner's exception, and a function that is not there, come as a text with HTTP 200. */
    private JsonNode read(String function, JsonElement answer) {
        if (answer.isJsonPrimitive()) {
            String text = answer.getAsString().strip();
            if (text.contains("is not available")) {
                throw new FailedException(
                        null, "the Salt master has no " + function + ": is saltext-spillway installed there?");
            }
            throw new FailedException(
                    null, "%s failed in Salt: %s".formatted(function, text.substring(text.lastIndexOf('\n') + 1)));
        }
        try {
            return json.readTree(answer.toString());
        } catch (JsonProcessingException impossible) {
            throw new FailedException(null, function + " gave no JSON", impossible);
        }
    }
}
