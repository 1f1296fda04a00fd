package io.spillway.daemon.api;

import io.spillway.failure.BadInputException;
import io.spillway.model.Hostlist;
import io.spillway.reconcile.Tide;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the gate beside slurmctld says: a job is about to start on hosts of the cloud, or has left them.
 *
 * @param event {@code begin}, again and again until the answer is clear, or {@code end}
 * @param job the job
 * @param nodes a hostlist of the hosts that it has, or had
 * @param time the controller's clock after the job got them, in seconds since 1970
 * @param patience how many seconds the gate waits for an answer
 * @param asked a hostlist of the virtual nodes that the last answer wanted closed
 * @param closed those of them that Slurm knows, closed by now
 * @param jobs the jobs on these that are not suspended, by their ids
 */
public record GateCall(
        String event,
        String job,
        String nodes,
        @Nullable Double time,
        @Nullable Double patience,
        @Nullable String asked,
        @Nullable String closed,
        @Nullable Map<String, JobOn> jobs) {
    private static final int LONGEST_JOB = 32;
    private static final double MOST_PATIENCE = 300;

    /**
     * A job on virtual nodes.
     *
     * @param running whether it runs; else it just starts or ends
     * @param nodes a hostlist
     */
    public record JobOn(boolean running, String nodes) {}

    /**
     * Throws if it is none.
     *
     * @return the same
     * @throws BadInputException if a part is missing or is not what it should be
     */
    public GateCall checked() {
        if (event == null || !event.matches("begin|end")) {
            throw new BadInputException(null, "the event must be begin or end");
        }
        if (job == null || !job.matches("[0-9_]{1," + LONGEST_JOB + "}")) {
            throw new BadInputException(null, "the job must be an id such as 12 or 12_3");
        }
        if (nodes == null) {
            throw new BadInputException(null, "no host is named; cn01 would name one");
        }
        if (begins() && (time == null || patience == null || !(patience > 0 && patience <= MOST_PATIENCE))) {
            throw new BadInputException(
                    null,
                    "begin wants the controller's time, and a patience of at most %.0f s".formatted(MOST_PATIENCE));
        }
        return this;
    }

    /**
     * Whether a job is about to start.
     *
     * @return false if it has left its hosts
     */
    public boolean begins() {
        return event.equals("begin");
    }

    /**
     * The same for the library.
     *
     * @return the call
     * @throws BadInputException if a hostlist is none
     */
    public Tide.Call call() {
        Map<String, Tide.JobOn> on = new HashMap<>();
        if (jobs != null) {
            jobs.forEach((id, one) -> on.put(id, new Tide.JobOn(one.running(), list(one.nodes()))));
        }
        return new Tide.Call(
                job,
                list(nodes).stream().map(Object::toString).toList(),
                Instant.ofEpochMilli((long) (1000 * (time == null ? 0 : time))),
                Duration.ofMillis((long) (1000 * (patience == null ? 0 : patience))),
                list(asked),
                list(closed),
                on);
    }

    private static Hostlist list(@Nullable String text) {
        return text == null || text.isEmpty() ? Hostlist.of(java.util.List.of()) : Hostlist.parse(text);
    }
}
