package io.spillway.policy;

import io.spillway.failure.BadInputException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What may be done to a job that has to step aside, and in which order.
 *
 * @param rungs the ways, the best first; one that is not here is never taken
 * @param limits how long a way may take at most; one without an entry may take as long as the occasion leaves
 */
public record Ladder(List<Rung> rungs, Map<Rung, Duration> limits) {
    /** All ways that lose no work. */
    public static final Ladder KEEPING = of(Rung.MIGRATE, Rung.HOLD, Rung.CHECKPOINT);

    public Ladder {
        rungs = List.copyOf(rungs);
        limits = Map.copyOf(limits);
        if (Set.copyOf(rungs).size() != rungs.size()) {
            throw new BadInputException(null, "the ladder " + rungs + " names a rung twice; once would be right");
        }
        if (!rungs.containsAll(limits.keySet())) {
            throw new BadInputException(null, "the ladder " + rungs + " has a limit for a rung that it does not name");
        }
    }

    /**
     * Ways without limits.
     *
     * @param rungs the ways, the best first
     * @return the ladder
     */
    public static Ladder of(Rung... rungs) {
        return new Ladder(List.of(rungs), Map.of());
    }

    /**
     * How long a way may take.
     *
     * @param rung the way
     * @return at most; empty for as long as the occasion leaves
     */
    public Optional<Duration> limit(Rung rung) {
        return Optional.ofNullable(limits.get(rung));
    }

    /**
     * What both allow, in this one's order, each within the shorter limit: for a node with jobs of two classes.
     *
     * @param other the other
     * @return the stricter ladder
     */
    public Ladder and(Ladder other) {
        List<Rung> both = new ArrayList<>(rungs);
        both.retainAll(other.rungs);
        Map<Rung, Duration> shorter = new java.util.EnumMap<>(Rung.class);
        for (Rung rung : both) {
            Optional<Duration> mine = limit(rung);
            Optional<Duration> theirs = other.limit(rung);
            mine.ifPresent(limit -> shorter.put(rung, limit));
            theirs.ifPresent(limit -> shorter.merge(rung, limit, (a, b) -> a.compareTo(b) < 0 ? a : b));
        }
        return new Ladder(both, shorter);
    }
}
