package io.spillway.simulation.whatif;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Draws an answer: what the machine's cores did under each policy, and how long jobs waited. Fills differ by darkness or
 * pattern, so it can be printed in black and white.
 */
final class Chart {
    private static final int WIDTH = 900;
    private static final int LEFT = 130;
    private static final int RIGHT = 790;
    private static final int ROW = 34;
    private static final int TOP = 112;
    private static final int GAP = 32;

    /** The axis of waits: to 115 days. */
    private static final double LONGEST = 1e7;

    private final Answer answer;
    private final StringBuilder out = new StringBuilder();

    Chart(Answer answer) {
        this.answer = answer;
    }

    String svg() {
        int rows = answer.reports().size() * ROW;
        int waits = TOP + rows + 64;
        int height = waits + 2 * rows + GAP + 48;
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\" font-family=\"DejaVu Sans, Verdana, sans-serif\" font-size=\"12\" fill=\"#1c2126\">",
                WIDTH, height, WIDTH, height);
        add("<title>What if: %s</title>", clean(answer.trace()));
        add(
                "<defs><pattern id=\"lost\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\"><rect width=\"6\" height=\"6\" fill=\"#ffffff\"/><path d=\"M0 6l6 -6M-1.5 1.5l3 -3M4.5 7.5l3 -3\" stroke=\"#3c4248\" stroke-width=\"1.2\"/></pattern></defs>");
        add("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", WIDTH, height);
        text(24, 34, "start", 18, "What if");
        text(24, 54, "start", 12, clean(answer.where() + " · " + answer.trace()));
        legend();
        int y = TOP;
        for (Report one : answer.reports()) {
            use(one, y);
            y += ROW;
        }
        waits(waits, "parallel jobs", Report::parallel);
        waits(waits + rows + GAP, "single-core jobs", Report::single);
        axis(waits, waits + 2 * rows + GAP);
        add("</svg>");
        return out.toString();
    }

    private void legend() {
        List<String> words = List.of("jobs on metal", "cloud, work that counts", "cloud, work lost", "idle");
        List<String> fills = List.of("#2b5f8a", "#a9cbe8", "url(#lost)", "#ffffff");
        int x = LEFT;
        for (int i = 0; i < words.size(); i++) {
            box(x, 80, 14, 14, fills.get(i), words.get(i));
            text(x + 20, 92, "start", 12, words.get(i));
            x += 40 + 8 * words.get(i).length();
        }
    }

    private void use(Report one, int y) {
        Report.Use use = one.use();
        double lost = Math.max(0, use.metal() + use.cloud() - use.goodput());
        double width = RIGHT - LEFT;
        text(LEFT - 10, y + 17, "end", 12, one.policy());
        box(LEFT, y, width, 24, "#ffffff", "idle");
        double x = LEFT;
        box(x, y, width * use.metal(), 24, "#2b5f8a", "jobs on metal: " + Answer.share(use.metal()));
        x += width * use.metal();
        box(
                x,
                y,
                width * (use.cloud() - lost),
                24,
                "#a9cbe8",
                "work in the cloud that counts: " + Answer.share(use.cloud() - lost));
        x += width * (use.cloud() - lost);
        box(x, y, width * lost, 24, "url(#lost)", "work lost: " + Answer.share(lost));
        text(RIGHT + 10, y + 17, "start", 12, Answer.share(use.goodput()));
    }

    private void waits(int top, String title, Function<Report, Report.Jobs> of) {
        text(LEFT, top - 8, "start", 12, "How long " + title + " waited: half of them to 95 %, and the mean");
        int y = top;
        for (Report one : answer.reports()) {
            Report.Jobs jobs = of.apply(one);
            double from = place(jobs.medianWait());
            text(LEFT - 10, y + 17, "end", 12, one.policy());
            box(
                    from,
                    y + 7,
                    place(jobs.longWait()) - from,
                    10,
                    "#a9cbe8",
                    "half waited %s at most, 95 %% %s"
                            .formatted(Answer.time(jobs.medianWait()), Answer.time(jobs.longWait())));
            add(
                    "<circle cx=\"%.1f\" cy=\"%d\" r=\"4\" fill=\"#1c2126\"><title>mean %s</title></circle>",
                    place(jobs.meanWait()), y + 12, Answer.time(jobs.meanWait()));
            text(RIGHT + 10, y + 17, "start", 12, Answer.time(jobs.meanWait()));
            y += ROW;
        }
    }

    private void axis(int top, int bottom) {
        List<String> words = List.of("1 s", "1 min", "1 h", "1 d", "10 d", "100 d");
        List<Integer> seconds = List.of(1, 60, 3600, 86_400, 864_000, 8_640_000);
        for (int i = 0; i < words.size(); i++) {
            double x = place(seconds.get(i));
            add("<path d=\"M%.1f %dV%d\" stroke=\"#c9cdd1\" stroke-dasharray=\"2 3\"/>", x, top, bottom);
            text(x, bottom + 16, "middle", 11, words.get(i));
        }
    }

    /** Logarithmic. */
    private static double place(double seconds) {
        double share = Math.log1p(Math.min(LONGEST, Math.max(0, seconds))) / Math.log1p(LONGEST);
        return LEFT + share * (RIGHT - LEFT);
    }

    private void box(double x, double y, double width, double height, String fill, String tip) {
        add(
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\" stroke=\"#565d64\" stroke-width=\"0.6\"><title>%s</title></rect>",
                x, y, Math.max(0, width), height, fill, tip);
    }

    private void text(double x, double y, String anchor, int size, String words) {
        add("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%d\">%s</text>", x, y, anchor, size, words);
    }

    private void add(String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String clean(String text) {
        return text.replaceAll("[^\\p{Print}]", "?")
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;");
    }
}
