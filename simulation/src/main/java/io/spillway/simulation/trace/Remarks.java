package io.spillway.simulation.trace;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What a reader stumbled over: how often, and the first few of each kind with their line. Not threadsafe. */
public final class Remarks {
    /** How many of each kind are told in full. */
    private static final int TOLD = 3;

    /** What there is to stumble over. */
    public enum Kind {
        /** A line that is none of the format; it was left out. */
        BROKEN("broken lines, left out"),
        /** A job that never ran or whose run time or size is unknown; it was left out. */
        UNKNOWN("jobs without a known run time or size, left out"),
        /** A job submitted before the one before it; it is taken to be submitted with that one. */
        UNORDERED("jobs submitted before the one before them, taken to be submitted with it");

        private final String words;

        Kind(String words) {
            this.words = words;
        }
    }

    private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
    private final Map<Kind, List<String>> first = new EnumMap<>(Kind.class);

    /** Nothing yet. */
    public Remarks() {}

    void add(Kind kind, long line, String why) {
        counts.merge(kind, 1L, Long::sum);
        List<String> told = first.computeIfAbsent(kind, none -> new ArrayList<>());
        if (told.size() < TOLD) {
            told.add("line " + line + ": " + why);
        }
    }

    /**
     * How often.
     *
     * @param kind of what
     * @return how many
     */
    public long count(Kind kind) {
        return counts.getOrDefault(kind, 0L);
    }

    /**
     * For people.
     *
     * @return a line for each kind that there was, and one for each of its first
     */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        counts.forEach((kind, count) -> {
            lines.add(count + " " + kind.words);
            first.getOrDefault(kind, List.of()).forEach(told -> lines.add("  " + told));
        });
        return lines;
    }
}
