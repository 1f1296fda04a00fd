package io.spillway.timeline;

import io.spillway.model.Phase;
import io.spillway.timeline.Timeline.Bar;
import io.spillway.timeline.Timeline.HostState;

/** What things look like. Each differs from each other by its pattern or its darkness, so colours only please. */
enum Patterns {
    RUNNING("#a9cbe8", "#2b5f8a", "", "#10202e"),
    /** A job on a host as a physical node. */
    PHYSICAL("#4a2d1b", "#2a180d", "", "#ffffff"),
    HELD("url(#sw-held)", "#2b5f8a", "", "#10202e"),
    AWAY("url(#sw-away)", "#5f6b76", "4 2", "#10202e"),
    UNSETTLED("#eef2f6", "#2b5f8a", "1 2", "#10202e"),
    /** A virtual node without a job. */
    THERE("#ffffff", "#a8adb3", "", "#3c4248"),
    /** A virtual node that is made, comes back or goes. */
    PASSING("url(#sw-passing)", "#a8adb3", "", "#3c4248"),
    /** A virtual node whose memory is on disk. */
    ON_DISK("#ffffff", "#a8adb3", "4 2", "#3c4248"),
    LOST("url(#sw-lost)", "#3c4248", "", "#10202e");

    static final String UNWATCHED = "url(#sw-unwatched)";

    final String fill;
    final String stroke;
    final String dashes;
    final String ink;

    Patterns(String fill, String stroke, String dashes, String ink) {
        this.fill = fill;
        this.stroke = stroke;
        this.dashes = dashes;
        this.ink = ink;
    }

    static Patterns of(Bar bar, boolean physical) {
        return switch (bar.state()) {
            case RUNNING -> physical ? PHYSICAL : RUNNING;
            case HELD -> HELD;
            case AWAY -> AWAY;
            case UNSETTLED -> UNSETTLED;
        };
    }

    static Patterns of(Phase phase) {
        return switch (phase) {
            case READY, HELD, MOVING -> THERE;
            case CHECKPOINTED -> ON_DISK;
            case BUILDING, JOINING, RETURNING, LEAVING, ABSENT -> PASSING;
            case LOST -> LOST;
        };
    }

    static String fill(HostState.Kind kind) {
        return switch (kind) {
            case DOWN -> "url(#sw-down)";
            case MAINTENANCE -> "url(#sw-maintenance)";
        };
    }

    static String words(HostState.Kind kind) {
        return switch (kind) {
            case DOWN -> "host down";
            case MAINTENANCE -> "maintenance";
        };
    }

    /** A rectangle that looks so, left open for its tooltip. */
    void rect(Pen pen, double x, double y, double width, double height) {
        if (dashes.isEmpty()) {
            pen.rect(x, y, width, height, "fill", fill, "stroke", stroke);
        } else {
            pen.rect(x, y, width, height, "fill", fill, "stroke", stroke, "stroke-dasharray", dashes);
        }
    }

    boolean solid() {
        return !fill.startsWith("url");
    }

    static void define(Pen pen) {
        pen.open("defs");
        pattern(pen, "sw-held", 6, "M-1.5 1.5l3 -3M0 6l6 -6M4.5 7.5l3 -3", "#2b5f8a", 1.5);
        pattern(pen, "sw-away", 9, "M-1.5 7.5l3 3M0 0l9 9M7.5 -1.5l3 3", "#6c7883", 0.9);
        pattern(pen, "sw-passing", 5, "M1 2.5h1.4", "#8b9197", 1.4);
        pattern(pen, "sw-lost", 7, "M0 0l7 7M0 7l7 -7", "#3c4248", 0.8);
        pattern(pen, "sw-maintenance", 12, "M0 12l12 -12M-2 2l4 -4M10 14l4 -4", "#c4c8cc", 3);
        pattern(pen, "sw-down", 8, "M0 0l8 8M0 8l8 -8", "#9a9fa4", 1.2);
        pattern(pen, "sw-unwatched", 4, "M0 2h4", "#b4b9be", 1);
        pen.close();
    }

    private static void pattern(Pen pen, String id, int size, String path, String stroke, double width) {
        pen.open("pattern", "id", id, "width", size, "height", size, "patternUnits", "userSpaceOnUse");
        pen.draw("rect", "width", size, "height", size, "fill", "#ffffff");
        pen.path(path, "stroke", stroke, "stroke-width", width, "fill", "none");
        pen.close();
    }
}
