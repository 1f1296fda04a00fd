package io.spillway.policy;

import java.util.Optional;

/** Looks at each action before it is accepted. A pure function. */
@FunctionalInterface
public interface Guard {
    /**
     * Whether an action must not be.
     *
     * @param action the action
     * @param outlook the site as the actions before it leave it
     * @return why not, in one line; empty if it may be
     */
    Optional<String> veto(Action action, Outlook outlook);
}
