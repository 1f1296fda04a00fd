package io.spillway.failure;

import org.jspecify.annotations.Nullable;

/** The time given to an operation ran out; its goal stands, and the same call goes on from there. */
public final class DeadlineException extends SpillwayException {
    /**
     * Says what is wrong.
     *
     * @param subject the node, job, host or file it is about, or null
     * @param message one line
     */
    public DeadlineException(@Nullable String subject, String message) {
        this(subject, message, null);
    }

    /**
     * Says what is wrong, and what was caught.
     *
     * @param subject the node, job, host or file it is about, or null
     * @param message one line
     * @param cause what was caught, or null
     */
    public DeadlineException(@Nullable String subject, String message, @Nullable Throwable cause) {
        super(subject, message, cause);
    }

    @Override
    public boolean retryable() {
        return true;
    }

    @Override
    public String kind() {
        return "deadline";
    }
}
