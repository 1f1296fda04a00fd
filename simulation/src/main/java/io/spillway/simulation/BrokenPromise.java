package io.spillway.simulation;

/** Something was done to the simulated site that Spillway promises never to do. */
public final class BrokenPromise extends AssertionError {
    /**
     * Says which.
     *
     * @param promise the promise, in the negative
     */
    public BrokenPromise(String promise) {
        super(promise);
    }
}
