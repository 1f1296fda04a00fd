package io.spillway.slurm;

import com.fasterxml.jackson.databind.JsonNode;
import io.spillway.failure.BadInputException;
import io.spillway.failure.FailedException;
import io.spillway.failure.NoCapacityException;
import io.spillway.failure.NotFoundException;
import io.spillway.failure.RefusedException;
import io.spillway.failure.SpillwayException;
import io.spillway.failure.UnavailableException;
import io.spillway.failure.UnreachableException;
import io.spillway.salt.SaltApi;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The runner {@code spillway}: each answer is {@code {"ok": true, "value": …}}, or says what went wrong. */
final class Door {
    private final SaltApi salt;

    Door(SaltApi salt) {
        this.salt = salt;
    }

    JsonNode ask(String function, Map<String, Object> arguments, Duration deadline) {
        JsonNode answer = salt.run("spillway." + function, arguments, deadline);
        if (answer.path("ok").asBoolean(false) && answer.has("value")) {
            return answer.get("value");
        }
        JsonNode error = answer.path("error");
        if (!error.path("message").isTextual()) {
            throw new FailedException(
                    function, "spillway.%s answers what we do not understand: %s".formatted(function, answer));
        }
        String subject =
                error.path("subject").isTextual() ? error.get("subject").asText() : null;
        throw failure(error.path("kind").asText(), subject, error.get("message").asText());
    }

    private static SpillwayException failure(String kind, @Nullable String subject, String message) {
        return switch (kind) {
            case "bad-input" -> new BadInputException(subject, message);
            case "not-found" -> new NotFoundException(subject, message);
            case "refused" -> new RefusedException(subject, message);
            case "unreachable" -> new UnreachableException(subject, message);
            case "unavailable" -> new UnavailableException(subject, message);
            case "no-capacity" -> new NoCapacityException(subject, message);
            default -> new FailedException(subject, message);
        };
    }
}
