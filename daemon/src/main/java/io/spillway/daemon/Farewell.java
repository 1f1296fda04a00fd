package io.spillway.daemon;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A Ctrl-C that lets what is there so far be printed. Threadsafe. */
final class Farewell implements AutoCloseable {
    /** So long a Ctrl-C waits for the printing. */
    private static final int PRINTING = 10;

    private final Console console;
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread goodbye = new Thread(this::stop);
    private volatile boolean stopped;

    Farewell(Console console) {
        this.console = console;
        Runtime.getRuntime().addShutdownHook(goodbye);
    }

    private void stop() {
        stopped = true;
        try {
            if (!over.await(PRINTING, TimeUnit.SECONDS)) {
                console.error("stopped; what was there could not be printed within " + PRINTING + " s");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether somebody wants it to end. */
    boolean asked() {
        return stopped;
    }

    /** All is printed. */
    @Override
    public void close() {
        over.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(goodbye);
        } catch (IllegalStateException ending) {
            // it runs already, and has waited for this
        }
    }
}
