package io.spillway.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What a job asked for, and how Slurm ranks it.
 *
 * @param account whom it is charged to; empty if the site has no accounts
 * @param qos its quality of service; empty if the site has none
 * @param priority Slurm's priority; 0 if it is held
 * @param submitted when it was submitted
 * @param limit how long it may run; empty if for ever
 * @param nodes how many nodes it wants
 * @param size how many CPUs and how much memory on all its nodes together; a job that names no memory wants none
 * @param features the features its nodes must have, as far as they stand alone or are joined by {@code &}
 * @param plain whether {@code features} says all: an expression of Slurm's with choices or counts is not plain
 * @param requeue whether it may start anew when it loses its nodes
 * @param waits Slurm's word for why it waits, such as {@code Resources}; empty if it does not
 * @param tasks how many tasks this stands for that may run at once, each as big as said here: more than 1 for what
 *     waits of a job array
 */
public record Request(
        String account,
        String qos,
        long priority,
        Instant submitted,
        Optional<Duration> limit,
        int nodes,
        Size size,
        Set<String> features,
        boolean plain,
        boolean requeue,
        String waits,
        int tasks) {
    /** Nothing is known: one node, no priority, from the beginning of time. */
    public static final Request UNKNOWN =
            new Request("", "", 0, Instant.EPOCH, Optional.empty(), 1, Size.NONE, Set.of(), false, false, "");

    public Request {
        features = Set.copyOf(features);
    }

    /**
     * That of a job which stands for itself alone.
     *
     * @param account whom it is charged to
     * @param qos its quality of service
     * @param priority Slurm's priority
     * @param submitted when it was submitted
     * @param limit how long it may run
     * @param nodes how many nodes it wants
     * @param size how many CPUs and how much memory on all its nodes together
     * @param features the features its nodes must have
     * @param plain whether {@code features} says all
     * @param requeue whether it may start anew when it loses its nodes
     * @param waits Slurm's word for why it waits
     */
    public Request(
            String account,
            String qos,
            long priority,
            Instant submitted,
            Optional<Duration> limit,
            int nodes,
            Size size,
            Set<String> features,
            boolean plain,
            boolean requeue,
            String waits) {
        this(account, qos, priority, submitted, limit, nodes, size, features, plain, requeue, waits, 1);
    }
}
