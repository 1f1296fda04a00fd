package io.spillway.reconcile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Keeps the time of one node's way. */
final class Ledger {
    private final Pace pace;
    private final long began;
    private final List<StepTime> steps = new ArrayList<>();
    private String step = "look";
    private String reason = "how things stand";
    private Party party = Party.DOUBT;
    private long stepBegan;
    private long others;
    private long allOthers;

    Ledger(Pace pace) {
        this.pace = pace;
        this.began = pace.nanos();
        this.stepBegan = began;
    }

    void begin(Effect effect) {
        close();
        step = effect.title();
        reason = effect.reason();
        party = effect.party();
    }

    /** Time that others needed. */
    void add(long nanos) {
        others += nanos;
        allOthers += nanos;
    }

    private void close() {
        long now = pace.nanos();
        long took = now - stepBegan;
        if (party != Party.DOUBT || others > 0) {
            steps.add(new StepTime(step, reason, party, Duration.ofNanos(took), Duration.ofNanos(took - others)));
        }
        stepBegan = now;
        others = 0;
    }

    List<StepTime> finish() {
        close();
        return List.copyOf(steps);
    }

    Duration took() {
        return Duration.ofNanos(pace.nanos() - began);
    }

    Duration own() {
        return took().minusNanos(allOthers);
    }
}
