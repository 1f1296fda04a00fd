package io.spillway.reconcile;

import java.time.Duration;

/** Time as the reconciler takes it; a test brings its own. */
public interface Pace {
    /** The machine's. */
    Pace REAL = new Pace() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void sleep(Duration time) throws InterruptedException {
            Thread.sleep(time.toMillis());
        }
    };

    /**
     * A clock that only goes forward.
     *
     * @return nanoseconds since some moment
     */
    long nanos();

    /**
     * Waits.
     *
     * @param time how long
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    void sleep(Duration time) throws InterruptedException;
}
