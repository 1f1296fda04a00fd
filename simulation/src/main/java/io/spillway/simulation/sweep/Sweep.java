package io.spillway.simulation.sweep;

import io.spillway.failure.BadInputException;
import io.spillway.failure.FailedException;
import io.spillway.simulation.whatif.Eviction;
import io.spillway.simulation.whatif.Report;
import io.spillway.simulation.whatif.WhatIf;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** One question for each combination of parameters and each seed. Immutable; parts may be played side by side. */
public final class Sweep {
    /** More are a mistake rather than a wish. */
    private static final int MOST = 1_000_000;

    private final Question base;
    private final Grid grid;

    /** Who is told, from the threads that play, and may stop it. */
    public interface Watcher {
        /** Nobody. */
        Watcher NONE = done -> true;

        /**
         * Some time went by.
         *
         * @param done parts that are done
         * @return false to stop here
         */
        boolean goOn(int done);
    }

    /**
     * A sweep; each combination is looked at.
     *
     * @param base the question; what is not swept is as it says
     * @param fixed what is not swept, for people, by the names of options
     * @param axes what is swept
     * @param seeds how many seeds, from that of the question on
     * @throws BadInputException if a parameter is swept twice, or a combination cannot be
     */
    public Sweep(Question base, Map<String, String> fixed, List<Axis> axes, int seeds) {
        Set<String> names = new HashSet<>();
        for (Axis axis : axes) {
            if (!names.add(axis.name())) {
                throw new BadInputException(null, "--sweep %s stands there twice".formatted(axis.name()));
            }
        }
        List<String> policies = base.policies().stream().map(Eviction::toString).toList();
        this.base = base;
        this.grid = new Grid(fixed, axes, policies, base.seed(), seeds);
        if (seeds < 1 || size(grid) > MOST) {
            throw new BadInputException(
                    null,
                    "%d seeds of %d combinations; 1 seed is the least, %d parts are the most"
                            .formatted(seeds, grid.combinations(), MOST));
        }
        for (int i = 0; i < grid.combinations(); i++) {
            question(i * seeds).trace();
        }
    }

    private static long size(Grid grid) {
        try {
            return grid.parts();
        } catch (ArithmeticException many) {
            return Long.MAX_VALUE;
        }
    }

    /**
     * What its parts are.
     *
     * @return the grid
     */
    public Grid grid() {
        return grid;
    }

    private Question question(int part) {
        Question question = base.with(grid.seed(part));
        List<String> values = grid.values(grid.combination(part));
        for (int i = 0; i < values.size(); i++) {
            question = grid.axes().get(i).parameter().set(question, values.get(i));
        }
        return question;
    }

    /**
     * Plays one part.
     *
     * @param number which
     * @return what became of it
     */
    public Part play(int number) {
        return part(number, WhatIf.Watcher.NONE).orElseThrow();
    }

    /** One part; empty if it was stopped. */
    private Optional<Part> part(int number, WhatIf.Watcher watcher) {
        Question question = question(number);
        List<Report> reports = new ArrayList<>();
        for (Eviction policy : question.policies()) {
            Report report = question.play(policy, watcher).timeless();
            if (!report.complete()) {
                return Optional.empty();
            }
            reports.add(report);
        }
        return Optional.of(new Part(number, reports));
    }

    /**
     * Plays all parts, so many at once as threads.
     *
     * @param threads how many
     * @param watcher who is told
     * @return what became of them; not of all, if it was stopped
     */
    public Swept play(int threads, Watcher watcher) {
        ExecutorService workers = Executors.newFixedThreadPool(threads);
        try {
            AtomicInteger done = new AtomicInteger();
            WhatIf.Watcher each = (progress, jobs) -> watcher.goOn(done.get());
            List<Future<Optional<Part>>> all = new ArrayList<>();
            for (int number = 0; number < grid.parts(); number++) {
                int mine = number;
                all.add(workers.submit(() -> {
                    Optional<Part> part = watcher.goOn(done.get()) ? part(mine, each) : Optional.empty();
                    done.incrementAndGet();
                    return part;
                }));
            }
            List<Part> parts = new ArrayList<>();
            for (Future<Optional<Part>> one : all) {
                end(one).ifPresent(parts::add);
            }
            return new Swept(grid, parts);
        } finally {
            workers.shutdownNow();
        }
    }

    private static Optional<Part> end(Future<Optional<Part>> part) {
        try {
            return part.get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new FailedException(null, "a part of the sweep failed: " + failed.getCause(), failed);
        }
    }
}
