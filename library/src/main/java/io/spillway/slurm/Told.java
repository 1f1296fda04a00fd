package io.spillway.slurm;

import java.util.Optional;

/**
 * An answer from a node, and what {@link ResourceManager#site} would have answered along with it, if that was told: who
 * decides by both need not ask.
 *
 * @param answer the answer
 * @param site the site
 * @param <T> what the answer is
 */
public record Told<T>(T answer, Optional<SlurmSite> site) {
    /**
     * An answer alone.
     *
     * @param answer the answer
     * @param <T> what it is
     * @return it, without the site
     */
    public static <T> Told<T> alone(T answer) {
        return new Told<>(answer, Optional.empty());
    }
}
