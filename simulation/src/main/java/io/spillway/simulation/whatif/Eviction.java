package io.spillway.simulation.whatif;

import io.spillway.failure.BadInputException;
import java.util.Arrays;
import java.util.Locale;

/** What happens to single-core jobs, and to those of them that are in the way. */
public enum Eviction {
    /** There is no cloud: all jobs wait in one queue for the metal. */
    NO_CLOUD,
    /** Virtual nodes on idle hosts; one that is in the way is deleted, its jobs begin anew elsewhere. */
    KILL,
    /** Slurm suspends the jobs in place: their memory stays on the host, and they go on when it is idle again. */
    SUSPEND,
    /** Spillway: jobs suspended, the node's memory to disk; it comes back where there is room first. */
    CHECKPOINT;

    /**
     * By the name that people write.
     *
     * @param name such as {@code no-cloud}
     * @return the policy
     * @throws BadInputException if there is none
     */
    public static Eviction parse(String name) {
        return Arrays.stream(values())
                .filter(one -> one.toString().equals(name.strip().toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new BadInputException(
                        null,
                        "no policy '%s'; there are %s"
                                .formatted(
                                        name,
                                        String.join(
                                                ", ",
                                                Arrays.stream(values())
                                                        .map(Eviction::toString)
                                                        .toList()))));
    }

    /**
     * For people.
     *
     * @return such as {@code no-cloud}
     */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
