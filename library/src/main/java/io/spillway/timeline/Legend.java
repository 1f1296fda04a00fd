package io.spillway.timeline;

import io.spillway.timeline.Rows.Row;
import io.spillway.timeline.Timeline.Bar;
import io.spillway.timeline.Timeline.HostState;
import io.spillway.timeline.Timeline.Stay;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the patterns mean: those that are in the picture. */
final class Legend {
    private static final double LINE = 22;
    private static final double SAMPLE = 26;
    private static final double INDENT = 34;

    private static final Map<Patterns, String> WORDS = Map.of(
            Patterns.RUNNING, "job runs",
            Patterns.PHYSICAL, "job on the host itself",
            Patterns.HELD, "held: suspended, memory in RAM",
            Patterns.AWAY, "away: suspended, memory on disk",
            Patterns.UNSETTLED, "job starts or ends",
            Patterns.THERE, "node without a job",
            Patterns.ON_DISK, "node on disk",
            Patterns.PASSING, "node comes or goes",
            Patterns.LOST, "node lost");

    private final Canvas canvas;
    private final List<Item> items = new ArrayList<>();
    private double x;
    private double y;

    private record Item(double x, double y, String words, Runnable sample) {}

    Legend(Canvas canvas, Rows rows, double top) {
        this.canvas = canvas;
        this.x = canvas.left();
        this.y = top;
        Set<Patterns> seen = seen(rows);
        seen.forEach(look -> add(
                Optional.ofNullable(WORDS.get(look)).orElse(""),
                at -> look.rect(canvas.pen(), at.x() + 0.5, at.y() + 1, SAMPLE, 14)));
        if (!canvas.timeline().moves().isEmpty()) {
            add("node moves", this::arrow);
        }
        for (HostState.Kind kind : HostState.Kind.values()) {
            boolean was = canvas.timeline().groups().stream()
                    .flatMap(group -> group.states().stream())
                    .anyMatch(state -> state.kind() == kind);
            if (was) {
                add(Patterns.words(kind), at -> filled(at, Patterns.fill(kind)));
            }
        }
        if (!canvas.timeline().unwatched().isEmpty()) {
            add("nobody watched", at -> filled(at, Patterns.UNWATCHED));
        }
    }

    private record Place(double x, double y) {}

    private interface Sample {
        void draw(Place at);
    }

    private void add(String words, Sample sample) {
        double width = INDENT + Text.width(words, Canvas.SMALL);
        if (x + width > canvas.right() && x > canvas.left()) {
            x = canvas.left();
            y += LINE;
        }
        Place at = new Place(x, y);
        items.add(new Item(x, y, words, () -> sample.draw(at)));
        x += width + 14;
    }

    private void filled(Place at, String fill) {
        canvas.pen().rect(at.x() + 0.5, at.y() + 1, SAMPLE, 14, "fill", fill);
    }

    private void arrow(Place at) {
        double middle = at.y() + 8;
        canvas.pen()
                .open("g", "fill", Canvas.INK, "stroke", "none")
                .draw("circle", "cx", at.x() + 4, "cy", middle, "r", 3.0)
                .path("M" + Pen.at(at.x() + 4, middle) + "h14", "stroke", Canvas.INK, "stroke-width", 1.5)
                .path("M" + Pen.at(at.x() + SAMPLE, middle) + "l-9 -4v8z");
    }

    private static Set<Patterns> seen(Rows rows) {
        Set<Patterns> seen = EnumSet.noneOf(Patterns.class);
        for (Row row : rows.all()) {
            row.lane().bars().forEach(bar -> seen.add(Patterns.of(bar, row.own())));
            row.lane().stays().stream()
                    .filter(stay -> bare(stay, row.lane().bars()))
                    .forEach(stay -> seen.add(Patterns.of(stay.phase())));
        }
        return seen;
    }

    /** Whether a part of it that could be seen has no job upon it. */
    private static boolean bare(Stay stay, List<Bar> bars) {
        Instant covered = stay.span().from();
        Duration least = stay.span().length().dividedBy(20);
        for (Bar bar : bars) {
            if (Duration.between(covered, bar.span().from()).compareTo(least) > 0
                    && bar.span().from().isBefore(stay.span().to())) {
                return true;
            }
            covered = bar.span().to().isAfter(covered) ? bar.span().to() : covered;
        }
        return Duration.between(covered, stay.span().to()).compareTo(least) > 0;
    }

    double bottom() {
        return y + LINE;
    }

    void draw() {
        for (Item item : items) {
            item.sample().run();
            canvas.pen().close();
            canvas.pen().text(item.x() + INDENT, item.y() + 12, item.words());
        }
    }
}
