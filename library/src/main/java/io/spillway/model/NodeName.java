package io.spillway.model;

import io.spillway.failure.BadInputException;
import java.util.regex.Pattern;

/**
 * The name of a Slurm node, which is also its host name, its minion's id and its server's name. Ordered as a person
 * counts: {@code vn2} before {@code vn10}.
 *
 * @param value letters, digits, and inside also {@code . _ -}; at most 63 of them
 */
public record NodeName(String value) implements Comparable<NodeName> {
    private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?");

    public NodeName {
        check("node name", value);
    }

    /**
     * The node name of that text.
     *
     * @param value the text
     * @return the name
     * @throws BadInputException if it is none
     */
    public static NodeName of(String value) {
        return new NodeName(value);
    }

    /** Hosts and pools are named by the same rule. */
    static String check(String what, String value) {
        if (!SHAPE.matcher(value).matches()) {
            throw new BadInputException(
                    null,
                    "%s is no %s: letters, digits and (inside) . _ - are, 1 to 63 of them, such as vn01"
                            .formatted(quoted(value), what));
        }
        return value;
    }

    static String quoted(String text) {
        StringBuilder shown = new StringBuilder("'");
        text.codePoints().limit(80).forEach(c -> {
            if (c == '\n') {
                shown.append("\\n");
            } else if (Character.isISOControl(c)) {
                shown.append("\\x%02x".formatted(c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return shown.append("'").toString();
    }

    @Override
    public int compareTo(NodeName other) {
        return NaturalOrder.compare(value, other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
