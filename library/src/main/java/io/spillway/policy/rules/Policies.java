package io.spillway.policy.rules;

import io.spillway.model.Size;
import io.spillway.policy.Basis;
import io.spillway.policy.Calibration;
import io.spillway.policy.CostModel;
import io.spillway.policy.Guard;
import io.spillway.policy.History;
import io.spillway.policy.JobClasses;
import io.spillway.policy.Limits;
import io.spillway.policy.Planner;
import io.spillway.policy.Policy;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * A site's policies, as its configuration has them. None is on that it does not name.
 *
 * @param classes how jobs are treated
 * @param reserve what of each host is never given to nodes
 * @param limits how much may be under way at once
 * @param rates speeds of link and disk
 * @param guards what may veto beside the guards that every planner has
 * @param policies those that are on, in the order in which they decide
 * @param trials the names of those that only plan
 */
public record Policies(
        JobClasses classes,
        Size reserve,
        Limits limits,
        CostModel.Rates rates,
        List<Guard> guards,
        List<Policy> policies,
        Set<String> trials) {
    /** No policy at all. */
    public static final Policies NONE = new Policies(
            JobClasses.NONE,
            Basis.DEFAULT.reserve(),
            Limits.DEFAULT,
            CostModel.Rates.DEFAULT,
            List.of(),
            List.of(),
            Set.of());

    /**
     * Who decides first: physical jobs that have begun, what others need by a time, then urgent work, then the rest.
     */
    private static final List<String> ORDER = List.of(
            TidePolicy.NAME,
            ClearancePolicy.OPPORTUNISTIC.name(),
            ClearancePolicy.MAINTENANCE.name(),
            BackfillPolicy.NAME,
            QueuePolicy.NAME,
            ConsolidatePolicy.NAME);

    public Policies {
        guards = List.copyOf(guards);
        policies = policies.stream()
                .sorted(Comparator.comparingInt(policy -> place(policy.name())))
                .toList();
        trials = Set.copyOf(trials);
    }

    /** One of somebody's own comes last. */
    private static int place(String name) {
        int at = ORDER.indexOf(name);
        return at < 0 ? ORDER.size() : at;
    }

    /**
     * Those that are on.
     *
     * @return their names, in the order in which they decide
     */
    public List<String> names() {
        return policies.stream().map(Policy::name).toList();
    }

    /**
     * All of them put together.
     *
     * @return the planner
     */
    public Planner planner() {
        return new Planner(policies, guards, trials);
    }

    /**
     * What their decisions rest on beside the look at the site.
     *
     * @param history what happened before
     * @param calibration what was seen of the costs
     * @return the basis
     */
    public Basis basis(History history, Calibration calibration) {
        return new Basis(history, new CostModel(rates, calibration), classes, reserve, limits);
    }
}
