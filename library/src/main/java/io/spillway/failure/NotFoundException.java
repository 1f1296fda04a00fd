package io.spillway.failure;

import org.jspecify.annotations.Nullable;

/** The node, server, host or profile that was named is not there. */
public final class NotFoundException extends SpillwayException {
    /**
     * Says what is wrong.
     *
     * @param subject the node, job, host or file it is about, or null
     * @param message one line
     */
    public NotFoundException(@Nullable String subject, String message) {
        this(subject, message, null);
    }

    /**
     * Says what is wrong, and what was caught.
     *
     * @param subject the node, job, host or file it is about, or null
     * @param message one line
     * @param cause what was caught, or null
     */
    public NotFoundException(@Nullable String subject, String message, @Nullable Throwable cause) {
        super(subject, message, cause);
    }

    @Override
    public boolean retryable() {
        return false;
    }

    @Override
    public String kind() {
        return "not-found";
    }
}
