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
 */
public record TraceJob(String id, long submit, int run, int requested, int processors) {
    /** A submission of the year 2106: the latest there is. */
    static final long LATEST = (1L << 32) - 1;

    public TraceJob {
        if (submit < 0 || submit > LATEST || run < 0 || requested < 0 || processors < 1) {
            throw new BadInputException(
                    id,
                    "job %s: submitted at %d s, %d s long, %d s requested, %d processors; none may be negative, none submitted after second 4294967295, and one processor is the least"
                            .formatted(id, submit, run, requested, processors));
        }
    }
}
