package io.spillway.daemon;

import io.spillway.failure.BadInputException;
import io.spillway.failure.FailedException;
import io.spillway.simulation.whatif.WhatIf;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Says on standard error how far a simulation is and how long it will take: overwritten where a person watches, else a
 * line every ten seconds. A Ctrl-C stops the simulation, and what is there so far is printed.
 */
final class SimulationProgress implements WhatIf.Watcher, AutoCloseable {
    private static final String CLEAR = "\r\u001b[K";
    private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long LINE = TimeUnit.SECONDS.toNanos(10);

    /** So long a Ctrl-C waits for the printing. */
    private static final int PRINTING = 10;

    private final Console console;
    private final int runs;
    private final boolean watched = Console.watched();
    private final long began = System.nanoTime();
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread goodbye = new Thread(this::stop);
    private final Writer jobs;
    private volatile boolean stopped;
    private int begun;
    private String policy = "";
    private long told = began;

    /** Lists in {@code jobs}, if that is a file, when each job ran. */
    SimulationProgress(Console console, int runs, @Nullable Path jobs) {
        this.console = console;
        this.runs = runs;
        this.jobs = jobs == null ? Writer.nullWriter() : writer(jobs);
        list("policy,job,start,end\n");
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

    /** The next of the runs; false if there is to be none. */
    boolean begin(String name) {
        policy = name;
        begun++;
        return !stopped;
    }

    @Override
    public boolean goOn(double progress, long done) {
        long now = System.nanoTime();
        if (now - told > (watched ? LOOK : LINE)) {
            told = now;
            tell((begun - 1 + progress) / runs, done, (now - began) / 1e9);
        }
        return !stopped;
    }

    private void tell(double share, long done, double seconds) {
        String line = "%s: %.0f %%, %d jobs ended, %.0f s, about %.0f s to go"
                .formatted(policy, 100 * share, done, seconds, seconds * (1 - share) / Math.max(1e-6, share));
        if (watched) {
            console.err().print(CLEAR + line);
            console.err().flush();
        } else {
            console.err().println(line);
        }
    }

    @Override
    public void ended(String id, long start, long end) {
        list(policy + ',' + id + ',' + start + ',' + end + '\n');
    }

    private static Writer writer(Path file) {
        try {
            return Files.newBufferedWriter(file);
        } catch (IOException unwritable) {
            throw new BadInputException(
                    file.toString(), "%s cannot be written: %s".formatted(file, unwritable), unwritable);
        }
    }

    private void list(String line) {
        try {
            jobs.write(line);
        } catch (IOException unwritable) {
            throw new FailedException(null, "the list of jobs cannot be written: " + unwritable, unwritable);
        }
    }

    void clear() {
        if (watched) {
            console.err().print(CLEAR);
            console.err().flush();
        }
    }

    @Override
    public void close() {
        console.out().flush();
        try {
            jobs.close();
        } catch (IOException unwritable) {
            throw new FailedException(null, "the list of jobs cannot be written: " + unwritable, unwritable);
        } finally {
            leave();
        }
    }

    private void leave() {
        over.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(goodbye);
        } catch (IllegalStateException ending) {
            // it runs already, and has waited for this
        }
    }
}
