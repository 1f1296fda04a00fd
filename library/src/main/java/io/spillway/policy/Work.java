package io.spillway.policy;

import java.util.Optional;
import java.util.stream.Stream;

/** What takes time when a plan is carried out. */
public enum Work {
    /** A node is made, from nothing to its first job. */
    BUILD,
    /** A node's jobs are suspended and its memory goes to disk. */
    CHECKPOINT,
    /** A node comes back from disk, on its own host, till its jobs run. */
    RESTORE,
    /** A node moves from one host to another. */
    MIGRATE,
    /** A node's jobs are suspended. */
    HOLD,
    /** A held node's jobs go on. */
    RELEASE,
    /** A job is taken off its node to start anew. */
    REQUEUE,
    /** A job is ended. */
    CANCEL,
    /** A node without jobs is removed. */
    REMOVE;

    /**
     * What an action takes the time of.
     *
     * @param action the action
     * @return the one kind of work that it is; empty if it is more than one
     */
    public static Optional<Work> of(Action action) {
        if (action instanceof Action.Restore && action.target().isPresent()) {
            return Optional.empty();
        }
        return Stream.of(values())
                .filter(work -> work.name().equalsIgnoreCase(action.verb()))
                .findFirst();
    }
}
