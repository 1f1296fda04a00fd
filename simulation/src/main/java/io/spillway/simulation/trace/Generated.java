package io.spillway.simulation.trace;

import io.spillway.failure.BadInputException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A trace for those who have none: parallel jobs after Lublin's and Feitelson's model, and, if one likes, a stream of
 * single-core (HTC) jobs beside them. The same parameters give the same jobs.
 *
 * @param jobs how many jobs of the model; those of HTC come on top
 * @param cores of the machine; no job is larger
 * @param load the share of the machine's core time that the model's jobs ask for
 * @param htc the share that the single-core jobs ask for; 0 for none
 * @param htcRun how long a single-core job runs in the mean, in seconds; the times are exponentially distributed
 * @param seed another seed, another trace
 */
public record Generated(int jobs, int cores, double load, double htc, int htcRun, long seed) implements Trace {
    /** Jobs that are submitted at second 0 are not. */
    private static final long BEGIN = 60;

    public Generated {
        if (jobs < 1 || cores < 2 || !(load > 0 && load < 100) || !(htc >= 0 && htc < 100) || htcRun < 1) {
            throw new BadInputException(
                    null,
                    "%d jobs on %d cores at a load of %s, %s more of %d s each: jobs are 1 or more, cores 2 or more, loads such as 0.7, the seconds 1 or more"
                            .formatted(jobs, cores, load, htc, htcRun));
        }
    }

    @Override
    public String name() {
        return "%d jobs after Lublin and Feitelson for %d cores, load %s, seed %d".formatted(jobs, cores, load, seed)
                + (htc > 0 ? ", and %s of single cores for %d s".formatted(htc, htcRun) : "");
    }

    @Override
    public Jobs open() {
        return new Stream(this, pace());
    }

    /** How much longer than in the model the times between two jobs are, for the load to be as wanted. */
    private double pace() {
        LublinFeitelson model = new LublinFeitelson(cores, new SplittableRandom(seed));
        double work = 0;
        double time = 0;
        for (int i = 0; i < jobs; i++) {
            time += model.gap();
            int processors = model.processors();
            work += (double) processors * model.run(processors);
            model.requested(1);
        }
        return work / (cores * load * time);
    }

    /**
     * Writes it in the Standard Workload Format.
     *
     * @param file where to
     * @throws BadInputException if that cannot be written
     */
    public void write(Path file) {
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.US_ASCII);
                Jobs all = open()) {
            out.write("; " + name() + "\n; MaxProcs: " + cores + "\n");
            long number = 0;
            for (TraceJob job = all.next(); job != null; job = all.next()) {
                out.write(Swf.line(job, ++number));
                out.write('\n');
            }
        } catch (IOException unwritable) {
            throw new BadInputException(
                    file.toString(), "the trace %s cannot be written: %s".formatted(file, unwritable), unwritable);
        }
    }

    private static final class Stream implements Jobs {
        private final Generated trace;
        private final LublinFeitelson model;
        private final LublinFeitelson.Arrivals arrivals;
        private final SplittableRandom random;
        private final Remarks remarks = new Remarks();
        private final double htcGap;
        private int parallel;
        private long number;
        private double nextParallel;
        private double nextSingle;

        Stream(Generated trace, double pace) {
            this.trace = trace;
            this.model = new LublinFeitelson(trace.cores, new SplittableRandom(trace.seed));
            this.arrivals = new LublinFeitelson.Arrivals(pace);
            this.random = new SplittableRandom(~trace.seed);
            this.htcGap = trace.htc == 0 ? Double.POSITIVE_INFINITY : trace.htcRun / (trace.htc * trace.cores);
            this.nextParallel = BEGIN + arrivals.next(model.gap());
            this.nextSingle = BEGIN + exponential(htcGap);
        }

        private double exponential(double mean) {
            return -mean * StrictMath.log1p(-random.nextDouble());
        }

        @Override
        public @Nullable TraceJob next() {
            if (parallel == trace.jobs) {
                return null;
            }
            String id = Long.toString(++number);
            if (nextSingle < nextParallel) {
                long submit = (long) nextSingle;
                nextSingle += exponential(htcGap);
                int run = (int) Math.max(1, Math.min(Integer.MAX_VALUE, exponential(trace.htcRun)));
                return new TraceJob(id, submit, run, run, 1);
            }
            long submit = (long) nextParallel;
            int processors = model.processors();
            int run = model.run(processors);
            int requested = model.requested(run);
            parallel++;
            nextParallel = BEGIN + arrivals.next(model.gap());
            return new TraceJob(id, submit, run, requested, processors);
        }

        @Override
        public double progress() {
            return (double) parallel / trace.jobs;
        }

        @Override
        public Remarks remarks() {
            return remarks;
        }

        @Override
        public void close() {}
    }
}
