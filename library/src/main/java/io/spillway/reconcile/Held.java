package io.spillway.reconcile;

import io.spillway.model.Job;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Jobs that we suspended, or were about to. Slurm does not say who suspended a job, but since when: the second that was
 * seen tells our suspension from a later one of somebody else.
 *
 * @param jobs each job's id with the second since when Slurm holds it suspended; empty as long as that was not seen
 */
public record Held(SortedMap<String, Optional<Instant>> jobs) {
    /** None. */
    public static final Held NONE = new Held(Collections.emptySortedMap());

    private static final char SINCE = '@';

    public Held {
        jobs = Collections.unmodifiableSortedMap(new TreeMap<>(jobs));
    }

    /**
     * These jobs as they are seen: suspended ones with their second.
     *
     * @param jobs the jobs
     * @return them
     */
    static Held of(Collection<Job> jobs) {
        SortedMap<String, Optional<Instant>> held = new TreeMap<>();
        jobs.forEach(job -> held.put(job.id(), job.suspended() ? job.suspendedAt() : Optional.empty()));
        return new Held(held);
    }

    /** Reads such as {@code 12@1800000000} and {@code 13}; what cannot be read counts as a job without a second. */
    static Held read(List<String> words) {
        SortedMap<String, Optional<Instant>> held = new TreeMap<>();
        for (String word : words) {
            int at = word.indexOf(SINCE);
            held.put(at < 0 ? word : word.substring(0, at), at < 0 ? Optional.empty() : second(word.substring(at + 1)));
        }
        return new Held(held);
    }

    private static Optional<Instant> second(String digits) {
        try {
            return Optional.of(Instant.ofEpochSecond(Long.parseLong(digits)));
        } catch (NumberFormatException | java.time.DateTimeException unreadable) {
            return Optional.empty();
        }
    }

    List<String> words() {
        return jobs.entrySet().stream()
                .map(job -> job.getKey()
                        + job.getValue()
                                .map(at -> SINCE + Long.toString(at.getEpochSecond()))
                                .orElse(""))
                .toList();
    }

    /**
     * Their ids.
     *
     * @return the ids
     */
    public SortedSet<String> ids() {
        return new TreeSet<>(jobs.keySet());
    }

    /**
     * Whether there is none.
     *
     * @return true if so
     */
    public boolean isEmpty() {
        return jobs.isEmpty();
    }

    /**
     * Whether Slurm holds this job suspended, and by our word.
     *
     * @param job a job
     * @return true if so
     */
    public boolean suspended(Job job) {
        Optional<Instant> since = jobs.getOrDefault(job.id(), Optional.empty());
        return job.suspended() && jobs.containsKey(job.id()) && (since.isEmpty() || since.equals(job.suspendedAt()));
    }

    /** Without these. */
    Held without(Collection<String> ids) {
        SortedMap<String, Optional<Instant>> left = new TreeMap<>(jobs);
        left.keySet().removeAll(ids);
        return new Held(left);
    }
}
