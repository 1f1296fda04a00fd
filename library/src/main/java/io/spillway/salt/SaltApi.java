package io.spillway.salt;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;

/** Salt's REST interface, as far as we use it: the functions of runners. */
public interface SaltApi {
    /**
     * Runs a runner's function and waits for its answer.
     *
     * @param function such as {@code spillway.site}
     * @param arguments by their names; texts, numbers, lists and maps of these
     * @param deadline how long it may take
     * @return what the function returned
     * @throws io.spillway.failure.UnreachableException if there is no answer in time
     * @throws io.spillway.failure.ForbiddenException if salt-api refuses us also after a new login
     * @throws io.spillway.failure.FailedException if the function raised an exception, or is not there
     */
    JsonNode run(String function, Map<String, Object> arguments, Duration deadline);
}
