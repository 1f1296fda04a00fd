package io.spillway.simulation.whatif;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * What became of one trace on one site under several policies, side by side.
 *
 * @param trace the trace's name
 * @param site the site
 * @param reports one for each policy
 */
public record Answer(String trace, Site site, List<Report> reports) {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    public Answer {
        reports = List.copyOf(reports);
    }

    /**
     * For programs.
     *
     * @return one JSON document, indented
     */
    public String json() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * For people to look at.
     *
     * @return an SVG, readable without colours
     */
    public String svg() {
        return new Chart(this).svg();
    }

    /**
     * For people to read.
     *
     * @return lines: a table with a column for each policy, then the worst-hit jobs
     */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("trace: " + trace);
        lines.add("site:  " + where());
        reports.stream().limit(1).forEach(one -> notes(lines, one));
        reports.forEach(one -> doubt(one).ifPresent(words -> lines.add("note:  " + one.policy() + ": " + words)));
        lines.add("");
        row(lines, "", one -> one.policy() + (one.complete() ? "" : " (stopped)"));
        row(lines, "days", one -> number("%.1f", one.days()));
        row(lines, "jobs ended", one -> Long.toString(one.ended()));
        row(lines, "jobs not ended", one -> Long.toString(one.unfinished()));
        row(lines, "metal in use", one -> share(one.use().metal()));
        row(lines, "cloud in use", one -> share(one.use().cloud()));
        row(
                lines,
                "  of which counts",
                one -> share(one.use().goodput() - one.use().metal()));
        row(lines, "work that counts", one -> share(one.use().goodput()));
        row(lines, "core hours lost", one -> number("%.0f", one.use().lostHours()));
        row(lines, "core hours standing", one -> number("%.0f", one.use().standingHours()));
        row(lines, "jobs short of memory", Answer::crowded);
        jobs(lines, "parallel", Report::parallel);
        jobs(lines, "single-core", Report::single);
        row(lines, "suspensions a job", one -> number("%.2f", one.single().suspensions()));
        row(lines, "moves a job", one -> number("%.2f", one.single().moves()));
        row(lines, "kills a job", one -> number("%.2f", one.single().kills()));
        for (Report one : reports) {
            lines.add("");
            lines.add("worst hit under " + one.policy() + ":");
            one.worst()
                    .forEach(hit -> lines.add(
                            "  job %s (%d cores, %s): waited %s, slowdown %.0f; suspended %d times, moved %d, killed %d"
                                    .formatted(
                                            hit.id(),
                                            hit.processors(),
                                            time(hit.run()),
                                            time((double) hit.waited()),
                                            hit.slowdown(),
                                            hit.suspensions(),
                                            hit.moves(),
                                            hit.kills())));
        }
        return lines;
    }

    /** The site in words. */
    String where() {
        Long memory = site.memory();
        String words = "%d hosts of %d cores%s, virtual nodes of %d cores, %d MiB"
                .formatted(
                        site.hosts(),
                        site.cores(),
                        memory == null ? "" : " and %d MiB".formatted(memory),
                        site.node().cpus(),
                        site.node().memory());
        Site.Reclaim taken = site.reclaim();
        return taken == null
                ? words
                : words + ", hosts taken away every %s for %s".formatted(time(taken.every()), time(taken.lasts()));
    }

    /** The same under each policy. */
    private static void notes(List<String> lines, Report one) {
        one.remarks().forEach(remark -> lines.add("note:  " + remark));
        if (one.tooLarge() > 0) {
            lines.add("note:  " + one.tooLarge() + " jobs larger than the machine, left out");
        }
    }

    private static String crowded(Report one) {
        Report.Crowded crowded = one.crowded();
        return crowded == null ? "not known" : Long.toString(crowded.jobs());
    }

    /** What the table cannot say of suspension in place. */
    private static Optional<String> doubt(Report one) {
        Report.Crowded crowded = one.crowded();
        if (crowded == null) {
            return Optional.of(
                    "whether jobs on metal fit beside what stands still in their host's memory is not known: the site names no memory");
        }
        return crowded.jobs() == 0
                ? Optional.empty()
                : Optional.of(
                        "%d jobs on metal, %.0f core hours, found too little memory beside what stood still there; of %d of them the trace does not name the memory, and their cores' part of the host was taken"
                                .formatted(crowded.jobs(), crowded.hours(), crowded.guessed()));
    }

    private void jobs(List<String> lines, String kind, Function<Report, Report.Jobs> of) {
        row(lines, kind + " jobs", one -> Long.toString(of.apply(one).count()));
        row(lines, "  wait, mean", one -> time(of.apply(one).meanWait()));
        row(lines, "  wait, median", one -> time(of.apply(one).medianWait()));
        row(lines, "  wait, 95 %", one -> time(of.apply(one).longWait()));
        row(lines, "  slowdown, mean", one -> number("%.1f", of.apply(one).meanSlowdown()));
        row(lines, "  slowdown, 95 %", one -> number("%.1f", of.apply(one).longSlowdown()));
    }

    private void row(List<String> lines, String what, Function<Report, String> value) {
        StringBuilder line = new StringBuilder("%-22s".formatted(what));
        reports.forEach(one -> line.append("%16s".formatted(value.apply(one))));
        lines.add(line.toString().stripTrailing());
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    static String share(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    /** Such as 12 s, 3.4 min, 5.6 h, 7.8 d. */
    static String time(double seconds) {
        if (seconds < 100) {
            return String.format(Locale.ROOT, "%.0f s", seconds);
        }
        if (seconds < 6000) {
            return String.format(Locale.ROOT, "%.1f min", seconds / 60);
        }
        return seconds < 172_800
                ? String.format(Locale.ROOT, "%.1f h", seconds / 3600)
                : String.format(Locale.ROOT, "%.1f d", seconds / 86_400);
    }
}
