package io.spillway.failure;

import org.jspecify.annotations.Nullable;

/** What was asked for cannot be: a malformed name, an unknown pool, a configuration with a mistake. Nothing was changed. */
public final class BadInputException extends SpillwayException {
    /**
     * Says what is wrong.
     *
     * @param subject the node, job, host or file it is about, or null
     * @param message one line
     */
    public BadInputException(@Nullable String subject, String message) {
        this(subject, message, null);
    }

    /**
     * Says what is wrong, and what was caught.
     *
     * @param subject the node, job, host or file it is about, or null
     * @param message one line
     * @param cause what was caught, or null
     */
    public BadInputException(@Nullable String subject, String message, @Nullable Throwable cause) {
        super(subject, message, cause);
    }

    @Override
    public boolean retryable() {
        return false;
    }

    @Override
    public String kind() {
        return "bad-input";
    }
}
