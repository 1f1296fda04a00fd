package io.spillway.failure;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Every failure of Spillway: one line for a person, a kind for a program, and whether the very same call may succeed
 * later. Its subclasses are all there are.
 */
public abstract sealed class SpillwayException extends RuntimeException
        permits BadInputException,
                DeadlineException,
                FailedException,
                ForbiddenException,
                NoCapacityException,
                NotFoundException,
                RefusedException,
                StoppedException,
                UnavailableException,
                UnreachableException {
    private static final int LONGEST = 400;

    private static final Pattern BREAKS = Pattern.compile("[\\p{Cntrl}\\s]+");

    private static final char DELETE = '\u007f';

    private final @Nullable String subject;

    SpillwayException(@Nullable String subject, String message, @Nullable Throwable cause) {
        super(oneLine(message), cause);
        this.subject = subject;
    }

    /**
     * The failure of a kind, as it came over a wire.
     *
     * @param kind its word; one that is not known is {@code failed}
     * @param subject what it is about, or null
     * @param message one line
     * @return the failure
     */
    public static SpillwayException of(String kind, @Nullable String subject, String message) {
        return switch (kind) {
            case "bad-input" -> new BadInputException(subject, message);
            case "deadline" -> new DeadlineException(subject, message);
            case "forbidden" -> new ForbiddenException(subject, message);
            case "no-capacity" -> new NoCapacityException(subject, message);
            case "not-found" -> new NotFoundException(subject, message);
            case "refused" -> new RefusedException(subject, message);
            case "stopped" -> new StoppedException(subject, message);
            case "unavailable" -> new UnavailableException(subject, message);
            case "unreachable" -> new UnreachableException(subject, message);
            default -> new FailedException(subject, message);
        };
    }

    /**
     * Whether the same call, unchanged, may succeed later.
     *
     * @return true if it may
     */
    public abstract boolean retryable();

    /**
     * The kind of failure as a word for programs, such as {@code not-found}.
     *
     * @return the word
     */
    public abstract String kind();

    /**
     * What the failure is about.
     *
     * @return the node, job, host or file, where there is one
     */
    public Optional<String> subject() {
        return Optional.ofNullable(subject);
    }

    /**
     * The message, always one line.
     *
     * @return the message
     */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    /** Foreign texts (HTML bodies, tracebacks) come in here too: none of them may break the one line. */
    private static String oneLine(String text) {
        String line = (plain(text) ? text : BREAKS.matcher(text).replaceAll(" ")).strip();
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST - 1) + "…";
    }

    /** Whether nothing in it is to be replaced. A loop: the lifecycle refuses by the million in its tests. */
    private static boolean plain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == DELETE) {
                return false;
            }
        }
        return !text.contains("  ");
    }
}
