package io.spillway.reconcile;

import io.spillway.model.NodeName;

/**
 * Something that happened on the way to a goal.
 *
 * @param node to which node
 * @param kind what sort of thing
 * @param what the step's title, or who is waited for
 * @param reason why, one line
 */
public record Progress(NodeName node, Kind kind, String what, String reason) {
    /** What sort of thing. */
    public enum Kind {
        /** A step begins. */
        STEP,
        /** There is something new to wait for. */
        WAIT,
        /** A part failed; it will be asked again. */
        AGAIN,
        /** The goal is reached. */
        DONE,
        /** The goal is not reached. */
        FAILED
    }
}
