package io.spillway.policy;

import io.spillway.failure.BadInputException;
import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.Size;
import java.time.Duration;

/**
 * What actions cost: how long they take, how long jobs stand still, which work is lost. The times are those of guests of
 * 768 MiB on emulated hosts, spread over a fixed part and a part that grows with the memory; {@link Calibration} draws
 * them to a site's own.
 *
 * @param rates speeds of link and disk
 * @param calibration what was seen here
 */
public record CostModel(Rates rates, Calibration calibration) {
    /** The measured rates, and nothing seen yet. */
    public static final CostModel DEFAULT = new CostModel(Rates.DEFAULT, Calibration.NONE);

    // Fixed parts in seconds. The figures behind them, with 768 MiB guests:
    /** A hold: 2.2 s till all processes stand still after suspending in 0.07-0.13 s. */
    private static final double HOLD = 2.4;
    /** A release: jobs resumed and node undrained in 0.10-0.21 s, schedulable after 0.1-0.9 s. */
    private static final double RELEASE = 0.6;
    /** A suspension to disk: 2.0-3.0 s, of which about 2.2 s are the memory's way. */
    private static final double SAVE = 0.4;
    /** A restore: ACTIVE after 2.5-4.0 s, jobs resumed after 10.5 s; the memory's way is about 2.2 s. */
    private static final double WAKE = 8.3;
    /** A live migration: 8.4-10.8 s running, 8.7 s paused, 13.4 s held, of which the memory's way is about 8 s. */
    private static final double MOVE = 2.0;
    /** A guest's clock lost 0.10-0.12 s in a live migration: that is how long it stood still. */
    private static final double STUN = 0.12;
    /** A node from nothing: boot and states under emulation, 117 s. */
    private static final double BUILD = 120;
    /** Slurm node, server, port and key go. */
    private static final double REMOVE = 5;
    /** Slurm's KillWait: how long a job's processes may take to end. */
    private static final double KILL = 30;
    /** A requeued job runs on another node after 41 s. */
    private static final double REQUEUED = 41;

    /**
     * Speeds.
     *
     * @param link MiB a second between two hosts
     * @param disk MiB a second to and from a host's disk
     * @param dirty MiB a second that a running node writes to its memory; a held one writes none
     */
    public record Rates(double link, double disk, double dirty) {
        /** 100 MiB/s between hosts (768 MiB in about 8 s), 350 MiB/s to disk (768 MiB in about 2.2 s), 5 MiB/s dirtied. */
        public static final Rates DEFAULT = new Rates(100, 350, 5);

        public Rates {
            if (!(link > 0 && disk > 0 && dirty >= 0)) {
                throw new BadInputException(
                        null, "rates of %s, %s, %s MiB/s are none; more than 0 would be".formatted(link, disk, dirty));
            }
        }
    }

    /**
     * The same, with what was seen once.
     *
     * @param work what was done
     * @param memory the node's memory in MiB
     * @param took how long it took
     * @return what is believed now
     */
    public CostModel observed(Work work, long memory, Duration took) {
        double expected = bare(work, memory, true);
        return new CostModel(rates, calibration.seen(work, memory, took.toMillis() / 1000.0 / expected));
    }

    /**
     * How long something takes.
     *
     * @param work what is done
     * @param memory the node's memory in MiB
     * @return the expected time
     */
    public Duration takes(Work work, long memory) {
        return takes(work, memory, true);
    }

    private Duration takes(Work work, long memory, boolean running) {
        return Duration.ofMillis(Math.round(1000 * bare(work, memory, running) * calibration.factor(work)));
    }

    private double bare(Work work, long memory, boolean running) {
        return switch (work) {
            case HOLD -> HOLD;
            case RELEASE -> RELEASE;
            case CHECKPOINT -> HOLD + SAVE + memory / rates.disk();
            case RESTORE -> WAKE + memory / rates.disk();
            case MIGRATE -> MOVE + memory / speed(running);
            case BUILD -> BUILD;
            case REMOVE -> REMOVE;
            case REQUEUE, CANCEL -> KILL;
        };
    }

    private double speed(boolean running) {
        return running ? Math.max(1, rates.link() - rates.dirty()) : rates.link();
    }

    /**
     * Whether a running node's memory can be copied faster than it changes.
     *
     * @return false if only a held node can be moved
     */
    public boolean movesRunning() {
        return rates.dirty() < rates.link();
    }

    /**
     * What it costs that a node's jobs step aside.
     *
     * @param rung in which way
     * @param node the node; its size must be known
     * @return the cost
     */
    public Cost cost(Rung rung, Node node) {
        long memory = node.size().map(Size::memory).orElse(0L);
        boolean running = node.jobs().stream().anyMatch(Job::running);
        return switch (rung) {
            case MIGRATE -> new Cost(takes(Work.MIGRATE, memory, running), running ? seconds(STUN) : Duration.ZERO, 0);
            case HOLD -> new Cost(takes(Work.HOLD, memory), running ? takes(Work.RELEASE, memory) : Duration.ZERO, 0);
            case CHECKPOINT ->
                new Cost(
                        takes(Work.CHECKPOINT, memory),
                        running ? takes(Work.CHECKPOINT, memory).plus(takes(Work.RESTORE, memory)) : Duration.ZERO,
                        0);
            case REQUEUE ->
                new Cost(takes(Work.REQUEUE, memory).plus(takes(Work.REMOVE, memory)), seconds(REQUEUED), lost(node));
            case CANCEL ->
                new Cost(takes(Work.CANCEL, memory).plus(takes(Work.REMOVE, memory)), Duration.ZERO, lost(node));
        };
    }

    /**
     * What it costs that a node comes back.
     *
     * @param node the node
     * @param elsewhere whether it goes to another host: it wakes where its memory is, and moves from there
     * @return the cost
     */
    public Cost back(Node node, boolean elsewhere) {
        long memory = node.size().map(Size::memory).orElse(0L);
        Duration wake = takes(Work.RESTORE, memory);
        Duration all = elsewhere ? wake.plus(takes(Work.MIGRATE, memory, false)) : wake;
        return new Cost(all, node.jobs().isEmpty() ? Duration.ZERO : all, 0);
    }

    /**
     * The work that a job has done so far.
     *
     * @param job the job
     * @return CPU seconds
     */
    public static long done(Job job) {
        return job.runTime().toSeconds() * Math.max(1, job.request().size().cpus());
    }

    private static long lost(Node node) {
        return node.jobs().stream().mapToLong(CostModel::done).sum();
    }

    private static Duration seconds(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }
}
