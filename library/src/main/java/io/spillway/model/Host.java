package io.spillway.model;

/**
 * A hypervisor, as Nova's compute service on it reports it.
 *
 * @param name the compute host's name, as given to {@code --host}
 * @param up whether its compute service is up and enabled
 */
public record Host(String name, boolean up) {}
