package io.spillway.model;

/** What a node is. Always observed, never stored. */
public enum Phase {
    /** No server, no Slurm node, no key. */
    ABSENT,
    /** Nova is making the server. */
    BUILDING,
    /** The server runs; the node has not yet joined Slurm with all its states applied. */
    JOINING,
    /** In Slurm, answering, taking jobs (unless an admin drained it). */
    READY,
    /** Its jobs are suspended; the server runs. */
    HELD,
    /** Its memory is on disk. */
    CHECKPOINTED,
    /** On its way to another host. */
    MOVING,
    /** Back from disk; its jobs wait for clock, munge and slurmd. */
    RETURNING,
    /** Draining, or being taken down. */
    LEAVING,
    /** Slurm, Nova and Salt tell stories that do not fit together; the reason says how. */
    LOST
}
