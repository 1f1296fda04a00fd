package io.spillway.reconcile;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.locks.Lock;

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

    /**
     * Takes a lock that others hold across a {@link #sleep}. In a time where one works at once, waiting is sleeping.
     *
     * @param lock the lock
     */
    default void lock(Lock lock) {
        lock.lock();
    }

    /**
     * Waits for what others work at.
     *
     * @param end what they complete
     * @param <T> what it is
     * @return it
     * @throws InterruptedException if the thread is interrupted meanwhile
     * @throws ExecutionException if it failed
     */
    default <T> T await(Future<T> end) throws InterruptedException, ExecutionException {
        return end.get();
    }

    /**
     * Does work beside its caller's, which does not wait for it.
     *
     * @param work the work
     */
    default void beside(Runnable work) {
        workers().orElse(Beside.THREADS).execute(work);
    }

    /**
     * What begins work that goes on beside its caller's.
     *
     * @return empty where each may begin threads of its own
     */
    default Optional<Executor> workers() {
        return Optional.empty();
    }
}
