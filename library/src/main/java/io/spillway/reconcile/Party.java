package io.spillway.reconcile;

/** Who is at work, or waited for. */
public enum Party {
    /** The cloud. */
    NOVA,
    /** slurmctld. */
    SLURM,
    /** Salt: making servers, applying states. */
    SALT,
    /** The virtual node itself. */
    GUEST,
    /** Users' jobs. */
    JOBS,
    /** A part that gives no answer. */
    DOUBT
}
