package io.spillway.model;

import java.util.Optional;

/**
 * A hypervisor, as Nova's compute service on it reports it.
 *
 * @param name the compute host's name, as given to {@code --host}
 * @param up whether its compute service is up and enabled
 * @param size all its CPUs and memory, whoever uses them; empty if Nova does not tell us
 * @param disabled why somebody has disabled its compute service, empty words if nobody said why; empty if it is enabled
 * @param ratio how often Nova gives its CPUs and memory away; empty if nobody told us
 */
public record Host(
        String name, boolean up, Optional<Size> size, Optional<String> disabled, Optional<AllocationRatio> ratio) {
    /** With this begins the reason of each compute service that we disabled; others are an admin's. */
    public static final String OURS = "spillway:";

    /**
     * How often Nova gives away what a host has.
     *
     * @param cpus 2.0 gives each CPU away twice
     * @param memory the same for memory
     */
    public record AllocationRatio(double cpus, double memory) {}

    /**
     * A hypervisor that is not disabled, and of which nobody knows how often it is given away.
     *
     * @param name the compute host's name, as given to {@code --host}
     * @param up whether its compute service is up and enabled
     * @param size all its CPUs and memory, whoever uses them; empty if Nova does not tell us
     */
    public Host(String name, boolean up, Optional<Size> size) {
        this(name, up, size, Optional.empty(), Optional.empty());
    }

    /**
     * A hypervisor of unknown size.
     *
     * @param name the compute host's name, as given to {@code --host}
     * @param up whether its compute service is up and enabled
     */
    public Host(String name, boolean up) {
        this(name, up, Optional.empty());
    }

    /**
     * Whether it was us who disabled its compute service.
     *
     * @return true if so
     */
    public boolean disabledByUs() {
        return disabled.filter(reason -> reason.startsWith(OURS)).isPresent();
    }
}
