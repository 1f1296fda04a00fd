package io.spillway.slurm;

import com.fasterxml.jackson.databind.JsonNode;
import io.spillway.failure.FailedException;
import io.spillway.failure.SpillwayException;
import io.spillway.salt.SaltApi;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

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
        throw SpillwayException.of(
                error.path("kind").asText(), subject, error.get("message").asText());
    }

    /** What changes something, and the site as it is then: both in one call. */
    Optional<SlurmSite> change(String function, Map<String, Object> arguments, Duration deadline) {
        Map<String, Object> all = new HashMap<>(arguments);
        all.put("look", true);
        return site(ask(function, all, deadline));
    }

    /** The site, if an answer has it. */
    static Optional<SlurmSite> site(JsonNode answer) {
        JsonNode site = answer.path("site");
        return site.isObject() ? Optional.of(SiteReader.site(site)) : Optional.empty();
    }
}
