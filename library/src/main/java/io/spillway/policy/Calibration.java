package io.spillway.policy;

import java.util.EnumMap;
import java.util.Map;

/**
 * How much longer than expected each kind of work took here, kept up as it runs. Immutable.
 *
 * @param factors by what the expected time is multiplied; a kind that is not in it has not been seen, its factor is 1
 */
public record Calibration(Map<Work, Double> factors) {
    /** Nothing was seen yet. */
    public static final Calibration NONE = new Calibration(Map.of());

    /** What one observation on a node of 1 GiB leaves of what was believed before. */
    private static final double MEMORY_OF_ONE_GIB = 0.8;

    private static final double LEAST = 0.02;
    private static final double MOST = 50;
    private static final double MIB_A_GIB = 1024.0;

    public Calibration {
        factors.forEach((work, factor) -> {
            if (!(factor >= LEAST && factor <= MOST)) {
                throw new io.spillway.failure.BadInputException(
                        null, "a factor of %s for %s is none; %s to %s are".formatted(factor, work, LEAST, MOST));
            }
        });
        factors = Map.copyOf(factors);
    }

    /**
     * The factor of a kind of work.
     *
     * @param work the kind
     * @return 1 if nothing was seen
     */
    public double factor(Work work) {
        return factors.getOrDefault(work, 1.0);
    }

    /**
     * What is believed after one more observation: an exponentially weighted mean, in which a big node weighs more than
     * a little one, since its time says more about the speed.
     *
     * @param work the kind
     * @param memory the node's memory in MiB
     * @param ratio the time it took over the time that is expected without any calibration
     * @return the new belief
     */
    Calibration seen(Work work, long memory, double ratio) {
        if (!Double.isFinite(ratio) || ratio <= 0) {
            return this;
        }
        double gib = Math.max(0.25, memory / MIB_A_GIB);
        double weight = factors.containsKey(work) ? 1 - Math.pow(MEMORY_OF_ONE_GIB, gib) : 1;
        double bounded = Math.min(MOST, Math.max(LEAST, ratio));
        Map<Work, Double> next = new EnumMap<>(Work.class);
        next.putAll(factors);
        next.put(work, factor(work) + weight * (bounded - factor(work)));
        return new Calibration(next);
    }

    /**
     * To be stored.
     *
     * @return JSON, which {@link #parse} reads back to the same
     */
    public String json() {
        return Json.write(this);
    }

    /**
     * Reads what {@link #json} wrote; what it does not know it leaves out.
     *
     * @param json the text
     * @return the calibration
     * @throws io.spillway.failure.BadInputException in one line, if it is none
     */
    public static Calibration parse(String json) {
        return Json.calibration(json);
    }
}
