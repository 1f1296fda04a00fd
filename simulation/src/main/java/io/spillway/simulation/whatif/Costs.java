package io.spillway.simulation.whatif;

import io.spillway.policy.CostModel;
import io.spillway.policy.Work;
import java.time.Duration;

/** What Spillway's cost model says of a virtual node, in whole seconds, rounded up. */
record Costs(int build, int hold, int release, int checkpoint, int restore, int elsewhere, int requeue) {
    /** A requeued job runs again after 41 s at the soonest: till then its first credential is good. */
    private static final int REQUEUED = 41;

    static Costs of(CostModel model, long memory) {
        int restore = seconds(model.takes(Work.RESTORE, memory));
        return new Costs(
                seconds(model.takes(Work.BUILD, memory)),
                seconds(model.takes(Work.HOLD, memory)),
                seconds(model.takes(Work.RELEASE, memory)),
                seconds(model.takes(Work.CHECKPOINT, memory)),
                restore,
                restore + seconds(model.takes(Work.MIGRATE, memory)),
                REQUEUED);
    }

    private static int seconds(Duration time) {
        return (int) ((time.toMillis() + 999) / 1000);
    }
}
