package io.spillway.reconcile;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A look that serves all who asked before it began. Nobody gets an answer that is older than the question, so what
 * somebody has just changed is seen.
 */
final class Shared<T> {
    private final Supplier<T> look;
    private final Pace pace;
    private final AtomicLong tickets = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();

    /** The last ticket drawn before the newest look began. */
    private long served;

    private @Nullable Supplier<T> outcome;

    Shared(Supplier<T> look, Pace pace) {
        this.look = look;
        this.pace = pace;
    }

    T get() {
        long ticket = tickets.incrementAndGet();
        pace.lock(lock);
        try {
            Supplier<T> last = outcome;
            if (last == null || served < ticket) {
                served = tickets.get();
                last = once();
                outcome = last;
            }
            return last.get();
        } finally {
            lock.unlock();
        }
    }

    private Supplier<T> once() {
        try {
            T value = look.get();
            return () -> value;
        } catch (RuntimeException failure) {
            return () -> {
                throw failure;
            };
        }
    }
}
