package io.spillway.policy;

import io.spillway.failure.BadInputException;
import java.time.Duration;

/**
 * What an action is expected to cost.
 *
 * @param takes how long until it is done
 * @param away how long its jobs stand still by the action and its way back alone, not counting the wait in between
 * @param lost CPU seconds of work that are done anew, or never
 */
public record Cost(Duration takes, Duration away, long lost) {
    /** Nothing. */
    public static final Cost NONE = new Cost(Duration.ZERO, Duration.ZERO, 0);

    public Cost {
        if (takes.isNegative() || away.isNegative() || lost < 0) {
            throw new BadInputException(null, "a cost is never less than nothing");
        }
    }

    /**
     * For people.
     *
     * @return such as {@code takes 5.2 s, away 17.7 s, loses 3600 CPU s}
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("takes ").append(seconds(takes));
        if (!away.isZero()) {
            text.append(", away ").append(seconds(away));
        }
        if (lost > 0) {
            text.append(", loses ").append(lost).append(" CPU s");
        }
        return text.toString();
    }

    /** A time for people: 0.12 s, 5.2 s, 12 min. */
    static String seconds(Duration time) {
        double seconds = time.toMillis() / 1000.0;
        if (seconds >= 600) {
            return Math.round(seconds / 60) + " min";
        }
        return String.format(java.util.Locale.ROOT, seconds < 1 ? "%.2f s" : "%.1f s", seconds);
    }
}
