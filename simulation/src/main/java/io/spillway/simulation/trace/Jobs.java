package io.spillway.simulation.trace;

import io.spillway.failure.BadInputException;
import org.jspecify.annotations.Nullable;

/** The jobs of a trace, one at a time, none submitted before the one before it. Not threadsafe. */
public interface Jobs extends AutoCloseable {
    /**
     * The next one.
     *
     * @return the job, or null if there are no more
     * @throws BadInputException if a line is broken and the reader is strict, or nothing can be read
     */
    @Nullable TraceJob next();

    /**
     * How much of the trace has been read.
     *
     * @return 0 to 1
     */
    double progress();

    /**
     * What the reader stumbled over so far.
     *
     * @return it
     */
    Remarks remarks();

    @Override
    void close();
}
