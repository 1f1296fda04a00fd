package io.spillway.simulation.sweep;

import io.spillway.simulation.whatif.Report;
import java.util.Locale;

/** What is told of each part, over all its seeds. */
enum Figure {
    GOODPUT("work that counts", Unit.SHARE),
    CLOUD("of it cloud", Unit.SHARE),
    LOST("core hours lost", Unit.NUMBER),
    PARALLEL_WAIT("parallel wait", Unit.MINUTES),
    SINGLE_WAIT("single wait", Unit.MINUTES),
    SINGLE_SLOWDOWN("single slowdown", Unit.NUMBER),
    UNFINISHED("not ended", Unit.NUMBER);

    /** How it is written. */
    private enum Unit {
        SHARE(100, " %"),
        MINUTES(1 / 60.0, " min"),
        NUMBER(1, "");

        private final double factor;
        private final String word;

        Unit(double factor, String word) {
            this.factor = factor;
            this.word = word;
        }
    }

    final String title;
    private final Unit unit;

    Figure(String title, Unit unit) {
        this.title = title;
        this.unit = unit;
    }

    double of(Report one) {
        return switch (this) {
            case GOODPUT -> one.use().goodput();
            case CLOUD -> one.use().goodput() - one.use().metal();
            case LOST -> one.use().lostHours();
            case PARALLEL_WAIT -> one.parallel().meanWait();
            case SINGLE_WAIT -> one.single().meanWait();
            case SINGLE_SLOWDOWN -> one.single().meanSlowdown();
            case UNFINISHED -> (double) one.unfinished();
        };
    }

    String words(Spread spread) {
        return String.format(
                Locale.ROOT, "%.1f ± %.1f%s", spread.mean() * unit.factor, spread.deviation() * unit.factor, unit.word);
    }

    /** For programs. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
