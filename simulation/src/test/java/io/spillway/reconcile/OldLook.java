package io.spillway.reconcile;

import io.spillway.slurm.SlurmSite;

/** Gives a reconciler a look that somebody took some time ago, as a keeper's is. */
public final class OldLook {
    private OldLook() {}

    public static void give(Reconciler reconciler, SlurmSite site, long taken) {
        reconciler.newest.seen(new SlurmLook(site), taken);
    }
}
