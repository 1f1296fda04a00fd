package io.spillway.timeline;

import static io.spillway.timeline.Canvas.LEAST;
import static io.spillway.timeline.Canvas.TINY;

import io.spillway.timeline.Rows.Row;
import io.spillway.timeline.Timeline.Bar;
import io.spillway.timeline.Timeline.Span;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** The jobs, and the words in and beside them. What is too narrow to be seen is drawn as one with its neighbours. */
final class Bars {
    private static final double PAD = 5;

    /** Words that are farther from their bar seem to be of another. */
    private static final double NEAR = 30;

    private final Canvas canvas;
    private final List<Shape> shapes = new ArrayList<>();

    /** One bar, or several that cannot be told apart, and where the next one begins. */
    private record Shape(Row row, int track, double x, double end, double next, Patterns look, List<Bar> bars) {
        double width() {
            return end - x;
        }

        boolean single() {
            return bars.size() == 1;
        }

        Shape with(Bar bar, double newEnd, Patterns newLook) {
            List<Bar> all = new ArrayList<>(bars);
            all.add(bar);
            return new Shape(
                    row, track, x, Math.max(end, newEnd), next, look == newLook ? look : Patterns.RUNNING, all);
        }

        Shape before(double nextX) {
            return new Shape(row, track, x, end, nextX, look, bars);
        }
    }

    Bars(Canvas canvas, Rows rows) {
        this.canvas = canvas;
        for (Row row : rows.all()) {
            for (int track = 0; track < row.tracks().count(); track++) {
                shapes(row, track);
            }
        }
    }

    private void shapes(Row row, int track) {
        Optional<Shape> open = Optional.empty();
        List<Bar> bars = row.lane().bars();
        for (int i = 0; i < bars.size(); i++) {
            if (row.tracks().of().get(i) != track) {
                continue;
            }
            Bar bar = bars.get(i);
            double x = canvas.axis().x(bar.span().from());
            double end = Math.max(canvas.axis().x(bar.span().to()), x + LEAST);
            Patterns look = Patterns.of(bar, row.own());
            if (open.isPresent() && together(open.get(), x, end)) {
                open = Optional.of(open.get().with(bar, end, look));
            } else {
                open.ifPresent(shape -> shapes.add(shape.before(x)));
                open = Optional.of(new Shape(row, track, x, end, canvas.right(), look, List.of(bar)));
            }
        }
        open.ifPresent(shapes::add);
    }

    /** Narrow neighbours, or what lies upon each other since there was no track left. */
    private static boolean together(Shape before, double x, double end) {
        boolean upon = x < before.end() - LEAST;
        boolean narrow = end - x <= LEAST && (!before.single() || before.width() <= LEAST);
        return upon || (narrow && x - before.end() < LEAST);
    }

    void draw() {
        Map<Patterns, List<Shape>> looks = new EnumMap<>(Patterns.class);
        shapes.forEach(shape ->
                looks.computeIfAbsent(shape.look(), none -> new ArrayList<>()).add(shape));
        Pen pen = canvas.pen();
        looks.forEach((look, alike) -> {
            pen.open("g", "fill", look.fill, "stroke", look.stroke);
            if (!look.dashes.isEmpty()) {
                pen.open("g", "stroke-dasharray", look.dashes);
            }
            alike.forEach(this::draw);
            if (!look.dashes.isEmpty()) {
                pen.close();
            }
            pen.close();
        });
    }

    private void draw(Shape shape) {
        double y = shape.row().barTop(shape.track());
        double height = shape.row().barHeight();
        Pen pen = canvas.pen();
        if (shape.width() < 3) {
            // a frame would hide what it holds
            pen.rect(shape.x(), y, shape.width(), height, "stroke", "none", "fill", shape.look().stroke);
        } else {
            pen.rect(shape.x(), y, shape.width(), height);
        }
        pen.say("title", shape.single() ? tip(shape.bars().get(0)) : tip(shape.bars()));
        pen.close();
    }

    private String tip(Bar bar) {
        String name = bar.job().name().isEmpty() ? "" : " " + bar.job().name();
        String whose = bar.job().user().isEmpty() ? "" : " of " + bar.job().user();
        String does = switch (bar.state()) {
            case RUNNING -> "runs";
            case HELD -> "held, its memory in RAM";
            case AWAY -> "away, its memory on disk";
            case UNSETTLED -> "starts or ends";
        };
        return canvas.tip(
                "job " + bar.job().id() + name + whose + " " + does, bar.end().orElse(""), bar.span());
    }

