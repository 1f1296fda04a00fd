package io.spillway.simulation.trace;

import org.jspecify.annotations.Nullable;

/**
 * The Standard Workload Format, version 2.2: eighteen numbers a line, -1 for what is not known, comments after
 * semicolons (S. Chapin, W. Cirne, D. Feitelson and others, "Benchmarks and standards for the evaluation of parallel job
 * schedulers", JSSPP 1999). A job has the processors that it asked for, else those that it was given; the time that it
 * asked for, else the time that it ran; the memory that it asked for, else what it used.
 */
final class Swf implements LineFormat {
    private static final int FIELDS = 18;
    private static final int SUBMIT = 1;
    private static final int RUN = 3;
    private static final int ALLOCATED = 4;
    private static final int USED_MEMORY = 6;
    private static final int PROCESSORS = 7;
    private static final int REQUESTED = 8;
    private static final int MEMORY = 9;
    private static final double KIB_A_MIB = 1024;

    private final double[] values = new double[FIELDS];

    @Override
    public @Nullable TraceJob job(String line) throws Broken, Unknown {
        int at = start(line, 0);
        if (at == line.length() || line.charAt(at) == ';') {
            return null;
        }
        String id = line.substring(at, end(line, at));
        for (int field = 0; field < FIELDS; field++) {
            if (at == line.length()) {
                throw new Broken("%d fields; SWF has %d".formatted(field, FIELDS));
            }
            int end = end(line, at);
            values[field] = value(line, at, end, field);
            at = start(line, end);
        }
        if (at < line.length() && line.charAt(at) != ';') {
            throw new Broken("more than %d fields".formatted(FIELDS));
        }
        return known(id);
    }

    private TraceJob known(String id) throws Broken, Unknown {
        int processors = whole(values[PROCESSORS] > 0 ? PROCESSORS : ALLOCATED);
        if (values[RUN] < 0) {
            throw new Unknown("job " + id + " has no run time");
        }
        if (processors <= 0) {
            throw new Unknown("job " + id + " has no processors");
        }
        if (values[SUBMIT] < 0) {
            throw new Unknown("job " + id + " has no time of submission");
        }
        if (values[SUBMIT] > TraceJob.LATEST) {
            throw new Broken(
                    "it is submitted at second %.0f; %d is the last".formatted(values[SUBMIT], TraceJob.LATEST));
        }
        int run = whole(RUN);
        int requested = values[REQUESTED] < 0 ? run : whole(REQUESTED);
        return new TraceJob(id, (long) values[SUBMIT], run, requested, processors, memory());
    }

    /** Both are KiB for each processor. */
    private int memory() {
        double kib = values[MEMORY] > 0 ? values[MEMORY] : values[USED_MEMORY];
        return kib > 0 ? (int) Math.min(Integer.MAX_VALUE, Math.ceil(kib / KIB_A_MIB)) : TraceJob.UNKNOWN;
    }

    private int whole(int field) throws Broken {
        if (values[field] > Integer.MAX_VALUE) {
            throw new Broken("field %d is %.0f; nothing is as large".formatted(field + 1, values[field]));
        }
        return (int) values[field];
    }

    private static int start(String line, int from) {
        int at = from;
        while (at < line.length() && line.charAt(at) <= ' ') {
            at++;
        }
        return at;
    }

    private static int end(String line, int from) {
        int at = from;
        while (at < line.length() && line.charAt(at) > ' ') {
            at++;
        }
        return at;
    }

    /** Nearly all are short whole numbers. */
    private static double value(String line, int from, int to, int field) throws Broken {
        long number = 0;
        boolean minus = line.charAt(from) == '-';
        int first = minus ? from + 1 : from;
        boolean plain = to > first && to - first < 18;
        for (int i = first; plain && i < to; i++) {
            int digit = line.charAt(i) - '0';
            plain = digit >= 0 && digit <= 9;
            number = 10 * number + digit;
        }
        return plain ? (minus ? -number : number) : decimal(line.substring(from, to), field);
    }

    private static double decimal(String text, int field) throws Broken {
        try {
            double value = Double.parseDouble(text);
            if (Math.abs(value) < 1e15) {
                return value;
            }
        } catch (NumberFormatException none) {
            // told below
        }
        throw new Broken("field %d is '%s'; a number would be right"
                .formatted(field + 1, text.length() > 20 ? text.substring(0, 20) + "…" : text));
    }

    /** The line of a job, of which only what a simulation needs is known. */
    static String line(TraceJob job, long number) {
        double kib = job.memory() == TraceJob.UNKNOWN ? -1 : job.memory() * KIB_A_MIB;
        return "%d %d -1 %d %d -1 -1 %d %d %.0f 1 -1 -1 -1 -1 -1 -1 -1"
                .formatted(number, job.submit(), job.run(), job.processors(), job.processors(), job.requested(), kib);
    }
}
