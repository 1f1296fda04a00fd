package io.spillway.model;

import static java.util.stream.Collectors.toUnmodifiableMap;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A job as Slurm sees it.
 *
 * @param id as users know it, {@code 12} or {@code 12_3}
 * @param name what its user called it
 * @param user whose it is
 * @param partition where it was submitted to
 * @param states Slurm's words for its state, such as {@code RUNNING}
 * @param nodes the nodes it has
 * @param runTime how long it has run, without the time it was suspended
 * @param suspendedAt since when it is suspended, to the second
 * @param held whether somebody holds it, so that it does not start anew if it loses its nodes
 * @param started when it began first to run; empty if it has not, or nobody knows
 * @param exit its exit code and signal as sacct prints them, such as {@code 0:0}; says something once it is over
 * @param request what it asked for
 */
public record Job(
        String id,
        String name,
        String user,
        String partition,
        Set<String> states,
        Hostlist nodes,
        Duration runTime,
        Optional<Instant> suspendedAt,
        boolean held,
        Optional<Instant> started,
        String exit,
        Request request) {
    private static final Set<String> OVER = Set.of(
            "COMPLETED",
            "FAILED",
            "CANCELLED",
            "TIMEOUT",
            "NODE_FAIL",
            "PREEMPTED",
            "BOOT_FAIL",
            "DEADLINE",
            "OUT_OF_MEMORY",
            "PENDING");

    /** One set for all jobs that share a word: of a long queue's jobs each touch of memory counts. */
    private static final Map<String, Set<String>> ALONE = Stream.concat(
                    OVER.stream(), Stream.of("RUNNING", "SUSPENDED"))
            .collect(toUnmodifiableMap(word -> word, Set::of));

    public Job {
        states = Set.copyOf(states);
        if (states.size() == 1) {
            states = ALONE.getOrDefault(states.iterator().next(), states);
        }
    }

    /**
     * A job that nobody holds, and of which nobody knows what it asked for.
     *
     * @param id as users know it, {@code 12} or {@code 12_3}
     * @param name what its user called it
     * @param user whose it is
     * @param partition where it was submitted to
     * @param states Slurm's words for its state, such as {@code RUNNING}
     * @param nodes the nodes it has
     * @param runTime how long it has run, without the time it was suspended
     * @param suspendedAt since when it is suspended, to the second
     */
    public Job(
            String id,
            String name,
            String user,
            String partition,
            Set<String> states,
            Hostlist nodes,
            Duration runTime,
            Optional<Instant> suspendedAt) {
        this(
                id,
                name,
                user,
                partition,
                states,
                nodes,
                runTime,
                suspendedAt,
                false,
                Optional.empty(),
                "0:0",
                Request.UNKNOWN);
    }

    /**
     * Whether it waits for nodes.
     *
     * @return true if so, also while somebody holds it
     */
    public boolean pending() {
        return is("PENDING");
    }

    /**
     * Whether its processes run.
     *
     * @return true if Slurm counts its time
     */
    public boolean running() {
        return is("RUNNING");
    }

    /**
     * Whether Slurm holds it suspended.
     *
     * @return true if so
     */
    public boolean suspended() {
        return is("SUSPENDED");
    }

    /** A job with one word alone is settled: most are. */
    private boolean is(String word) {
        return states.contains(word) && (states.size() == 1 || !unsettled());
    }

    /**
     * Whether it starts, ends or changes size right now, so that it can be neither suspended nor left alone.
     *
     * @return true if so
     */
    public boolean unsettled() {
        return states.contains("CONFIGURING")
                || completing()
                || states.contains("STAGE_OUT")
                || states.contains("RESIZING");
    }

    /**
     * Whether it is over and its nodes have not all said so.
     *
     * @return true if so
     */
    public boolean completing() {
        return states.contains("COMPLETING");
    }

    /**
     * Whether it uses nodes: neither waiting nor over.
     *
     * @return true if so
     */
    public boolean onNodes() {
        if (is("RUNNING")) {
            return true;
        }
        for (String word : states) {
            if (OVER.contains(word)) {
                return unsettled();
            }
        }
        return true;
    }
}
