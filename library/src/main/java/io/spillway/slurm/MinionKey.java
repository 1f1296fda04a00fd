package io.spillway.slurm;

/** What the Salt master thinks of a minion's key. */
public enum MinionKey {
    /** It has none. */
    ABSENT,
    /** It may speak. */
    ACCEPTED,
    /** It waits for a person's word. */
    PENDING,
    /** It was refused. */
    REJECTED
}
