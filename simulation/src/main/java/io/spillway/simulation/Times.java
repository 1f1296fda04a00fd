package io.spillway.simulation;

import io.spillway.failure.BadInputException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as people write them. */
public final class Times {
    private static final Pattern TIME = Pattern.compile("(\\d{1,9})([smhd]?)");

    private Times() {}

    /**
     * What is meant by {@code 90}, {@code 90s}, {@code 15m}, {@code 2h} or {@code 1d}.
     *
     * @param text what is written
     * @return how long; never negative
     * @throws BadInputException if it is none of these
     */
    public static Duration parse(String text) {
        return parse("a time", text);
    }

    /**
     * The same in whole seconds.
     *
     * @param what whose time it is, such as an option's name: the refusal begins with it
     * @param text what is written
     * @return how long; never negative, and the largest {@code int} for all that is longer
     * @throws BadInputException if it is none of these
     */
    public static int seconds(String what, String text) {
        return (int) Math.min(Integer.MAX_VALUE, parse(what, text).toSeconds());
    }

    private static Duration parse(String what, String text) {
        Matcher time = TIME.matcher(text.toLowerCase(Locale.ROOT));
        if (!time.matches()) {
            throw new BadInputException(null, "%s is 90, 90s, 15m, 2h or 1d, not '%s'".formatted(what, text));
        }
        long number = Long.parseLong(time.group(1));
        return switch (time.group(2)) {
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            case "d" -> Duration.ofDays(number);
            default -> Duration.ofSeconds(number);
        };
    }
}
