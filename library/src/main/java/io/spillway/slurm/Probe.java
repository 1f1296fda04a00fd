package io.spillway.slurm;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a node's minion found out about it.
 *
 * @param answered whether the minion answered at all
 * @param clockOffset the node's clock minus the controller's, where it could be measured
 * @param mungeToNode whether the controller's credential is valid there
 * @param mungeFromNode whether the node's credential is valid on the controller
 * @param slurmd whether slurmd answers
 * @param deadMounts network mounts that do not answer
 * @param wrong one line for each thing that is not as it should be
 */
public record Probe(
        boolean answered,
        Optional<Duration> clockOffset,
        boolean mungeToNode,
        boolean mungeFromNode,
        boolean slurmd,
        List<String> deadMounts,
        List<String> wrong) {
    /** Munge forgives 300 s, NFS and users' makefiles less; the clock guard steps below this at once. */
    public static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(1);

    /** A node that gave no answer. */
    public static final Probe SILENT =
            new Probe(false, Optional.empty(), false, false, false, List.of(), List.of("its minion is silent"));

    public Probe {
        deadMounts = List.copyOf(deadMounts);
        wrong = List.copyOf(wrong);
    }

    /**
     * What keeps jobs from running there.
     *
     * @return one line, empty if nothing does
     */
    public Optional<String> obstacle() {
        if (!answered) {
            return Optional.of("its minion is silent");
        }
        if (clockOffset.isEmpty()) {
            return Optional.of("its clock could not be compared with the controller's");
        }
        if (clockOffset.get().abs().compareTo(CLOCK_TOLERANCE) >= 0) {
            BigDecimal seconds = BigDecimal.valueOf(clockOffset.get().toMillis(), 3);
            return Optional.of("its clock is off by " + seconds.setScale(1, RoundingMode.HALF_UP) + " s");
        }
        if (!mungeToNode || !mungeFromNode) {
            return Optional.of("munge does not yet decode " + (mungeToNode ? "from it" : "on it"));
        }
        if (!slurmd) {
            return Optional.of("slurmd does not answer");
        }
        return deadMounts.isEmpty()
                ? Optional.empty()
                : Optional.of("mounts do not answer: " + String.join(", ", deadMounts));
    }
}
