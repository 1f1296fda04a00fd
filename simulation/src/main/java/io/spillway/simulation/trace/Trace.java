package io.spillway.simulation.trace;

import io.spillway.failure.BadInputException;

/** Where jobs come from. It may be opened again and again, and gives the same jobs each time. */
public interface Trace {
    /**
     * What to call it.
     *
     * @return a file's name or a generator's parameters
     */
    String name();

    /**
     * Begins at the first job.
     *
     * @return the jobs
     * @throws BadInputException if it cannot be read
     */
    Jobs open();
}
