package io.spillway.reconcile;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

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
     * What clocks show, to be held against a controller's.
     *
     * @return the machine's time, where this has no other
     */
    default Instant now() {
        return Instant.now(Clock.systemUTC());
    }

    /**
     * Waits.
     *
     * @param time how long
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    void sleep(Duration time) throws InterruptedException;
}
