package io.spillway.policy.rules;

import io.spillway.policy.Action;
import io.spillway.policy.Clearance;
import io.spillway.policy.Cost;
import io.spillway.policy.Imagine;
import io.spillway.policy.Outlook;
import io.spillway.policy.Plan;
import io.spillway.policy.Policy;
import io.spillway.policy.Why;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An admin is going to work on a host, and its compute service is disabled for that ({@code spillway: maintenance}, see
 * {@link Clearance}): every node on it steps aside with its jobs alive, by their ladder. Checkpointed nodes stay on its
 * disk. When the host is enabled again, it is refilled with what was there.
 */
public record MaintenancePolicy() implements Policy {
    /** The name. */
    public static final String NAME = "maintenance";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Plan plan(Outlook outlook) {
        return Emptying.plan(outlook, Clearance.Kind.MAINTENANCE, NAME);
    }

    /**
     * What would be done to empty a host now: its service disabled, then its nodes. The first action tells how long all
     * of it takes.
     *
     * @param outlook what is seen
     * @param host the host's name
     * @return the plan, not yet looked at by a planner's guards
     */
    public static Plan begin(Outlook outlook, String host) {
        String words = new Clearance(Clearance.Kind.MAINTENANCE, Optional.empty()).words();
        Why unknown = new Why("to be worked on", NAME + " disable", Cost.NONE);
        Outlook then = outlook.on(Imagine.begun(outlook.view(), List.of(new Action.DisableHost(host, words, unknown))));
        Plan emptied = new MaintenancePolicy().plan(then);
        Duration eta = Emptying.eta(emptied.actions());
        Why why = new Why(
                "to be worked on; %d nodes go first, in about %d s"
                        .formatted(emptied.actions().size(), eta.toSeconds()),
                NAME + " disable",
                new Cost(eta, Duration.ZERO, 0));
        List<Action> actions = new ArrayList<>(List.of(new Action.DisableHost(host, words, why)));
        actions.addAll(emptied.actions());
        return new Plan(emptied.site(), emptied.time(), actions, emptied.refused());
    }
}
