package io.spillway.timeline;

import java.util.ArrayList;
import java.util.List;

/**
 * Words in a picture. How wide they are is not known before somebody draws them, so they are taken to be as wide as in a
 * wide font: what fits here fits everywhere.
 */
final class Text {
    private static final String NARROW = "iljItf.,:;'|!()[]{}/\\ ";
    private static final String WIDE = "mwMW@%";

    private Text() {}

    /** The width in units of the picture. */
    static double width(String text, double size) {
        return text.codePoints().mapToDouble(Text::width).sum() * size;
    }

    private static double width(int c) {
        if (c >= 0x1100) {
            return c >= 0x2000 && c < 0x2E80 ? 0.9 : 1.1;
        } else if (NARROW.indexOf(c) >= 0) {
            return 0.4;
        } else if (WIDE.indexOf(c) >= 0) {
            return 1.0;
        }
        return Character.isUpperCase(c) ? 0.72 : 0.64;
    }

    /** As much of it as fits; empty if that would be too little to know it by. */
    static String fit(String text, double size, double room) {
        if (width(text, size) <= room) {
            return text;
        }
        double left = room - width("…", size);
        StringBuilder shown = new StringBuilder();
        for (int c : text.codePoints().toArray()) {
            left -= width(c) * size;
            if (left < 0) {
                break;
            }
            shown.appendCodePoint(c);
        }
        String kept = shown.toString().stripTrailing();
        return kept.codePointCount(0, kept.length()) < 3 ? "" : kept + "…";
    }

    /** Lines of at most that width; a word that is longer is cut. */
    static List<String> wrap(String text, double size, double room) {
        List<String> lines = new ArrayList<>();
        String line = "";
        for (String word : text.split(" ", -1)) {
            String longer = line.isEmpty() ? word : line + " " + word;
            if (width(longer, size) <= room) {
                line = longer;
                continue;
            }
            if (!line.isEmpty()) {
                lines.add(line);
            }
            line = fit(word, size, room);
        }
        lines.add(line);
        return lines;
    }

    /**
     * What a user wrote, as one line that any XML may hold: no control characters, nothing that turns the direction of
     * writing, no halves of characters.
     */
    static String clean(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            int type = Character.getType(c);
            if (type == Character.CONTROL
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR) {
                clean.append(' ');
            } else if (type == Character.FORMAT
                    || type == Character.SURROGATE
                    || type == Character.UNASSIGNED
                    || type == Character.PRIVATE_USE) {
                clean.append('\uFFFD');
            } else {
                clean.appendCodePoint(c);
            }
        });
        return clean.toString();
    }
}
