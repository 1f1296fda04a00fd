package io.spillway.model;

import io.spillway.failure.BadInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How Slurm writes lists of hosts. */
final class HostlistSyntax {
    /** Longer runs of digits are taken as letters. */
    private static final int MOST_DIGITS = 9;

    private HostlistSyntax() {}

    /** Splits at the commas outside brackets. */
    static List<String> items(String text) {
        List<String> items = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i == text.length() ? ',' : text.charAt(i);
            if (c == '[') {
                depth++;
            } else if (c == ']') {
                depth--;
            }
            if (depth < 0 || depth > 1 || (i == text.length() && depth != 0)) {
                throw wrong(text, "has brackets that do not match");
            }
            if (c == ',' && depth == 0) {
                items.add(trimmed(text.substring(start, i)));
                start = i + 1;
            }
        }
        if (items.size() == 1 && items.get(0).isEmpty()) {
            return List.of();
        }
        if (items.contains("")) {
            throw wrong(text, "has a comma with nothing beside it");
        }
        return items;
    }

    /** Drops blanks only: a newline in a name is a mistake to be told, not forgiven. */
    private static String trimmed(String text) {
        return text.replaceAll("^ +| +$", "");
    }

    /** All names of one item, such as {@code a[1-2]b[3-4]}. */
    static List<String> expand(String item, String whole) {
        List<String> names = List.of("");
        int at = 0;
        while (at < item.length()) {
            int open = item.indexOf('[', at);
            if (open < 0) {
                names = cross(names, List.of(item.substring(at)), whole);
                break;
            }
            int close = item.indexOf(']', open);
            names = cross(names, List.of(item.substring(at, open)), whole);
            names = cross(names, numbers(item.substring(open + 1, close), whole), whole);
            at = close + 1;
        }
        return names;
    }

    private static List<String> cross(List<String> heads, List<String> tails, String whole) {
        if ((long) heads.size() * tails.size() > Hostlist.MOST) {
            throw wrong(whole, "names more than " + Hostlist.MOST + " nodes");
        }
        List<String> all = new ArrayList<>(heads.size() * tails.size());
        heads.forEach(head -> tails.forEach(tail -> all.add(head + tail)));
        return all;
    }

    private static List<String> numbers(String inside, String whole) {
        List<String> all = new ArrayList<>();
        for (String range : inside.split(",", -1)) {
            int dash = range.indexOf('-');
            String low = (dash < 0 ? range : range.substring(0, dash));
            String high = (dash < 0 ? range : range.substring(dash + 1));
            int from = number(low, whole);
            int to = number(high, whole);
            if (to < from) {
                throw wrong(whole, "has a range that runs backwards, " + range);
            }
            if (to - from >= Hostlist.MOST || all.size() > Hostlist.MOST) {
                throw wrong(whole, "names more than " + Hostlist.MOST + " nodes");
            }
            for (int n = from; n <= to; n++) {
                all.add(padded(n, low.length()));
            }
        }
        return all;
    }

    private static int number(String digits, String whole) {
        if (digits.isEmpty() || digits.length() > MOST_DIGITS || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw wrong(whole, "wants numbers in its brackets, such as vn[01-04,07]");
        }
        return Integer.parseInt(digits);
    }

    private static String padded(int number, int width) {
        String digits = Integer.toString(number);
        return "0".repeat(Math.max(0, width - digits.length())) + digits;
    }

    /** A name cut around its last run of digits. */
    private record Cut(String head, String digits, String tail) {
        static Cut of(String name) {
            int end = name.length();
            while (end > 0 && !NaturalOrder.digit(name.charAt(end - 1))) {
                end--;
            }
            int start = end;
            while (start > 0 && NaturalOrder.digit(name.charAt(start - 1))) {
                start--;
            }
            return end - start > MOST_DIGITS
                    ? new Cut(name, "", "")
                    : new Cut(name.substring(0, start), name.substring(start, end), name.substring(end));
        }
    }

    /** The names must be in natural order. */
    static String fold(List<NodeName> names) {
        Map<List<String>, List<String>> groups = new LinkedHashMap<>();
        for (NodeName name : names) {
            Cut cut = Cut.of(name.value());
            groups.computeIfAbsent(List.of(cut.head, cut.tail), key -> new ArrayList<>())
                    .add(cut.digits);
        }
        List<String> items = new ArrayList<>();
        groups.forEach((around, digits) -> items.add(around.get(0) + bracket(digits) + around.get(1)));
        return String.join(",", items);
    }

    private static String bracket(List<String> digits) {
        if (digits.size() == 1) {
            return digits.get(0);
        }
        List<String> ranges = new ArrayList<>();
        int start = 0;
        for (int i = 1; i <= digits.size(); i++) {
            boolean goesOn = i < digits.size() && follows(digits.get(start), digits.get(i - 1), digits.get(i));
            if (!goesOn) {
                String low = digits.get(start);
                String high = digits.get(i - 1);
                ranges.add(start == i - 1 ? low : low + "-" + high);
                start = i;
            }
        }
        return "[" + String.join(",", ranges) + "]";
    }

    private static boolean follows(String low, String last, String next) {
        return padded(Integer.parseInt(last) + 1, low.length()).equals(next);
    }

    static BadInputException wrong(String text, String why) {
        return new BadInputException(null, NodeName.quoted(text) + " " + why);
    }
}
