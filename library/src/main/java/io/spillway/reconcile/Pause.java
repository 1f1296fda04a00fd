package io.spillway.reconcile;

import io.spillway.failure.SpillwayException;
import io.spillway.model.NodeName;
import java.time.Instant;
import java.util.Optional;

/**
 * A server's CPUs are to stand still for a job that its host has itself; it says nothing of the node's goal, which comes
 * true when it is gone. On another host it means nothing.
 *
 * @param host the host that has the job
 * @param since the second of the controller's clock by which that job had the host; a look at Slurm that is older says
 *     nothing about it
 */
public record Pause(String host, Instant since) {
    private static final char SINCE = '@';

    /** Reads such as {@code cn01@1800000000}; what cannot be read is none. */
    static Optional<Pause> read(String word) {
        int at = word.lastIndexOf(SINCE);
        try {
            return at < 0
                    ? Optional.empty()
                    : Optional.of(new Pause(
                            NodeName.of(word.substring(0, at)).value(),
                            Instant.ofEpochSecond(Long.parseLong(word.substring(at + 1)))));
        } catch (SpillwayException | NumberFormatException | java.time.DateTimeException unreadable) {
            return Optional.empty();
        }
    }

    String word() {
        return host + SINCE + since.getEpochSecond();
    }
}
