package io.spillway.simulation.trace;

import java.util.SplittableRandom;

/**
 * The model of rigid jobs of U. Lublin and D. G. Feitelson, "The workload on parallel supercomputers: modeling the
 * characteristics of rigid jobs", Journal of Parallel and Distributed Computing 63(11), 2003, pp. 1105-1122, with the
 * published parameters for jobs of all types together. Sizes come from a two-stage uniform distribution of their binary
 * logarithm, with many powers of two; run times from a hyper-gamma distribution of their natural logarithm that leans to
 * the long side for large jobs; times between two jobs from a gamma distribution of their logarithm, stretched at the
 * hours of the day when few are submitted.
 *
 * <p>The model says nothing of what users request. Here it is between once and four times the run time, evenly: the
 * f-model with f = 3 of A. Mu'alem and D. G. Feitelson, "Utilization, predictability, workloads, and user runtime
 * estimates in scheduling the IBM SP2 with backfilling", IEEE Transactions on Parallel and Distributed Systems 12(6),
 * 2001.
 */
final class LublinFeitelson {
    // sizes
    private static final double SERIAL = 0.244;
    private static final double POWER_OF_TWO = 0.576;
    private static final double LOW = 0.8;
    private static final double MEDIUM_BELOW_HIGH = 2.5;
    private static final double FIRST_STAGE = 0.86;

    // run times
    private static final double A1 = 4.2;
    private static final double B1 = 0.94;
    private static final double A2 = 312;
    private static final double B2 = 0.03;
    private static final double PA = -0.0054;
    private static final double PB = 0.78;
    private static final double LONGEST = 12;

    // arrivals: at rush hours, and the ratio that makes them those of all hours
    private static final double ARRIVE_A = 10.2303 * 1.0225;
    private static final double ARRIVE_B = 0.4871;
    private static final double RAREST = 13;

    private static final double ESTIMATES = 3;

    private final SplittableRandom random;
    private final double high;
    private final int most;

    LublinFeitelson(int cores, SplittableRandom random) {
        this.random = random;
        this.most = cores;
        this.high = StrictMath.log(cores) / StrictMath.log(2);
    }

    int processors() {
        double kind = random.nextDouble();
        if (kind <= SERIAL) {
            return 1;
        }
        double medium = Math.max(LOW, high - MEDIUM_BELOW_HIGH);
        double log = random.nextDouble() <= FIRST_STAGE ? uniform(LOW, medium) : uniform(medium, high);
        double exponent = kind <= SERIAL + POWER_OF_TWO ? Math.rint(log) : log;
        return (int) Math.min(most, Math.round(StrictMath.pow(2, exponent)));
    }

    private double uniform(double from, double to) {
        return from + random.nextDouble() * (to - from);
    }

    /** Seconds, one or more. */
    int run(int processors) {
        double first = Math.max(0, Math.min(1, PA * processors + PB));
        double log;
        do {
            log = random.nextDouble() <= first ? gamma(A1, B1) : gamma(A2, B2);
        } while (log > LONGEST);
        return (int) Math.max(1, StrictMath.exp(log));
    }

    int requested(int run) {
        return (int) Math.min(Integer.MAX_VALUE, run * uniform(1, ESTIMATES + 1));
    }

    /** Seconds till the next job, if all hours were alike. */
    double gap() {
        double log;
        do {
            log = gamma(ARRIVE_A, ARRIVE_B);
        } while (log > RAREST);
        return StrictMath.exp(log);
    }

    /** G. Marsaglia and W. W. Tsang, "A simple method for generating gamma variables", 2000; for shapes of 1 and more. */
    private double gamma(double shape, double scale) {
        double d = shape - 1.0 / 3;
        double c = 1 / StrictMath.sqrt(9 * d);
        while (true) {
            double x = normal();
            double v = StrictMath.pow(1 + c * x, 3);
            if (v > 0 && StrictMath.log(1 - random.nextDouble()) < 0.5 * x * x + d - d * v + d * StrictMath.log(v)) {
                return d * v * scale;
            }
        }
    }

    private double normal() {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
        return radius * StrictMath.cos(2 * Math.PI * random.nextDouble());
    }

    /** Lays the times between jobs over the days: an hour when many are submitted is worth more than others. */
    static final class Arrivals {
        private static final double A = 8.1737;
        private static final double B = 3.9631;
        private static final int BUCKETS = 48;
        private static final int DAY_BEGINS = 11;
        private static final double BUCKET = 86_400.0 / BUCKETS;
        private static final double[] WEIGHTS = weights();

        private final double pace;
        private double now;

        /** Times between jobs are so many times longer than in the model. */
        Arrivals(double pace) {
            this.pace = pace;
        }

        private static double[] weights() {
            double[] weights = new double[BUCKETS];
            double sum = 0;
            for (int i = DAY_BEGINS; i < BUCKETS + DAY_BEGINS; i++) {
                // Simpson's rule is exact enough over half an hour
                double weight = density(i - 0.5) + 4 * density(i) + density(i + 0.5);
                weights[(i - 1) % BUCKETS] = weight;
                sum += weight;
            }
            for (int i = 0; i < BUCKETS; i++) {
                weights[i] *= BUCKETS / sum;
            }
            return weights;
        }

        private static double density(double x) {
            return StrictMath.exp((A - 1) * StrictMath.log(x) - x / B);
        }

        /** When the next job comes, if it were that long after the last one at an hour like all others. */
        double next(double gap) {
            double points = gap * pace;
            while (true) {
                int bucket = (int) (now / BUCKET) % BUCKETS;
                double end = (Math.floor(now / BUCKET) + 1) * BUCKET;
                double worth = (end - now) * WEIGHTS[bucket];
                if (points <= worth) {
                    now += points / WEIGHTS[bucket];
                    return now;
                }
                points -= worth;
                now = end;
            }
        }
    }
}
