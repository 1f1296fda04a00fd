package io.spillway.model;

import io.spillway.failure.BadInputException;

/**
 * How big something is: a host, a node, what a job asks for.
 *
 * @param cpus how many CPUs
 * @param memory memory in MiB
 */
public record Size(int cpus, long memory) {
    /** Nothing at all. */
    public static final Size NONE = new Size(0, 0);

    public Size {
        if (cpus < 0 || memory < 0) {
            throw new BadInputException(
                    null, "a size of %d CPUs and %d MiB is none; 0 or more would be".formatted(cpus, memory));
        }
    }

    /**
     * Both together.
     *
     * @param other the other
     * @return the sum
     */
    public Size plus(Size other) {
        return new Size(cpus + other.cpus, memory + other.memory);
    }

    /**
     * What is left.
     *
     * @param other what is taken away
     * @return the rest, never less than nothing
     */
    public Size minus(Size other) {
        return new Size(Math.max(0, cpus - other.cpus), Math.max(0, memory - other.memory));
    }

    /**
     * Whether it has room in another.
     *
     * @param other the other
     * @return true if neither CPUs nor memory are more than the other's
     */
    public boolean fitsIn(Size other) {
        return cpus <= other.cpus && memory <= other.memory;
    }

    /**
     * For people.
     *
     * @return such as {@code 2 CPUs, 512 MiB}
     */
    @Override
    public String toString() {
        return "%d CPU%s, %d MiB".formatted(cpus, cpus == 1 ? "" : "s", memory);
    }
}
