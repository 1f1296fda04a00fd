package io.spillway.policy;

import io.spillway.model.Host;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * A host that is to be emptied. The wish stands in Nova and nowhere else: the host's compute service is disabled with
 * {@code spillway: maintenance} or {@code spillway: eviction by 2026-11-23T15:00:00Z}. Enabling the service ends it. A
 * host that is disabled with other words is an admin's: nothing goes there, nothing is moved away.
 *
 * @param kind who wants it
 * @param by when it must be empty; empty if as soon as it can be without harm
 */
public record Clearance(Kind kind, Optional<Instant> by) {
    /** Who wants it. */
    public enum Kind {
        /** An admin, who is going to work on the host. */
        MAINTENANCE,
        /** The cloud's owner, who needs the room. */
        EVICTION
    }

    private static final String MAINTENANCE = "spillway: maintenance";
    private static final String EVICTION = "spillway: eviction";
    private static final String BY = " by ";

    /**
     * What stands at a host.
     *
     * @param host the host
     * @return empty if nobody wants it empty
     */
    public static Optional<Clearance> of(Host host) {
        return host.disabled().flatMap(Clearance::parse);
    }

    /**
     * Reads Nova's {@code disabled_reason}. A time that cannot be read is none.
     *
     * @param words the reason
     * @return empty if it is not one of ours
     */
    public static Optional<Clearance> parse(String words) {
        for (Kind kind : Kind.values()) {
            String begin = kind == Kind.MAINTENANCE ? MAINTENANCE : EVICTION;
            if (words.equals(begin)) {
                return Optional.of(new Clearance(kind, Optional.empty()));
            }
            if (words.startsWith(begin + BY)) {
                return Optional.of(new Clearance(kind, instant(words.substring(begin.length() + BY.length()))));
            }
        }
        return Optional.empty();
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text.strip()));
        } catch (DateTimeException unreadable) {
            return Optional.empty();
        }
    }

    /**
     * As it is written to Nova.
     *
     * @return such as {@code spillway: maintenance}
     */
    public String words() {
        return (kind == Kind.MAINTENANCE ? MAINTENANCE : EVICTION)
                + by.map(time -> BY + time).orElse("");
    }
}
