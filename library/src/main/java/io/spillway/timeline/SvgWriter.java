package io.spillway.timeline;

import static io.spillway.timeline.Canvas.LEAST;
import static io.spillway.timeline.Canvas.SMALL;

import io.spillway.timeline.Axis.Tick;
import io.spillway.timeline.Clear.Curve;
import io.spillway.timeline.Decisions.Line;
import io.spillway.timeline.Rows.Band;
import io.spillway.timeline.Rows.Row;
import io.spillway.timeline.Timeline.Group;
import io.spillway.timeline.Timeline.HostState;
import io.spillway.timeline.Timeline.Lane;
import io.spillway.timeline.Timeline.Move;
import io.spillway.timeline.Timeline.Span;
import io.spillway.timeline.Timeline.Stay;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Draws one timeline, from what is below to what is above. */
final class SvgWriter {
    /** The last is the JDK's name for what CSS calls sans-serif. */
    private static final String FONTS =
            "system-ui,'Segoe UI',Roboto,'Helvetica Neue','DejaVu Sans',Arial,sans-serif,SansSerif";

    private static final double EDGE = 24;
    private static final double GUTTER = 124;
    private static final double TITLE = 22;
    private static final double SUBTITLE = 12;
    private static final double HEAD = 74;

    private final Timeline timeline;
    private final Picture picture;
    private final Canvas canvas;
    private final Pen pen;
    private final Axis axis;
    private final Decisions decisions;
    private final double axisTop;
    private final Rows rows;
    private final Bars bars;
    private final List<Way> ways = new ArrayList<>();

    /** A move and its arrow, down or up. */
    private record Way(Move move, Curve curve, boolean down) {}

    SvgWriter(Timeline timeline, Picture picture) {
        this.timeline = timeline;
        this.picture = picture;
        this.pen = new Pen();
        double left = EDGE + GUTTER;
        double right = picture.width() - EDGE;
        this.axis = new Axis(new Span(timeline.from(), timeline.to()), left, right - left, picture.zone());
        this.canvas = new Canvas(timeline, axis, pen, EDGE, right);
        this.decisions = new Decisions(canvas, HEAD);
        this.axisTop = decisions.bottom() + 14;
        this.rows = new Rows(timeline, axisTop + 8);
        this.bars = new Bars(canvas, rows);
        for (Move move : timeline.moves()) {
            rows.of(move.from(), move.node())
                    .ifPresent(from -> rows.of(move.to(), move.node()).ifPresent(to -> ways.add(way(move, from, to))));
        }
    }

    private Way way(Move move, Row from, Row to) {
        boolean down = from.y() < to.y();
        double end = down ? to.y() - 5 : to.y() + to.height() + 5;
        double begin = axis.x(move.span().from());
        return new Way(move, new Curve(begin, from.middle(), axis.x(move.span().to()), end), down);
    }

    String svg() {
        Legend legend = new Legend(canvas, rows, rows.bottom() + 34);
        List<Line> lines = decisions.lines(legend.bottom() + 26);
        double bottom =
                lines.isEmpty() ? legend.bottom() : lines.get(lines.size() - 1).y();
        double height = Math.ceil(bottom + EDGE);

        pen.open(
                "svg",
                "version",
                "1.1",
                "width",
                picture.width(),
                "height",
                height,
                "viewBox",
                "0 0 " + picture.width() + " " + Pen.number(height),
                "role",
                "img",
                "aria-labelledby",
                "sw-title sw-desc",
                "font-family",
                FONTS,
                "font-size",
                SMALL,
                "fill",
                Canvas.INK);
        pen.say("title", picture.title(), "id", "sw-title");
        pen.say("desc", description(), "id", "sw-desc");
        Patterns.define(pen);
        pen.rect(0, 0, picture.width(), height, "fill", "#ffffff").close();
        head();
        bands();
        grid();
        stays();
        bars.draw();
        decisions.guides(rows);
        ways.forEach(this::arrow);
        bars.words(clear());
        unwatched();
        decisions.marks();
        names();
        legend.draw();
        decisions.list(lines);
        pen.close();
        return pen.done();
    }

    private Clear clear() {
        Clear clear = new Clear();
        ways.forEach(way -> clear.add(rows, way.curve()));
        return clear;
    }

    private String description() {
        long jobs = timeline.groups().stream()
                .flatMap(group -> Stream.concat(Stream.of(group.own()), group.nodes().stream()))
                .flatMap(lane -> lane.bars().stream())
                .map(bar -> bar.job().id())
                .distinct()
                .count();
        long nodes = timeline.groups().stream()
                .flatMap(group -> group.nodes().stream())
                .map(Lane::name)
                .distinct()
                .count();
        long hosts = timeline.groups().stream()
                .map(Group::host)
                .filter(host -> !host.isEmpty())
                .count();
        return axis.whole() + " · "
                + String.join(
                        ", ",
                        Canvas.count(hosts, "host"),
                        Canvas.count(nodes, "virtual node"),
                        Canvas.count(jobs, "job"),
                        Canvas.count(timeline.moves().size(), "move"),
                        Canvas.count(timeline.notes().size(), "decision"));
    }

