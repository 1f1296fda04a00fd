package io.spillway.daemon.server;

import io.spillway.daemon.api.Documents;
import io.spillway.daemon.api.Order;
import io.spillway.failure.BadInputException;
import io.spillway.model.Hostlist;
import io.spillway.timeline.Event;
import io.spillway.timeline.Event.Decided;
import io.spillway.timeline.Picture;
import io.spillway.timeline.Timeline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.jetty.util.Fields;

/**
 * What the chronicle is shown as. What was drawn lately is shown again as long as nothing has happened and the time
 * that has passed is less than a pixel wide, and short. This class is threadsafe; one picture is drawn at a time.
 */
final class Pictures {
    private static final Pattern TIME = Pattern.compile("(\\d{1,6})([smhd]?)");
    private static final Pattern WIDTH = Pattern.compile("\\d{3,5}");
    private static final Duration DEFAULT = Duration.ofHours(2);
    private static final Duration LONGEST = Duration.ofDays(366);
    private static final Duration SHOWN = Duration.ofDays(1);
    private static final int MOST = 100;

    /** So many pictures are kept. */
    private static final int KEPT = 8;

    /** The events have the controller's clock: what is ahead of ours is not in the picture yet. */
    private static final Duration FRESH = Duration.ofSeconds(10);

    private final Chronicle chronicle;
    private final InstantSource clock;
    private final Map<Asked, Drawn> drawn = new LinkedHashMap<>(KEPT, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Asked, Drawn> eldest) {
            return size() > KEPT;
        }
    };

    private record Asked(String site, Duration since, int width) {}

    private record Drawn(long events, Instant at, String svg) {}

    Pictures(Chronicle chronicle, InstantSource clock) {
        this.chronicle = chronicle;
        this.clock = clock;
    }

    /** The last so long till now. */
    String svg(String site, Fields asked) {
        for (String name : asked.getNames()) {
            if (!name.equals("since") && !name.equals("width")) {
                throw new BadInputException(null, "'%s' is not known; since and width are".formatted(printable(name)));
            }
        }
        Duration since =
                Optional.ofNullable(asked.getValue("since")).map(Pictures::time).orElse(DEFAULT);
        Picture plain = Picture.of(site);
        int width = Optional.ofNullable(asked.getValue("width"))
                .map(Pictures::width)
                .orElse(plain.width());
        return svg(new Asked(site, since, width), new Picture(site, width, plain.zone()));
    }

    private synchronized String svg(Asked asked, Picture picture) {
        Instant now = now();
        long events = chronicle.count();
        Duration pixel = asked.since().dividedBy(asked.width());
        Duration fresh = pixel.compareTo(FRESH) < 0 ? pixel : FRESH;
        Drawn before = drawn.get(asked);
        if (before != null
                && before.events() == events
                && now.isBefore(before.at().plus(fresh))) {
            return before.svg();
        }
        String svg = picture.svg(Timeline.of(chronicle.events(), now.minus(asked.since()), now));
        drawn.put(asked, new Drawn(events, now, svg));
        return svg;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    private static Duration time(String text) {
        Matcher time = TIME.matcher(text);
        if (!time.matches()) {
            throw new BadInputException(null, "since is 90s, 15m, 2h or 7d, not '%s'".formatted(printable(text)));
        }
        long number = Long.parseLong(time.group(1));
        Duration since = switch (time.group(2)) {
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            case "d" -> Duration.ofDays(number);
            default -> Duration.ofSeconds(number);
        };
        if (since.isZero() || since.compareTo(LONGEST) > 0) {
            throw new BadInputException(null, "since is 1s to 366d, not '%s'".formatted(text));
        }
        return since;
    }

    private static int width(String text) {
        if (!WIDTH.matcher(text).matches()) {
            throw new BadInputException(null, "width is 600 to 10000, not '%s'".formatted(printable(text)));
        }
        return Integer.parseInt(text);
    }

    private static String printable(String text) {
        String line = text.replaceAll("[^\\x20-\\x7e]", "?");
        return line.substring(0, Math.min(line.length(), 40));
    }

    /** What was decided lately. */
    Documents.Decisions decisions() {
        Instant now = now();
        List<Documents.Decisions.Decision> all = new ArrayList<>();
        Timeline.of(chronicle.events(), now.minus(SHOWN), now.plus(SHOWN))
                .notes()
                .forEach(note ->
                        all.add(new Documents.Decisions.Decision(note.time().toString(), note.what(), note.why())));
        Collections.reverse(all);
        return new Documents.Decisions(all.subList(0, Math.min(MOST, all.size())));
    }

    /** What somebody ordered, as it is noted; an order about a host is noted of the host, too. */
    static List<Event> decided(Order order, String nodes) {
        Instant now = Instant.now(Clock.systemUTC()).truncatedTo(ChronoUnit.MILLIS);
        Optional<String> host = Optional.ofNullable(order.host());
        Stream<Optional<String>> about = Hostlist.parse(nodes).stream().map(node -> Optional.of(node.value()));
        return Stream.concat(order.ofHost() ? Stream.of(Optional.<String>empty()) : Stream.of(), about)
                .map(node -> (Event) new Decided(
                        now,
                        "by hand",
                        order.operation(),
                        node,
                        order.ofHost() ? host : Optional.empty(),
                        order.ofHost() ? Optional.empty() : host,
                        Optional.ofNullable(order.reason()).orElse(""),
                        Optional.empty()))
                .toList();
    }
}