    private String tip(List<Bar> bars) {
        Instant end = bars.stream()
                .map(bar -> bar.span().to())
                .max(Instant::compareTo)
                .orElseThrow();
        return canvas.tip(many(bars), "", new Span(bars.get(0).span().from(), end));
    }

    private static String many(List<Bar> bars) {
        return Canvas.count(bars.stream().map(bar -> bar.job().id()).distinct().count(), "job");
    }

    void words(Clear clear) {
        canvas.pen().open("g", "font-size", TINY);
        Named before = new Named(Optional.empty(), 0);
        for (Shape shape : shapes) {
            if (shape.row().barHeight() >= TINY + 2) {
                before = words(shape, before, clear);
            }
        }
        canvas.pen().close();
    }

    /** A bar that has its words, and where they end. */
    private record Named(Optional<Shape> shape, double used) {
        /** The bar that is too short for words takes them into the one before it. */
        boolean holds(Shape next) {
            return next.look() == Patterns.UNSETTLED
                    && shape.filter(one -> one.row().equals(next.row()) && one.track() == next.track())
                            .filter(one -> one.bars()
                                    .get(0)
                                    .job()
                                    .equals(next.bars().get(0).job()))
                            .isPresent();
        }
    }

    private Named words(Shape shape, Named before, Clear clear) {
        if (!shape.single()) {
            return new Named(Optional.of(shape), inside(shape, many(shape.bars()), clear));
        }
        Bar bar = shape.bars().get(0);
        double used = switch (bar.state()) {
            case RUNNING -> named(shape, bar, clear);
            case HELD -> plate(shape, "held", clear);
            case AWAY -> plate(shape, "away", clear);
            case UNSETTLED -> shape.end();
        };
        Named holder = before.holds(shape) ? before : new Named(Optional.of(shape), used);
        bar.end().ifPresent(end -> end(shape, holder, end, clear));
        return new Named(Optional.of(shape), used);
    }

    /** The job's id, and as much of its name as there is room for; gives back where the words end. */
    private double named(Shape shape, Bar bar, Clear clear) {
        String id = bar.job().id();
        String whole = bar.job().name().isEmpty()
                ? id
                : id + " " + Text.clean(bar.job().name());
        if (Text.width(whole, TINY) > shape.width() - 2 * PAD) {
            String cut = Text.fit(whole, TINY, shape.width() - 2 * PAD);
            whole = cut.length() > id.length() + 3 ? cut : id;
        }
        double used = inside(shape, whole, clear);
        return used > shape.x() ? used : inside(shape, id, clear);
    }

    private double inside(Shape shape, String words, Clear clear) {
        double width = Text.width(words, TINY);
        OptionalDouble x = clear.first(shape.row(), shape.x() + PAD, shape.end() - PAD, width);
        x.ifPresent(place -> canvas.pen().text(place, base(shape), words, "fill", shape.look().ink));
        return x.isPresent() ? x.getAsDouble() + width : shape.x();
    }

    private static double base(Shape shape) {
        return shape.row().barTop(shape.track()) + shape.row().barHeight() / 2 + 3.6;
    }

    /** Words in the midst of a hatching. */
    private double plate(Shape shape, String words, Clear clear) {
        double width = Text.width(words, TINY);
        double middle = (shape.x() + shape.end() - width) / 2;
        if (middle < shape.x() + PAD) {
            return shape.end();
        }
        clear.first(shape.row(), middle, shape.end() - PAD, width).ifPresent(x -> {
            double y = base(shape);
            canvas.pen()
                    .rect(x - 2, y - 9.6, width + 4, 12, "rx", 2, "fill", "#ffffff", "fill-opacity", "0.92")
                    .close()
                    .text(x + width / 2, y, words, "text-anchor", "middle");
        });
        return shape.end();
    }

    /** How it ended: behind the bar, else within it, else only in its tooltip. */
    private void end(Shape shape, Named holder, String words, Clear clear) {
        Shape inner = holder.shape().orElse(shape);
        double width = Text.width(words, TINY);
        double most = Math.min(shape.next() - 4, canvas.right());
        OptionalDouble behind = clear.first(shape.row(), shape.end() + 6, most, width);
        double x = inner.end() - PAD - width;
        boolean within = inner.look().solid()
                && x >= holder.used() + 8
                && clear.first(inner.row(), x, inner.end(), width).isPresent();
        if (behind.isPresent() && (!within || behind.getAsDouble() < shape.end() + NEAR)) {
            canvas.pen().text(behind.getAsDouble(), base(shape), words, "font-weight", "bold");
        } else if (within) {
            canvas.pen().text(x, base(shape), words, "font-weight", "bold", "fill", inner.look().ink);
        }
    }
}
