package io.spillway.reconcile;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The newest look at all of Slurm, until something happens or is done there: a way may begin by it, and takes nothing by
 * it that would not itself notice what has changed since. This class is threadsafe.
 */
final class Newest {
    private @Nullable Look look;
    private long changed = Long.MIN_VALUE;

    /**
     * A look.
     *
     * @param slurm what was seen
     * @param began when, by {@link Pace#nanos}: it may be as old as that
     */
    record Look(SlurmLook slurm, long began) {}

    /** Somebody has looked. What began before the last change may have seen the state before it. */
    synchronized void seen(SlurmLook slurm, long began) {
        if (began > changed) {
            look = new Look(slurm, began);
        }
    }

    /** Something in Slurm is not as it was, or may not be. */
    synchronized void changed(long now) {
        changed = now;
        look = null;
    }

    /**
     * We have changed something, and were told how Slurm is after it. That is a look as well, unless something else has
     * happened since we began.
     */
    synchronized void changed(SlurmLook after, long began, long now) {
        boolean alone = changed < began;
        changed = now;
        look = alone ? new Look(after, began) : null;
    }

    /** The newest look, if it is no older than that. */
    synchronized Optional<Look> since(long oldest) {
        return Optional.ofNullable(look).filter(one -> one.began() >= oldest);
    }
}
