package io.spillway.daemon.api;

import io.spillway.reconcile.Effect;
import io.spillway.reconcile.Step;

/** How a foretold step is named, and what it takes as a rule. */
final class Titles {
    private Titles() {}

    static String of(Step step) {
        if (step instanceof Effect effect) {
            return effect.title();
        }
        if (step instanceof Step.Wait wait) {
            return "would wait (" + wait.on() + ")";
        }
        return step instanceof Step.Refuse ? "would be refused" : "done";
    }

    /** With the waits that follow it, on a cloud of our size without emulation; a person wants to know minutes or seconds. */
    static double seconds(Step step) {
        if (step instanceof Effect.Create) {
            return 60;
        }
        if (step instanceof Effect.ApplyStates) {
            return 45;
        }
        if (step instanceof Effect.StartServer) {
            return 30;
        }
        if (step instanceof Effect.Destroy || step instanceof Effect.LiveMigrate) {
            return 15;
        }
        if (step instanceof Effect.SuspendServer || step instanceof Effect.ResumeServer) {
            return 8;
        }
        if (step instanceof Effect.SuspendJobs) {
            return 3;
        }
        if (step instanceof Effect.InSlurm) {
            return 0.5;
        }
        return step instanceof Effect ? 0.3 : 0;
    }
}
