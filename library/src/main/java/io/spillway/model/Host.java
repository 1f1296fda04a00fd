package io.spillway.model;

import java.util.Optional;

/**
 * A hypervisor, as Nova's compute service on it reports it.
 *
 * @param name the compute host's name, as given to {@code --host}
 * @param up whether its compute service is up and enabled
 * @param size all its CPUs and memory, whoever uses them; empty if Nova does not tell us
 */
public record Host(String name, boolean up, Optional<Size> size) {
    /**
     * A hypervisor of unknown size.
     *
     * @param name the compute host's name, as given to {@code --host}
     * @param up whether its compute service is up and enabled
     */
    public Host(String name, boolean up) {
        this(name, up, Optional.empty());
    }
}
