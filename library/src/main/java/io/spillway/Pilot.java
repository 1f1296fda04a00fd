package io.spillway;

import io.spillway.failure.SpillwayException;
import io.spillway.model.NodeName;
import io.spillway.model.SiteView;
import io.spillway.model.Size;
import io.spillway.policy.Action;
import io.spillway.policy.Basis;
import io.spillway.policy.Calibration;
import io.spillway.policy.CostModel;
import io.spillway.policy.History;
import io.spillway.policy.Outlook;
import io.spillway.policy.Plan;
import io.spillway.policy.Planner;
import io.spillway.policy.Work;
import io.spillway.policy.rules.Policies;
import io.spillway.reconcile.NodeOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Has a site go by its policies: each round decides on a look, and begins what was decided. Between the rounds it
 * remembers what policies did, and learns from each action what it takes here. One thread goes the rounds; the rest is
 * threadsafe.
 */
public final class Pilot {
    private final BiFunction<Plan, SiteView, CarriedOut> begin;
    private final Policies policies;
    private final Supplier<Instant> clock;
    private volatile Memory memory;
    private volatile Optional<Plan> latest = Optional.empty();

    /**
     * A pilot.
     *
     * @param site whom it steers
     * @param policies by what
     * @param memory what an earlier pilot of this site remembered; {@link Memory#NONE} if there was none
     */
    public Pilot(Spillway site, Policies policies, Memory memory) {
        this(site::carryOut, policies, memory, site::now);
    }

    Pilot(BiFunction<Plan, SiteView, CarriedOut> begin, Policies policies, Memory memory, Supplier<Instant> clock) {
        this.begin = begin;
        this.policies = policies;
        this.clock = clock;
        this.memory = memory;
    }

    /**
     * What a pilot knows beside what it sees. Losing it is no harm, see {@link History}.
     *
     * @param history what policies did
     * @param calibration what it takes here
     */
    public record Memory(History history, Calibration calibration) {
        /** Nothing happened, nothing was learnt. */
        public static final Memory NONE = new Memory(History.NONE, Calibration.NONE);
    }

    /**
     * Decides; nothing is begun.
     *
     * @param view a look at the site
     * @return what {@link #round} would begin, and what policies wanted in vain; nothing is if the look is older than
     *     {@link Planner#FRESH}
     */
    public Plan plan(SiteView view) {
        return plan(view, memory.history().seen(view));
    }

    private Plan plan(SiteView view, History history) {
        Basis basis = policies.basis(history, memory.calibration());
        return policies.planner().plan(Outlook.of(view, basis), clock.get());
    }

    /**
     * One round: decides, and begins what was decided.
     *
     * @param view a look at the site, just taken
     * @return what was begun; what could not be begun stands in it with what was refused
     * @throws SpillwayException if a part of the site does not answer any more; then nothing was begun
     */
    public Plan round(SiteView view) {
        History history = memory.history().seen(view);
        remember(history);
        Plan plan = plan(view, history);
        if (!plan.isEmpty()) {
            CarriedOut begun = begin.apply(plan, view);
            plan = without(plan, begun.refused());
            remember(history.noted(plan, view));
            learn(plan, view, begun.operation());
        }
        latest = Optional.of(plan);
        return plan;
    }

    private static Plan without(Plan plan, List<Plan.Refused> refused) {
        List<Action> left = new ArrayList<>(plan.actions());
        refused.forEach(one -> one.action().ifPresent(left::remove));
        List<Plan.Refused> all = new ArrayList<>(plan.refused());
        all.addAll(refused);
        return new Plan(plan.site(), plan.time(), left, all);
    }

    private synchronized void remember(History history) {
        memory = new Memory(history, memory.calibration());
    }

    private void learn(Plan plan, SiteView view, Operation operation) {
        Map<NodeName, Work> works = new HashMap<>();
        plan.actions(Action.OnNode.class)
                .forEach(action -> Work.of(action).ifPresent(work -> works.put(action.node(), work)));
        Map<NodeName, Size> sizes = new HashMap<>();
        view.nodes().forEach(node -> node.size().ifPresent(size -> sizes.put(node.name(), size)));
        var unused = operation
                .outcome()
                .thenAccept(outcome -> outcome.nodes().forEach(one -> {
                    Work work = works.get(one.node());
                    Size size = sizes.get(one.node());
                    if (one.done() && work != null && size != null) {
                        learn(work, size.memory(), one);
                    }
                }));
    }

    private synchronized void learn(Work work, long memory, NodeOutcome outcome) {
        CostModel costs =
                new CostModel(policies.rates(), this.memory.calibration()).observed(work, memory, outcome.took());
        this.memory = new Memory(this.memory.history(), costs.calibration());
    }

    /**
     * What the last round began.
     *
     * @return its plan; empty before the first round
     */
    public Optional<Plan> latest() {
        return latest;
    }

    /**
     * What it knows now, to be kept for the next pilot.
     *
     * @return history and calibration
     */
    public Memory memory() {
        return memory;
    }
}
