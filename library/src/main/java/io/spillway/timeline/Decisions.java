package io.spillway.timeline;

import static io.spillway.timeline.Canvas.SMALL;

import io.spillway.timeline.Rows.Row;
import io.spillway.timeline.Timeline.Note;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The decisions: numbers above the lanes, a line down from each to what it is about, and below the numbers' meaning. */
final class Decisions {
    private static final double HEIGHT = 18;
    private static final double LINE = 16;
    private static final double INDENT = 34;

    /** The others are in the log. */
    private static final int MOST = 60;

    private final Canvas canvas;
    private final double top;
    private final List<Mark> marks = new ArrayList<>();

    /** The numbers of one or more decisions, in one place. */
    private record Mark(double x, double width, String label, List<Note> notes) {
        double end() {
            return x + width;
        }
    }

    Decisions(Canvas canvas, double top) {
        this.canvas = canvas;
        this.top = top;
        for (Note note : canvas.timeline().notes()) {
            double x = canvas.axis().x(note.time());
            Mark alone = mark(List.of(note), x);
            Mark last = marks.isEmpty() ? alone : marks.get(marks.size() - 1);
            if (marks.isEmpty() || alone.x() >= last.end() + 2) {
                marks.add(alone);
            } else {
                List<Note> all = new ArrayList<>(last.notes());
                all.add(note);
                marks.set(marks.size() - 1, mark(all, (last.x() + last.end()) / 2));
            }
        }
    }

    private Mark mark(List<Note> notes, double middle) {
        int first = notes.get(0).number();
        int last = notes.get(notes.size() - 1).number();
        String label = first == last ? Integer.toString(first) : first + "–" + last;
        double width = width(label);
        double x = Math.max(canvas.axis().left() - 9, Math.min(middle - width / 2, canvas.right() + 9 - width));
        return new Mark(x, width, label, notes);
    }

    private static double width(String label) {
        return Math.max(HEIGHT, Text.width(label, SMALL) + 8);
    }

    /** Where the marks end and the axis may begin. */
    double bottom() {
        return marks.isEmpty() ? top : top + HEIGHT + 10;
    }

    void guides(Rows rows) {
        Pen pen = canvas.pen();
        pen.open("g", "stroke", Canvas.INK, "stroke-width", 1, "stroke-dasharray", "1 3", "stroke-opacity", "0.7");
        for (Note note : canvas.timeline().notes()) {
            double x = canvas.axis().x(note.time());
            pen.path("M" + Pen.at(x, top + HEIGHT) + "V" + Pen.number(end(note, rows)));
        }
        pen.close();
    }

    /** How far down a decision's line goes. */
    double end(Note note, Rows rows) {
        return rows.all().stream()
                .filter(row -> concerns(note, row))
                .mapToDouble(Row::middle)
                .max()
                .orElse(bottom());
    }

    private static boolean concerns(Note note, Row row) {
        if (row.own()) {
            return note.about().contains(row.group().host());
        }
        return note.about().contains(row.lane().name())
                && row.lane().stays().stream()
                        .anyMatch(stay -> !stay.span().from().isAfter(note.time())
                                && !stay.span().to().isBefore(note.time()));
    }

    void marks() {
        if (marks.isEmpty()) {
            return;
        }
        canvas.pen().text(canvas.left(), top + 13, "Decisions", "fill", Canvas.GREY);
        for (Mark mark : marks) {
            Note first = mark.notes().get(0);
            String others = mark.notes().size() == 1
                    ? ""
                    : " · and %d more".formatted(mark.notes().size() - 1);
            pill(mark.x(), top, mark.label(), first.number() + " " + sentence(first) + others);
        }
    }

    private void pill(double x, double y, String label, String tip) {
        Pen pen = canvas.pen();
        double width = width(label);
        pen.open("g", "text-anchor", "middle", "font-weight", "bold");
        pen.say("title", tip);
        pen.rect(x, y, width, HEIGHT, "rx", 9, "fill", "#ffffff", "stroke", Canvas.INK, "stroke-width", 1.2)
                .close();
        pen.text(x + width / 2, y + 13, label);
        pen.close();
    }

    private static String sentence(Note note) {
        return note.what() + ": " + note.why();
    }

    /** A line of the list; the first of a decision has its number and time. */
    record Line(double y, Optional<Note> begins, String words) {}

    List<Line> lines(double listTop) {
        List<Note> notes = canvas.timeline().notes();
        List<Line> lines = new ArrayList<>();
        double y = listTop;
        for (Note note : notes.subList(0, Math.min(MOST, notes.size()))) {
            Optional<Note> begins = Optional.of(note);
            for (String words : Text.wrap(Text.clean(sentence(note)), SMALL, canvas.right() - textLeft())) {
                lines.add(new Line(y, begins, words));
                begins = Optional.empty();
                y += LINE;
            }
            y += 5;
        }
        if (notes.size() > MOST) {
            lines.add(new Line(y, Optional.empty(), "and %d more in the event log".formatted(notes.size() - MOST)));
        }
        return lines;
    }

    private double textLeft() {
        String clock = canvas.axis().clock(canvas.timeline().from());
        return canvas.left() + INDENT + Text.width(clock, SMALL) + 8;
    }

    void list(List<Line> lines) {
        Pen pen = canvas.pen();
        for (Line line : lines) {
            line.begins().ifPresent(note -> {
                pill(canvas.left(), line.y() - 13, Integer.toString(note.number()), "decision " + note.number());
                String clock = canvas.axis().clock(note.time());
                pen.text(canvas.left() + INDENT, line.y(), clock, "fill", Canvas.GREY);
            });
            pen.text(textLeft(), line.y(), line.words());
        }
    }
}
