package io.spillway.daemon;

import io.spillway.daemon.api.Front;
import io.spillway.daemon.api.Order;
import io.spillway.failure.BadInputException;
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

    /** What is wanted, without what all verbs have. */
    abstract Order order();

    @Override
    public final Integer call() {
        Order plain = order();
        Long limit = timeout == null ? null : time("--timeout", timeout).toSeconds();
        Order order =
                new Order(plain.operation(), plain.nodes(), plain.pool(), plain.count(), plain.host(), reason, limit);
        try (Front front = root.front()) {
            return dryRun
                    ? new DryRun(root.console, root.json).print(front.plan(order))
                    : new Run(root.console, root.json, front).carryOut(order);
        }
    }

    static Order order(String operation, String nodes) {
        return order(operation, nodes, null);
    }

    static Order order(String operation, String nodes, @Nullable String host) {
        return new Order(operation, nodes, null, null, host, null, null);
    }

    static Duration time(String option, String text) {
        Matcher time = TIME.matcher(text.toLowerCase(Locale.ROOT));
        if (!time.matches() || Long.parseLong(time.group(1)) == 0) {
            throw new BadInputException(null, "%s is 90, 90s, 15m or 2h, not '%s'".formatted(option, text));
        }
        long number = Long.parseLong(time.group(1));
        return switch (time.group(2)) {
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofSeconds(number);
        };
    }
}
