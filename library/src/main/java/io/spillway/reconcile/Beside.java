package io.spillway.reconcile;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads of looks that go on beside the ways. */
final class Beside {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    /** One for each look at a time; they end when nobody looks for a minute. */
    static final Executor THREADS = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "spillway-look-" + NUMBER.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    });

    private Beside() {}
}
