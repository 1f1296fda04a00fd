package io.spillway.salt;

import com.fasterxml.jackson.databind.JsonNode;
import io.spillway.failure.BadInputException;
import io.spillway.failure.FailedException;
import io.spillway.failure.NoCapacityException;
import io.spillway.failure.NotFoundException;
import io.spillway.failure.RefusedException;
import io.spillway.failure.SpillwayException;
import io.spillway.failure.UnavailableException;
import io.spillway.failure.UnreachableException;
import org.jspecify.annotations.Nullable;

/** Tells a runner's value from its failures, which salt-api both calls success. */
final class RunnerAnswer {
    private RunnerAnswer() {}

    static Answer of(String function, JsonNode answer) {
        if (answer.path("ok").isBoolean() && answer.path("ok").booleanValue()) {
            return new Answer(function, answer.path("value"));
        }
        JsonNode error = answer.path("error");
        if (error.isObject()) {
            throw failure(
                    error.path("kind").asText(),
                    error.path("message").asText(function + " failed and did not say why"),
                    error.path("subject").isTextual() ? error.path("subject").asText() : null);
        }
        if (answer.isTextual()) {
            throw new FailedException(null, foreign(function, answer.asText()));
        }
        throw new FailedException(null, function + " answered neither ok nor an error");
    }

    private static SpillwayException failure(String kind, String message, @Nullable String subject) {
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

    /** Salt's own words: of a traceback only the last line says anything. */
    private static String foreign(String function, String text) {
        if (text.contains("is not available")) {
            return "the Salt master does not have " + function + ": is saltext-spillway installed beside it?";
        }
        String[] lines = text.strip().split("\\R+");
        return function + ": Salt says: " + lines[lines.length - 1].strip();
    }
}
