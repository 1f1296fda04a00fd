package io.spillway.timeline;

import io.spillway.timeline.Rows.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Where words can stand so that no arrow goes through them. */
final class Clear {
    private static final double ROOM = 3;
    private static final int SAMPLES = 40;

    private final Map<Double, List<Line>> lines = new HashMap<>();

    private record Line(double from, double to) {}

    /** Notes where a curve goes through each row. */
    void add(Rows rows, Curve curve) {
        for (Row row : rows.all()) {
            double from = Double.MAX_VALUE;
            double to = -Double.MAX_VALUE;
            for (int i = 0; i <= SAMPLES; i++) {
                double y = curve.y((double) i / SAMPLES);
                if (y >= row.y() - ROOM && y <= row.y() + row.height() + ROOM) {
                    double x = curve.x((double) i / SAMPLES);
                    from = Math.min(from, x);
                    to = Math.max(to, x);
                }
            }
            if (from <= to) {
                lines.computeIfAbsent(row.y(), none -> new ArrayList<>()).add(new Line(from - ROOM, to + ROOM));
            }
        }
    }

    /** The first place for words of that width from there on. */
    OptionalDouble first(Row row, double from, double to, double width) {
        double x = from;
        boolean moved = true;
        while (moved) {
            moved = false;
            for (Line line : lines.getOrDefault(row.y(), List.of())) {
                if (line.from() < x + width && line.to() > x) {
                    x = line.to();
                    moved = true;
                }
            }
        }
        return x + width <= to ? OptionalDouble.of(x) : OptionalDouble.empty();
    }

    /**
     * A way from one place to another that leaves and arrives upright.
     *
     * @param x0 where it begins
     * @param y0 where it begins
     * @param x1 where it ends
     * @param y1 where it ends
     */
    record Curve(double x0, double y0, double x1, double y1) {
        double x(double t) {
            return x0 + (x1 - x0) * t * t * (3 - 2 * t);
        }

        double y(double t) {
            double middle = (y0 + y1) / 2;
            double s = 1 - t;
            return s * s * s * y0 + 3 * s * t * (s * middle + t * middle) + t * t * t * y1;
        }

        String path() {
            double middle = (y0 + y1) / 2;
            return "M" + Pen.at(x0, y0) + "C" + Pen.at(x0, middle) + " " + Pen.at(x1, middle) + " " + Pen.at(x1, y1);
        }
    }
}
