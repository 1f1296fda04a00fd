package io.spillway.reconcile;

import io.spillway.model.NodeName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/**
 * Ends the daemon by {@code kill -9} at each step boundary that it has not met before. The boundaries met stand in the
 * file that {@code SPILLWAY_SOAK_MET} names; without it nothing happens. {@code soak/kills.py} starts daemons with it.
 */
public final class KillAtBoundary implements Boundary {
    @Override
    public synchronized void at(String name, NodeName node) {
        String file = System.getenv("SPILLWAY_SOAK_MET");
        if (file == null) {
            return;
        }
        try {
            Path met = Path.of(file);
            if (Files.readAllLines(met).contains(name)) {
                return;
            }
            Files.writeString(met, name + "\n", StandardOpenOption.APPEND);
            new ProcessBuilder(
                            "kill",
                            "-KILL",
                            Long.toString(ProcessHandle.current().pid()))
                    .start();
            TimeUnit.DAYS.sleep(1); // the end comes from without
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
        }
    }
}
