package io.spillway.simulation.whatif;

import java.util.Arrays;

/** Many values as few numbers: their mean, and quantiles that are right within two hundredths. */
final class Spread {
    private static final int STEPS = 64;

    private long[] counts = new long[16 * STEPS];
    private long count;
    private double sum;

    void add(double value) {
        count++;
        sum += value;
        int step = step(value);
        if (step >= counts.length) {
            counts = Arrays.copyOf(counts, step + STEPS);
        }
        counts[step]++;
    }

    /** Each power of two has as many steps. */
    private static int step(double value) {
        int power = Math.getExponent(value + 1);
        return (int) (STEPS * (power + (value + 1) / Math.scalb(1.0, power) - 1));
    }

    private static double value(int step) {
        int power = step / STEPS;
        return Math.scalb(1 + (double) (step % STEPS) / STEPS, power) - 1;
    }

    long count() {
        return count;
    }

    double mean() {
        return count == 0 ? 0 : sum / count;
    }

    /** Of all values, that share is no larger. */
    double quantile(double share) {
        long rest = (long) Math.ceil(share * count);
        for (int step = 0; step < counts.length; step++) {
            rest -= counts[step];
            if (rest <= 0) {
                return count == 0 ? 0 : value(step);
            }
        }
        return 0;
    }
}
