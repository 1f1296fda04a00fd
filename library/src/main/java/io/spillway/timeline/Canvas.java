package io.spillway.timeline;

import io.spillway.timeline.Timeline.Span;

/**
 * What all that draw share.
 *
 * @param timeline what is drawn
 * @param axis from times to places
 * @param pen where to
 * @param left the left edge of all
 * @param right the right edge of all, and of the axis
 */
record Canvas(Timeline timeline, Axis axis, Pen pen, double left, double right) {
    static final String INK = "#1c2126";
    static final String GREY = "#565d64";

    /** Sizes of words. */
    static final double SMALL = 11;

    static final double TINY = 10;

    /** What is narrower cannot be told from its neighbours. */
    static final double LEAST = 1;

    /** A tooltip: what, why, from when till when. */
    String tip(String words, String reason, Span span) {
        return words + (reason.isEmpty() ? "" : ": " + reason) + " · " + axis.clock(span.from()) + " – "
                + axis.clock(span.to()) + " · " + Axis.length(span.length());
    }

    static String count(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }
}
