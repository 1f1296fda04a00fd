package io.spillway.daemon;

import io.spillway.Plan;
import io.spillway.Plans;
import io.spillway.Spillway;
import io.spillway.failure.BadInputException;
import io.spillway.model.Hostlist;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the verbs that change something have in common. */
abstract class Verb implements Callable<Integer> {
    private static final Pattern TIME = Pattern.compile("(\\d{1,6})([smh]?)");

    private final SpillwayCommand root;

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            description = "Shown by Slurm where a node is drained, beside our own reason.")
    @Nullable String reason;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "Give up after that: 90, 90s, 15m or 2h. The goal stands; the same command goes on.")
    @Nullable String timeout;

    @Option(names = "--dry-run", description = "Change nothing; print the steps that would be taken, and why.")
    boolean dryRun;

    Verb(SpillwayCommand root) {
        this.root = root;
    }

    /** Checks the words and makes the plan. */
    abstract Plan plan(Plans plans);

    static Hostlist nodes(String text) {
        return Hostlist.parse(text);
    }

    @Override
    public final Integer call() {
        try (Spillway site = configured(root.connect())) {
            Plan plan = plan(site.plans());
            return dryRun
                    ? new DryRun(root.console, root.json).print(plan)
                    : new Run(root.console, root.json, site).carryOut(plan);
        }
    }

    private Spillway configured(Spillway site) {
        Spillway limited = timeout == null ? site : site.within(time(timeout));
        return reason == null ? limited : limited.because(reason);
    }

    static Duration time(String text) {
        Matcher time = TIME.matcher(text.toLowerCase(Locale.ROOT));
        if (!time.matches() || Long.parseLong(time.group(1)) == 0) {
            throw new BadInputException(null, "--timeout is 90, 90s, 15m or 2h, not '%s'".formatted(text));
        }
        long number = Long.parseLong(time.group(1));
        return switch (time.group(2)) {
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofSeconds(number);
        };
    }
}
