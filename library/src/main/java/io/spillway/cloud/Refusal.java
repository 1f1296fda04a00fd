package io.spillway.cloud;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.spillway.failure.BadInputException;
import io.spillway.failure.FailedException;
import io.spillway.failure.ForbiddenException;
import io.spillway.failure.NoCapacityException;
import io.spillway.failure.NotFoundException;
import io.spillway.failure.RefusedException;
import io.spillway.failure.UnavailableException;
import io.spillway.http.Reply;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** An HTTP status that is no success, as the failure that it means. */
final class Refusal {
    private static final Pattern NO_CAPACITY =
            Pattern.compile("No valid host|Quota exceeded|[Ii]nsufficient compute resources");
    private static final Pattern NOT_FOUND = Pattern.compile("could not be found|not found");
    private static final Pattern UNAVAILABLE = Pattern.compile("is unavailable at this time");

    private Refusal() {}

    static RuntimeException of(Service service, HttpRequest request, Reply reply) {
        Optional<String> word = word(reply.body());
        String said = "%s: %s (HTTP %d at %s %s)"
                .formatted(
                        service.name(),
                        word.orElse("no reason given"),
                        reply.status(),
                        request.method(),
                        request.uri());
        if (word.filter(text -> NO_CAPACITY.matcher(text).find()).isPresent()) {
            return new NoCapacityException(null, said);
        }
        return switch (reply.status()) {
            case 401 -> new Unauthorized(service.name());
            case 403 -> new ForbiddenException(null, said);
            case 404 -> word.isPresent() ? new NotFoundException(null, said) : service.noSense(null);
            case 400 -> badRequest(word.orElse(""), said);
            case 409 -> new RefusedException(null, said);
            case 429 -> new UnavailableException(null, said);
            default ->
                reply.status() >= 500
                        ? new UnavailableException(
                                null,
                                "%s at %s cannot serve now: HTTP %d%s"
                                        .formatted(
                                                service.name(),
                                                service.url(),
                                                reply.status(),
                                                word.map(text -> ", " + text).orElse("")))
                        : new FailedException(null, said);
        };
    }

    /** Nova says 400 also for hosts that are not there, not up or not fit. */
    private static RuntimeException badRequest(String word, String said) {
        if (NOT_FOUND.matcher(word).find()) {
            return new NotFoundException(null, said);
        }
        if (word.startsWith("Invalid input")) {
            return new BadInputException(null, said);
        }
        return UNAVAILABLE.matcher(word).find()
                ? new UnavailableException(null, said)
                : new RefusedException(null, said);
    }

    /** The service's own message: {@code {"conflictingRequest": {"message": …}}}. HTML has none. */
    private static Optional<String> word(String body) {
        try {
            JsonNode answer = Service.JSON.readTree(body);
            for (JsonNode inside : answer) {
                if (inside.path("message").isTextual()) {
                    return Optional.of(inside.get("message").asText());
                }
                if (inside.isArray() && inside.path(0).path("detail").isTextual()) {
                    return Optional.of(inside.path(0).get("detail").asText());
                }
            }
            return List.of("message", "detail", "error").stream()
                    .filter(key -> answer.path(key).isTextual())
                    .map(key -> answer.get(key).asText())
                    .findFirst();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
