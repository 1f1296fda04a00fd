package io.spillway.simulation.trace;

import io.spillway.failure.BadInputException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code sacct --parsable2 --allocations --format=JobID,Submit,Elapsed,AllocCPUS,Timelimit,State} prints: a header
 * that names the columns, in any order, more of them if one likes ({@code ReqMem} is read, too), and values between bars. Steps and jobs that have not
 * ended are no jobs to simulate. Submission is on the cluster's own clock, whose hour in autumn comes twice.
 */
final class Sacct implements LineFormat {
    private static final Pattern TIME =
            Pattern.compile("(?:(\\d{1,5})-)?(?:(\\d{1,3}):)?(\\d{1,3}):(\\d{2})(?:\\.\\d+)?");
    private static final Pattern MEMORY = Pattern.compile("(\\d{1,12})(?:\\.\\d+)?([KMGT]?)([cn]?)");
    private static final Pattern SECONDS = Pattern.compile("\\d{1,15}");

    private static final List<String> UNITS = List.of("K", "", "M", "G", "T");
    private static final double[] MIB = {1.0 / 1024, 1, 1, 1024, 1024 * 1024};

    private final int columns;
    private final int id;
    private final int submit;
    private final int run;
    private final int cpus;
    private final int requested;
    private final int state;
    private final int memory;

    Sacct(String header) {
        List<String> names = List.of(header.strip().toLowerCase(Locale.ROOT).split("\\|", -1));
        columns = names.size();
        id = needed(names, header, "JobID", "JobIDRaw");
        submit = needed(names, header, "Submit");
        run = needed(names, header, "Elapsed", "ElapsedRaw");
        cpus = needed(names, header, "AllocCPUS", "NCPUS", "ReqCPUS");
        requested = any(names, "Timelimit", "TimelimitRaw");
        state = any(names, "State");
        memory = any(names, "ReqMem");
    }

    private static int needed(List<String> names, String header, String... words) {
        int column = any(names, words);
        if (column < 0) {
            throw new BadInputException(
                    null,
                    "sacct's header '%s' has no %s; use sacct --parsable2 --allocations --format=JobID,Submit,Elapsed,AllocCPUS,Timelimit,State"
                            .formatted(header.length() > 80 ? header.substring(0, 80) + "…" : header, words[0]));
        }
        return column;
    }

    private static int any(List<String> names, String... words) {
        for (String word : words) {
            int column = names.indexOf(word.toLowerCase(Locale.ROOT));
            if (column >= 0) {
                return column;
            }
        }
        return -1;
    }

    @Override
    public @Nullable TraceJob job(String line) throws Broken, Unknown {
        if (line.isBlank()) {
            return null;
        }
        String[] cells = line.split("\\|", -1);
        if (cells.length != columns) {
            throw new Broken("%d columns; the header has %d".formatted(cells.length, columns));
        }
        String name = cells[id];
        if (name.indexOf('.') >= 0) {
            return null;
        }
        String how = state < 0 ? "" : cells[state];
        if (how.startsWith("PENDING") || how.startsWith("RUNNING") || how.startsWith("SUSPENDED")) {
            throw new Unknown("job " + name + " has not ended");
        }
        int ran = seconds(cells[run], "Elapsed", 1);
        if (ran == 0 && how.startsWith("CANCELLED")) {
            throw new Unknown("job " + name + " was cancelled before it began");
        }
        int processors = number(cells[cpus]);
        if (processors == 0) {
            throw new Unknown("job " + name + " was given no CPUs");
        }
        return new TraceJob(name, moment(cells[submit]), ran, limit(cells, ran), processors, memory(cells, processors));
    }

    /** Slurm's Timelimit: a time, or minutes alone; without one a job may run as long as it likes. */
    private int limit(String[] cells, int ran) throws Broken {
        String text = requested < 0 ? "" : cells[requested];
        boolean none = text.isEmpty() || text.equals("UNLIMITED") || text.equals("Partition_Limit");
        return none ? ran : seconds(text, "Timelimit", 60);
    }

    /** What was asked for: in all, or a core ({@code c}); what was asked for a node is not known of a core. */
    private int memory(String[] cells, int processors) {
        Matcher asked = MEMORY.matcher(memory < 0 ? "" : cells[memory]);
        if (!asked.matches() || asked.group(3).equals("n")) {
            return TraceJob.UNKNOWN;
        }
        double mib = Long.parseLong(asked.group(1)) * MIB[UNITS.indexOf(asked.group(2))];
        double each = asked.group(3).equals("c") ? mib : mib / processors;
        return each > 0 ? (int) Math.min(Integer.MAX_VALUE, Math.ceil(each)) : TraceJob.UNKNOWN;
    }

    private static int seconds(String text, String column, int unit) throws Broken {
        if (SECONDS.matcher(text).matches()) {
            return fit(Long.parseLong(text) * unit, text);
        }
        Matcher time = TIME.matcher(text);
        if (!time.matches()) {
            throw new Broken("%s is '%s'; such as 1-02:03:04 would be right".formatted(column, text));
        }
        long hours = 24 * part(time.group(1)) + part(time.group(2));
        return fit(3600 * hours + 60 * part(time.group(3)) + part(time.group(4)), text);
    }

    private static long part(@Nullable String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }

    private static int number(String text) throws Broken {
        if (!SECONDS.matcher(text).matches()) {
            throw new Broken("the CPUs are '%s'; a number would be right".formatted(text));
        }
        return fit(Long.parseLong(text), text);
    }

    private static int fit(long value, String text) throws Broken {
        if (value > Integer.MAX_VALUE) {
            throw new Broken("'%s' is more than there can be".formatted(text));
        }
        return (int) value;
    }

    private static long moment(String text) throws Broken {
        try {
            long second = SECONDS.matcher(text).matches()
                    ? Long.parseLong(text)
                    : LocalDateTime.parse(text).toEpochSecond(ZoneOffset.UTC);
            if (second >= 0 && second <= TraceJob.LATEST) {
                return second;
            }
        } catch (DateTimeParseException none) {
            // told below
        }
        throw new Broken("Submit is '%s'; such as 2026-11-23T10:00:00 would be right".formatted(text));
    }
}
