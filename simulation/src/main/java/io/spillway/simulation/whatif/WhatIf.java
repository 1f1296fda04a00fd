package io.spillway.simulation.whatif;

import io.spillway.policy.CostModel;
import io.spillway.simulation.trace.Jobs;
import io.spillway.simulation.trace.Trace;

/**
 * A question: what becomes of these jobs on this site. Immutable; runs may be side by side. The same question has the
 * same answer, but for how long it took.
 *
 * @param trace the jobs; those of one core are the cloud's where there is one, all others the metal's
 * @param site the machine
 * @param order how the queue for the metal is worked off
 * @param costs what it costs that virtual nodes come and go
 * @param seed for when the cloud's owner takes hosts away
 */
public record WhatIf(Trace trace, Site site, Order order, CostModel costs, long seed) {
    /** Who is told, and may stop it. Called between two seconds of the simulation, from the thread that runs it. */
    public interface Watcher {
        /** Nobody. */
        Watcher NONE = (progress, done) -> true;

        /**
         * Some time went by.
         *
         * @param progress the share of the trace that was read, 0 to 1
         * @param done jobs that have ended
         * @return false to stop here
         */
        boolean goOn(double progress, long done);

        /**
         * A job ended.
         *
         * @param id which
         * @param start when it would have started if it ran in one piece: its end less its run time
         * @param end when it ended
         */
        default void ended(String id, long start, long end) {}
    }

    /**
     * Plays it.
     *
     * @param eviction the policy
     * @param watcher who is told
     * @return what became of it
     * @throws io.spillway.failure.BadInputException if the trace cannot be read
     */
    public Report play(Eviction eviction, Watcher watcher) {
        try (Jobs jobs = trace.open()) {
            return new Simulation(this, eviction, watcher).run(jobs);
        }
    }
}
