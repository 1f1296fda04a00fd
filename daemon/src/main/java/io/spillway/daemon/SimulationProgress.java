package io.spillway.daemon;

import io.spillway.failure.BadInputException;
import io.spillway.failure.FailedException;
import io.spillway.simulation.whatif.WhatIf;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Says how far a simulation is and how long it will take. A Ctrl-C stops the simulation, and what is there so far is
 * printed.
 */
final class SimulationProgress implements WhatIf.Watcher, AutoCloseable {
    private final Console console;
    private final int runs;
    private final ProgressLine line;
    private final Writer jobs;
    private final Farewell farewell;
    private int begun;
    private String policy = "";

    /** Lists in {@code jobs}, if that is a file, when each job ran. */
    SimulationProgress(Console console, int runs, @Nullable Path jobs) {
        this.console = console;
        this.runs = runs;
        this.line = new ProgressLine(console);
        this.jobs = jobs == null ? Writer.nullWriter() : writer(jobs);
        list("policy,job,start,end\n");
        this.farewell = new Farewell(console);
    }

    /** The next of the runs; false if there is to be none. */
    boolean begin(String name) {
        policy = name;
        begun++;
        return !farewell.asked();
    }

    @Override
    public boolean goOn(double progress, long done) {
        double share = (begun - 1 + progress) / runs;
        line.tell(share, () -> "%s: %.0f %%, %d jobs ended".formatted(policy, 100 * share, done));
        return !farewell.asked();
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

    private void list(String text) {
        try {
            jobs.write(text);
        } catch (IOException unwritable) {
            throw new FailedException(null, "the list of jobs cannot be written: " + unwritable, unwritable);
        }
    }

    void clear() {
        line.clear();
    }

    @Override
    public void close() {
        console.out().flush();
        try {
            jobs.close();
        } catch (IOException unwritable) {
            throw new FailedException(null, "the list of jobs cannot be written: " + unwritable, unwritable);
        } finally {
            farewell.close();
        }
    }
}
