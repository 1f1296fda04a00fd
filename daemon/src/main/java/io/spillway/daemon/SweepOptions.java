package io.spillway.daemon;

import io.spillway.failure.BadInputException;
import io.spillway.simulation.sweep.Axis;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What of a simulation is swept, and where. */
final class SweepOptions {
    @Option(
            names = "--sweep",
            paramLabel = "NAME=VALUES",
            description = "One of load, htc, htc-run, reclaim, order, memory, with several values: load=0.5,0.7,0.9. "
                    + "May stand there several times: each combination is played.")
    List<String> sweep = new ArrayList<>();

    @Option(
            names = "--seeds",
            paramLabel = "NUMBER",
            description = "Each combination with so many seeds, from --seed on: mean and spread.")
    @Nullable Integer seeds;

    @Option(
            names = "--array",
            paramLabel = "FOLDER",
            description =
                    "Does not play the sweep, but writes a Slurm batch script for it into a folder that all nodes see.")
    @Nullable Path array;

    @Option(
            names = "--at-once",
            paramLabel = "NUMBER",
            defaultValue = "32",
            description = "Tasks of that script that run at once at most; ${DEFAULT-VALUE} if not given.")
    int atOnce = 32;

    @Option(
            names = "--task",
            paramLabel = "NUMBER",
            description = "With --array: plays that task of it. The batch script does this.")
    @Nullable Integer task;

    @Option(
            names = "--gather",
            paramLabel = "FOLDER",
            description = "Joins what the tasks wrote there, and prints the report.")
    @Nullable Path gather;

    boolean asked() {
        boolean asked = !sweep.isEmpty() || seeds != null;
        if (!asked && array != null) {
            throw new BadInputException(null, "--array goes with --sweep or --seeds");
        }
        if (task != null && array == null) {
            throw new BadInputException(null, "--task goes with --array");
        }
        if (atOnce < 1) {
            throw new BadInputException(null, "--at-once is 1 at least");
        }
        return asked;
    }

    List<Axis> axes() {
        return sweep.stream().map(Axis::parse).toList();
    }

    int seeds() {
        return seeds == null ? 1 : seeds;
    }
}
