package io.spillway.model;

import java.util.Optional;

/**
 * What a node should be, and where.
 *
 * @param state what it should be
 * @param host the host it should be on; empty leaves it where it is
 */
public record Goal(State state, Optional<String> host) {
    /** What a node should be. */
    public enum State {
        /** Running, taking jobs. */
        READY,
        /** Running, its jobs suspended. */
        HELD,
        /** Its jobs suspended, its memory on disk. */
        CHECKPOINTED,
        /** Gone without a trace. */
        ABSENT
    }

    /** {@link State#READY}, on whichever host it is. */
    public static final Goal READY = new Goal(State.READY, Optional.empty());

    /** {@link State#HELD}, on whichever host it is. */
    public static final Goal HELD = new Goal(State.HELD, Optional.empty());

    /** {@link State#CHECKPOINTED}, on whichever host it is. */
    public static final Goal CHECKPOINTED = new Goal(State.CHECKPOINTED, Optional.empty());

    /** {@link State#ABSENT}. */
    public static final Goal ABSENT = new Goal(State.ABSENT, Optional.empty());

    public Goal {
        host.ifPresent(name -> NodeName.check("host name", name));
    }

    /**
     * The same state on that host.
     *
     * @param name the host's name
     * @return the goal
     */
    public Goal on(String name) {
        return new Goal(state, Optional.of(name));
    }

    /**
     * For people.
     *
     * @return such as {@code READY on cn02}
     */
    @Override
    public String toString() {
        return state + host.map(name -> " on " + name).orElse("");
    }
}
