package io.spillway.policy.rules;

import io.spillway.policy.Clearance;
import io.spillway.policy.Outlook;
import io.spillway.policy.Plan;
import io.spillway.policy.Policy;

/**
 * The cloud's owner wants a host empty by a time, and says so in Nova ({@code spillway: eviction by TIME}, see
 * {@link Clearance}): every node on it steps aside by its jobs' ladder, by the rung that makes the time and loses least.
 * When the host is enabled again, they come back.
 */
public record OpportunisticPolicy() implements Policy {
    /** The name. */
    public static final String NAME = "opportunistic";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Plan plan(Outlook outlook) {
        return Emptying.plan(outlook, Clearance.Kind.EVICTION, NAME);
    }
}
