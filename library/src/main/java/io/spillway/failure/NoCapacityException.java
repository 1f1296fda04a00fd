package io.spillway.failure;

import org.jspecify.annotations.Nullable;

/** The cloud has no room: no valid host, or a quota that is used up. Later it may. */
public final class NoCapacityException extends SpillwayException {
    /**
     * Says what is wrong.
     *
     * @param subject the node, job, host or file it is about, or null
     * @param message one line
     */
    public NoCapacityException(@Nullable String subject, String message) {
        this(subject, message, null);
    }

    /**
     * Says what is wrong, and what was caught.
     *
     * @param subject the node, job, host or file it is about, or null
     * @param message one line
     * @param cause what was caught, or null
     */
    public NoCapacityException(@Nullable String subject, String message, @Nullable Throwable cause) {
        super(subject, message, cause);
    }

    @Override
    public boolean retryable() {
        return true;
    }

    @Override
    public String kind() {
        return "no-capacity";
    }
}
