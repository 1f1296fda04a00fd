package io.spillway.policy;

/** One way for a job to step aside. */
public enum Rung {
    /** Its node moves to another host; the job runs on. */
    MIGRATE,
    /** The job is suspended; its memory stays on the host. Frees CPUs only. */
    HOLD,
    /** The job is suspended and its node's memory goes to disk. */
    CHECKPOINT,
    /** The job starts anew later; what it did is lost. */
    REQUEUE,
    /** The job ends; what it did is lost. */
    CANCEL;

    /**
     * Whether a job's work is gone with it.
     *
     * @return true for {@link #REQUEUE} and {@link #CANCEL}
     */
    public boolean losesWork() {
        return this == REQUEUE || this == CANCEL;
    }

    /**
     * Whether the job stands still meanwhile.
     *
     * @return true for all but {@link #MIGRATE}
     */
    public boolean interrupts() {
        return this != MIGRATE;
    }

    /**
     * As it is written in spillway.yaml.
     *
     * @return such as {@code migrate}
     */
    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
