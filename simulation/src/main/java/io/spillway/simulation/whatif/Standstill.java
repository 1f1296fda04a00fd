package io.spillway.simulation.whatif;

import io.spillway.failure.FailedException;
import java.util.List;
import java.util.Set;

/**
 * Finds out that a policy does and undoes at one second for ever: more comes due than all hosts and nodes together can
 * have to do, and no job ends by it.
 */
final class Standstill {
    /** What each host and each node may be concerned with in one second. */
    private static final int EACH = 16;

    private static final List<String> WORDS = List.of(
            "the end of job %s on metal",
            "the end of job %s in the cloud",
            "node %s comes up",
            "the owner takes host %s",
            "the owner gives host %s back",
            "job %s waits anew");
    private static final Set<Integer> JOBS = Set.of(Simulation.METAL_END, Simulation.CLOUD_END, Simulation.REQUEUED);

    private final Eviction policy;
    private final Slots slots;
    private final long most;
    private long second = -1;
    private long count;

    Standstill(Eviction policy, Site site, Slots slots) {
        this.policy = policy;
        this.slots = slots;
        this.most = (long) EACH * (site.hosts() + (long) site.hosts() * site.places() + EACH);
    }

    /** Something is due. */
    void seen(long now, int kind, int who) {
        if (now != second) {
            second = now;
            count = 0;
        }
        if (++count > most) {
            String name = JOBS.contains(kind) ? slots.id[who] : Integer.toString(who);
            throw new FailedException(
                    policy.toString(),
                    "policy %s loops at second %d of the trace: %d things came due in it and no job ended, the last: %s"
                            .formatted(policy, now, count, WORDS.get(kind).formatted(name)));
        }
    }

    /** A job ended; there are not for ever more. */
    void over() {
        count = 0;
    }
}
