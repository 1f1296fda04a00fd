package io.spillway.timeline;

import io.spillway.timeline.Timeline.Span;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The way from times to places.
 *
 * @param span what is shown
 * @param left where it begins
 * @param width how much room it has
 * @param zone whose clock the marks show
 */
record Axis(Span span, double left, double width, ZoneId zone) {
    private static final double ROOM = 76;
    private static final Duration DAY = Duration.ofDays(1);
    private static final List<Duration> STEPS = List.of(
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(15),
            Duration.ofSeconds(30),
            Duration.ofMinutes(1),
            Duration.ofMinutes(2),
            Duration.ofMinutes(5),
            Duration.ofMinutes(10),
            Duration.ofMinutes(15),
            Duration.ofMinutes(30),
            Duration.ofHours(1),
            Duration.ofHours(2),
            Duration.ofHours(3),
            Duration.ofHours(6),
            Duration.ofHours(12),
            DAY,
            Duration.ofDays(2),
            Duration.ofDays(7),
            Duration.ofDays(14),
            Duration.ofDays(28),
            Duration.ofDays(91),
            Duration.ofDays(364));

    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter MINUTES = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("d MMM", Locale.ENGLISH);
    private static final DateTimeFormatter WHOLE = DateTimeFormatter.ofPattern("d MMM yyyy, HH:mm", Locale.ENGLISH);

    /** A mark on the axis. */
    record Tick(double x, String label, boolean day) {}

    double x(Instant time) {
        double share = (double) Duration.between(span.from(), time).toMillis()
                / Math.max(1, span.length().toMillis());
        return left + width * Math.min(1, Math.max(0, share));
    }

    List<Tick> ticks() {
        Duration step = step();
        List<Tick> ticks = new ArrayList<>();
        LocalDate last = LocalDate.ofInstant(span.to(), zone);
        for (LocalDate day = LocalDate.ofInstant(span.from(), zone); !day.isAfter(last); day = day.plusDays(1)) {
            if (step.compareTo(DAY) >= 0) {
                if (day.toEpochDay() % step.toDays() == 0) {
                    tick(day.atStartOfDay(zone), step, ticks);
                }
                continue;
            }
            ZonedDateTime end = day.plusDays(1).atStartOfDay(zone);
            for (ZonedDateTime time = day.atStartOfDay(zone); time.isBefore(end); time = time.plus(step)) {
                tick(time, step, ticks);
            }
        }
        return ticks;
    }

    private void tick(ZonedDateTime time, Duration step, List<Tick> ticks) {
        Instant instant = time.toInstant();
        if (!instant.isBefore(span.from()) && !instant.isAfter(span.to())) {
            boolean day = time.toLocalDate().atStartOfDay(zone).equals(time);
            DateTimeFormatter format = day ? DATE : step.toSeconds() < 60 ? SECONDS : MINUTES;
            ticks.add(new Tick(x(instant), format.format(time), day));
        }
    }

    private Duration step() {
        double most = Math.max(1, width / ROOM);
        return STEPS.stream()
                .filter(step -> (double) span.length().toMillis() / step.toMillis() <= most)
                .findFirst()
                .orElse(STEPS.get(STEPS.size() - 1));
    }

    /** A time of day to the second, with its date where the picture shows more than one day. */
    String clock(Instant time) {
        ZonedDateTime here = time.atZone(zone);
        boolean oneDay = span.from()
                .atZone(zone)
                .toLocalDate()
                .equals(span.to().atZone(zone).toLocalDate());
        return oneDay ? SECONDS.format(here) : DATE.format(here) + " " + SECONDS.format(here);
    }

    String whole() {
        ZonedDateTime from = span.from().atZone(zone);
        ZonedDateTime to = span.to().atZone(zone);
        boolean oneDay = from.toLocalDate().equals(to.toLocalDate());
        return WHOLE.format(from) + " – " + (oneDay ? MINUTES : WHOLE).format(to) + " "
                + zone.getDisplayName(TextStyle.SHORT, Locale.ENGLISH).replaceFirst("^Z$", "UTC");
    }

    /** A length of time as a person says it. */
    static String length(Duration time) {
        if (time.compareTo(Duration.ofMinutes(2)) < 0) {
            return time.toSeconds() + " s";
        } else if (time.compareTo(Duration.ofHours(2)) < 0) {
            return String.format(Locale.ROOT, "%d min %02d s", time.toMinutes(), time.toSecondsPart());
        } else if (time.compareTo(Duration.ofDays(2)) < 0) {
            return String.format(Locale.ROOT, "%d h %02d min", time.toHours(), time.toMinutesPart());
        }
        return time.toDays() + " d " + time.toHoursPart() + " h";
    }
}
