package io.spillway.simulation;

import java.util.function.Supplier;

/** The way from a caller to the site: it takes its time, and may fail before or after the work is done. */
public interface Wire {
    /**
     * Carries one call.
     *
     * @param what the call, for people
     * @param work what is done when it arrives
     * @param <T> what it answers
     * @return the answer
     */
    <T> T call(String what, Supplier<T> work);
}
