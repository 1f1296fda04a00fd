package io.spillway.simulation.sweep;

import java.util.Arrays;

/**
 * A figure over several seeds.
 *
 * @param mean of all
 * @param deviation standard deviation of one seed's value; 0 if there is one seed only
 * @param least the smallest
 * @param most the largest
 */
record Spread(double mean, double deviation, double least, double most) {
    static Spread of(double[] values) {
        double mean = Arrays.stream(values).average().orElse(0);
        double squares = Arrays.stream(values)
                .map(value -> (value - mean) * (value - mean))
                .sum();
        double deviation = values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1));
        return new Spread(
                mean,
                deviation,
                Arrays.stream(values).min().orElse(0),
                Arrays.stream(values).max().orElse(0));
    }
}
