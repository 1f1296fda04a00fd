package io.spillway.daemon.api;

import io.spillway.failure.BadInputException;
import org.jspecify.annotations.Nullable;

/**
 * What Slurm's power saving has just begun, as one of its programs tells it. The daemon sees the same in the nodes'
 * states; this only says that it is time to look.
 *
 * @param event {@code resume}, {@code suspend} or {@code resume-fail}
 * @param nodes a hostlist
 * @param reason for the log, such as {@code for job 12}
 */
public record Switching(
        String event, String nodes, @Nullable String reason) {
    private static final int LONGEST = 200;

    /**
     * Throws if it is none.
     *
     * @return the same
     * @throws BadInputException if a part is missing or is not what it should be
     */
    public Switching checked() {
        if (event == null || !event.matches("resume|suspend|resume-fail")) {
            throw new BadInputException(null, "the event must be resume, suspend or resume-fail");
        }
        if (nodes == null) {
            throw new BadInputException(null, "no node is named; vn[01-02] would name two");
        }
        if (reason != null && (reason.length() > LONGEST || reason.chars().anyMatch(Character::isISOControl))) {
            throw new BadInputException(null, "a reason is one line of at most %d characters".formatted(LONGEST));
        }
        return this;
    }
}