    private void head() {
        double room = canvas.right() - EDGE;
        pen.text(EDGE, 40, Text.fit(picture.title(), TITLE, room), "font-size", TITLE, "font-weight", "bold");
        pen.text(EDGE, 60, Text.fit(description(), SUBTITLE, room), "font-size", SUBTITLE, "fill", Canvas.GREY);
    }

    private void bands() {
        for (Band band : rows.bands()) {
            pen.rect(EDGE - 10, band.y(), canvas.right() - EDGE + 20, band.height(), "rx", 6, "fill", "#f1f3f5")
                    .close();
            band.group().states().forEach(state -> hostState(band, state));
        }
    }

    private void hostState(Band band, HostState state) {
        double x = axis.x(state.span().from());
        double width = axis.x(state.span().to()) - x;
        if (width >= LEAST) {
            pen.rect(x, band.y(), width, band.height(), "fill", Patterns.fill(state.kind()));
            pen.say("title", canvas.tip(Patterns.words(state.kind()), state.reason(), state.span()));
            pen.close();
        }
    }

    private void grid() {
        double bottom = rows.bottom();
        List<Tick> ticks = axis.ticks();
        pen.open("g", "stroke", "#c9cdd1");
        ticks.forEach(tick -> pen.path(
                "M" + Pen.at(tick.x(), axisTop) + "V" + Pen.number(bottom + 4),
                "stroke-opacity",
                tick.day() ? "1" : "0.55"));
        pen.close();
        pen.open("g", "fill", Canvas.GREY, "text-anchor", "middle");
        double free = 0;
        for (Tick tick : ticks) {
            double half = Text.width(tick.label(), SMALL) / 2;
            if (tick.x() - half >= free && tick.x() + half <= picture.width() - 4) {
                free = tick.x() + half + 6;
                String weight = tick.day() ? "bold" : "normal";
                pen.text(tick.x(), axisTop - 5, tick.label(), "font-weight", weight);
                pen.text(tick.x(), bottom + 17, tick.label(), "font-weight", weight);
            }
        }
        pen.close();
    }

    private void stays() {
        for (Row row : rows.all()) {
            for (Stay stay : row.lane().stays()) {
                double x = axis.x(stay.span().from());
                double width = axis.x(stay.span().to()) - x;
                if (width >= LEAST) {
                    Patterns.of(stay.phase()).rect(pen, x, row.y() + 3, width, row.height() - 6);
                    String phase = stay.phase().name().toLowerCase(Locale.ROOT);
                    pen.say("title", canvas.tip(row.lane().name() + " " + phase, stay.reason(), stay.span()));
                    pen.close();
                }
            }
        }
    }

    private void arrow(Way way) {
        Curve curve = way.curve();
        Move move = way.move();
        double tip = way.down() ? 8 : -8;
        pen.open("g", "fill", "none", "stroke", Canvas.INK);
        pen.say("title", canvas.tip(move.node() + " moves from " + move.from() + " to " + move.to(), "", move.span()));
        pen.path(curve.path(), "stroke", "#ffffff", "stroke-width", 4.5, "stroke-opacity", "0.9");
        pen.path(curve.path(), "stroke-width", 1.5);
        pen.draw("circle", "cx", curve.x0(), "cy", curve.y0(), "r", 3.5, "fill", Canvas.INK, "stroke", "#ffffff");
        pen.path(
                "M" + Pen.at(curve.x1(), curve.y1() + tip) + "l-4 " + Pen.number(-tip * 1.2) + "h8z",
                "fill",
                Canvas.INK,
                "stroke",
                "#ffffff",
                "stroke-width",
                0.8);
        pen.close();
    }

    private void unwatched() {
        for (Span span : timeline.unwatched()) {
            double x = axis.x(span.from());
            double width = axis.x(span.to()) - x;
            if (width >= LEAST) {
                pen.rect(
                        x, axisTop, width, rows.bottom() - axisTop, "fill", Patterns.UNWATCHED, "fill-opacity", "0.75");
                pen.say("title", canvas.tip("nobody watched", "", span));
                pen.close();
            }
        }
    }

    private void names() {
        for (Row row : rows.all()) {
            String host =
                    row.group().host().isEmpty() ? "no host known" : row.group().host();
            if (row.own()) {
                name(EDGE, row, host, 13, "bold");
            } else {
                name(EDGE + 14, row, row.lane().name(), SMALL, "normal");
            }
        }
    }

    private void name(double x, Row row, String name, double size, String weight) {
        String shown = Text.fit(name, size, axis.left() - x - 10);
        pen.open("g");
        pen.say("title", name);
        pen.text(x, row.middle() + 4, shown, "font-size", size, "font-weight", weight);
        pen.close();
    }
}
