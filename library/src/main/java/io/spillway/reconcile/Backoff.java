package io.spillway.reconcile;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait before the next try: twice as long each time, and a fifth more or less, so that many do not come at
 * once.
 *
 * @param first after the first failure
 * @param longest at the most
 */
record Backoff(Duration first, Duration longest) {
    private static final int MOST_DOUBLINGS = 20;

    Duration after(int failures) {
        Duration doubled = first.multipliedBy(1L << Math.min(MOST_DOUBLINGS, Math.max(0, failures - 1)));
        Duration plain = doubled.compareTo(longest) > 0 ? longest : doubled;
        return Duration.ofNanos(
                (long) (plain.toNanos() * ThreadLocalRandom.current().nextDouble(0.8, 1.2)));
    }
}
