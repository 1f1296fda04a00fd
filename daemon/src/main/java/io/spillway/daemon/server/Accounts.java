package io.spillway.daemon.server;

import io.spillway.daemon.api.Documents;
import io.spillway.model.SiteView;
import io.spillway.policy.JobClasses;
import io.spillway.policy.Savings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What suspension has saved, counted at each look and kept in the state folder. This class is threadsafe. */
final class Accounts {
    private final JobClasses classes;
    private final Kept<Savings> kept;
    private Savings savings;

    /**
     * Goes on counting.
     *
     * @param classes of the site's jobs
     * @param folder for what was counted
     */
    Accounts(JobClasses classes, Path folder) {
        this.classes = classes;
        this.kept = new Kept<>(folder.resolve("savings.json"), Savings.NONE, Savings::parse, Savings::json);
        this.savings = kept.value();
    }

    /** A look at the site, which all parts answered. Written only when something was counted, not at each look. */
    synchronized void look(SiteView view) {
        Savings before = savings;
        savings = before.seen(view, classes);
        boolean same = before.since().equals(savings.since())
                && before.jobs().equals(savings.jobs())
                && before.classes().equals(savings.classes());
        if (!same) {
            kept.keep(savings);
        }
    }

    private synchronized Savings savings() {
        return savings;
    }

    /** For people. */
    Documents.Report report() {
        return Documents.report(savings());
    }

    /** For Prometheus: its text format 0.0.4, which is a line a number. */
    String metrics(Documents.Status status) {
        StringBuilder text = new StringBuilder(1024);
        gauge(text, "leads", "Whether this daemon leads.", status.leads() ? 1 : 0);
        gauge(text, "sighted", "Whether all parts of the site answer.", status.blind() == null ? 1 : 0);
        gauge(
                text,
                "nodes_in_motion",
                "Nodes that are on a way.",
                status.inMotion().size());
        gauge(
                text,
                "nodes_in_trouble",
                "Nodes whose way failed.",
                status.troubles().size());
        Map<String, Savings.Sum> sums = savings().byClass();
        counter(text, sums, "interruptions", "Jobs suspended.", Savings.Sum::interruptions);
        counter(text, sums, "risked_cpu_seconds", "What requeues would have lost instead.", sum -> s(sum.risked()));
        counter(text, sums, "kept_cpu_seconds", "What of that went on.", sum -> s(sum.kept()));
        counter(text, sums, "still_cpu_seconds", "How long these jobs stood still.", sum -> s(sum.still()));
        return text.toString();
    }

    private static double s(Duration time) {
        return time.toMillis() / 1000.0;
    }

    private static void gauge(StringBuilder text, String name, String help, int value) {
        head(text, name, help, "gauge");
        text.append("spillway_%s %d\n".formatted(name, value));
    }

    private static void counter(
            StringBuilder text,
            Map<String, Savings.Sum> sums,
            String what,
            String help,
            ToDoubleFunction<Savings.Sum> of) {
        String name = what + "_total";
        head(text, name, help, "counter");
        sums.forEach((jobClass, sum) -> text.append("spillway_%s{class=\"%s\"} %s\n"
                .formatted(name, escaped(jobClass), String.format(Locale.ROOT, "%.0f", of.applyAsDouble(sum)))));
    }

    private static void head(StringBuilder text, String name, String help, String type) {
        text.append("# HELP spillway_%1$s %2$s\n# TYPE spillway_%1$s %3$s\n".formatted(name, help, type));
    }

    private static String escaped(String label) {
        return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
