package io.spillway.simulation.trace;

import io.spillway.failure.BadInputException;

/**
 * A job of a trace. Times are whole seconds.
 *
 * @param id what its cluster calls it
 * @param submit when it was submitted, on the trace's own clock
 * @param run how long it runs, undisturbed
 * @param requested how long its user says it runs at most; may be less than it runs
 * @param processors how many cores it has at once
 * @param memory what it keeps in memory for each of its cores, in MiB; {@link #UNKNOWN} if the trace does not say
 */
public record TraceJob(String id, long submit, int run, int requested, int processors, int memory) {
    /** Nobody knows how much memory. */
    public static final int UNKNOWN = -1;

    /** A submission of the year 2106: the latest there is. */
    static final long LATEST = (1L << 32) - 1;

    public TraceJob {
        if (submit < 0 || submit > LATEST || run < 0 || requested < 0 || processors < 1) {
            throw new BadInputException(
                    id,
                    "job %s: submitted at %d s, %d s long, %d s requested, %d processors; none may be negative, none submitted after second 4294967295, and one processor is the least"
                            .formatted(id, submit, run, requested, processors));
        }
        memory = Math.max(UNKNOWN, memory);
    }

    /**
     * A job of which nobody knows how much memory it keeps.
     *
     * @param id what its cluster calls it
     * @param submit when it was submitted, on the trace's own clock
     * @param run how long it runs, undisturbed
     * @param requested how long its user says it runs at most; may be less than it runs
     * @param processors how many cores it has at once
     */
    public TraceJob(String id, long submit, int run, int requested, int processors) {
        this(id, submit, run, requested, processors, UNKNOWN);
    }
}
