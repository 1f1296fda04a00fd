package io.spillway.model;

import io.spillway.failure.BadInputException;

/**
 * How much work may be under way at once. A server's change counts from its request until Nova has done it.
 *
 * @param host changes of servers on one host; a move counts on both of its hosts
 * @param cloud changes of servers in the whole cloud, and Salt's work on nodes
 * @param slurm requests to slurmctld that change something
 */
public record Bounds(int host, int cloud, int slurm) {
    /** 4 a host, 16 in the cloud, 8 for Slurm. */
    public static final Bounds DEFAULT = new Bounds(4, 16, 8);

    public Bounds {
        if (host < 1 || cloud < 1 || slurm < 1) {
            throw new BadInputException(
                    null, "a bound of %d, %d, %d lets nothing happen; 1 or more would".formatted(host, cloud, slurm));
        }
    }
}
