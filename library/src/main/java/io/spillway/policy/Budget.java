package io.spillway.policy;

import io.spillway.failure.BadInputException;
import java.time.Duration;

/**
 * What a job may be asked to bear.
 *
 * @param run how long it runs at least between two interruptions
 * @param times how often it may be interrupted in all
 * @param away how long it may stand still in all
 */
public record Budget(Duration run, int times, Duration away) {
    /** At least 5 minutes of running, 10 times, 12 hours. */
    public static final Budget DEFAULT = new Budget(Duration.ofMinutes(5), 10, Duration.ofHours(12));

    public Budget {
        if (run.isNegative() || times < 0 || away.isNegative()) {
            throw new BadInputException(null, "a budget is never less than nothing");
        }
    }
}
