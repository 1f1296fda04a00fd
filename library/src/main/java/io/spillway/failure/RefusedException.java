package io.spillway.failure;

import org.jspecify.annotations.Nullable;

/** The present state forbids what was asked for; the message says which state and what would be right. */
public final class RefusedException extends SpillwayException {
    /**
     * Says what is wrong.
     *
     * @param subject the node, job, host or file it is about, or null
     * @param message one line
     */
    public RefusedException(@Nullable String subject, String message) {
        this(subject, message, null);
    }

    /**
     * Says what is wrong, and what was caught.
     *
     * @param subject the node, job, host or file it is about, or null
     * @param message one line
     * @param cause what was caught, or null
     */
    public RefusedException(@Nullable String subject, String message, @Nullable Throwable cause) {
        super(subject, message, cause);
    }

    @Override
    public boolean retryable() {
        return false;
    }

    @Override
    public String kind() {
        return "refused";
    }
}
