package io.spillway.simulation.sweep;

import io.spillway.policy.CostModel;
import io.spillway.simulation.trace.Generated;
import io.spillway.simulation.trace.Trace;
import io.spillway.simulation.trace.TraceFile;
import io.spillway.simulation.whatif.Eviction;
import io.spillway.simulation.whatif.Order;
import io.spillway.simulation.whatif.Report;
import io.spillway.simulation.whatif.Site;
import io.spillway.simulation.whatif.WhatIf;
import java.nio.file.Path;
import java.util.List;

/**
 * What a person asks: these jobs on this site under several policies. Immutable.
 *
 * @param jobs where the jobs come from
 * @param site the machine
 * @param order how the queue for the metal is worked off
 * @param policies side by side
 * @param costs what it costs that virtual nodes come and go
 * @param seed for generated jobs, and for when the cloud's owner takes hosts away
 */
public record Question(Source jobs, Site site, Order order, List<Eviction> policies, CostModel costs, long seed) {
    /** Where jobs come from. */
    public sealed interface Source {}

    /**
     * A trace in a file.
     *
     * @param file which
     * @param strict whether a broken line ends it
     */
    public record Recorded(Path file, boolean strict) implements Source {}

    /**
     * Jobs that are made for the site.
     *
     * @param jobs how many of the model
     * @param load the share of the site's core time that they ask for
     * @param htc the share that single-core jobs ask for, on top
     * @param htcRun how long those run in the mean, in seconds
     */
    public record Made(int jobs, double load, double htc, int htcRun) implements Source {}

    public Question {
        policies = List.copyOf(policies);
    }

    /**
     * The jobs themselves.
     *
     * @return a trace
     * @throws io.spillway.failure.BadInputException if there can be none such
     */
    public Trace trace() {
        if (jobs instanceof Recorded recorded) {
            return new TraceFile(recorded.file(), recorded.strict());
        }
        Made made = (Made) jobs;
        int cores = site.hosts() * site.cores();
        return new Generated(made.jobs(), cores, made.load(), made.htc(), made.htcRun(), seed);
    }

    /**
     * Plays it under one policy.
     *
     * @param policy the policy
     * @param watcher who is told
     * @return what became of it
     */
    public Report play(Eviction policy, WhatIf.Watcher watcher) {
        return new WhatIf(trace(), site, order, costs, seed).play(policy, watcher);
    }

    Question with(Source others) {
        return new Question(others, site, order, policies, costs, seed);
    }

    Question with(Site other) {
        return new Question(jobs, other, order, policies, costs, seed);
    }

    Question with(Order other) {
        return new Question(jobs, site, other, policies, costs, seed);
    }

    Question with(long other) {
        return new Question(jobs, site, order, policies, costs, other);
    }
}
