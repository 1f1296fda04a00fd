package io.spillway.timeline;

import io.spillway.timeline.Timeline.Bar;
import io.spillway.timeline.Timeline.Group;
import io.spillway.timeline.Timeline.Lane;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where each lane is, from top to bottom. */
final class Rows {
    private static final double GAP = 12;
    private static final double PAD = 6;

    private final List<Row> rows = new ArrayList<>();
    private final List<Band> bands = new ArrayList<>();
    private final double bottom;

    /**
     * One lane's place.
     *
     * @param group its host
     * @param lane what is in it
     * @param own whether it is the host's own, at the group's head
     * @param y its top
     * @param height its height
     * @param tracks which of its bars go beside each other
     */
    record Row(Group group, Lane lane, boolean own, double y, double height, Tracks tracks) {
        double middle() {
            return y + height / 2;
        }

        double barHeight() {
            return (height - 6) / tracks.count();
        }

        double barTop(int track) {
            return y + 3 + track * barHeight();
        }
    }

    /** A group's place. */
    record Band(Group group, double y, double height) {}

    /**
     * Bars that are at the same time are beside each other; a job keeps its track.
     *
     * @param of each bar's track, from 0
     * @param count how many there are, at least 1
     */
    record Tracks(List<Integer> of, int count) {
        /** More would be too thin to be seen; what is over it shares the last one. */
        static final int MOST = 8;

        static Tracks of(List<Bar> bars) {
            List<Integer> tracks = new ArrayList<>();
            List<Instant> ends = new ArrayList<>();
            Map<String, Integer> homes = new HashMap<>();
            for (Bar bar : bars) {
                int track = Optional.ofNullable(homes.get(bar.job().id()))
                        .filter(home -> !ends.get(home).isAfter(bar.span().from()))
                        .orElseGet(() -> free(ends, bar.span().from()));
                if (track == ends.size()) {
                    ends.add(bar.span().to());
                } else if (ends.get(track).isBefore(bar.span().to())) {
                    ends.set(track, bar.span().to());
                }
                homes.put(bar.job().id(), track);
                tracks.add(track);
            }
            return new Tracks(List.copyOf(tracks), Math.max(1, ends.size()));
        }

        private static int free(List<Instant> ends, Instant from) {
            for (int track = 0; track < ends.size(); track++) {
                if (!ends.get(track).isAfter(from)) {
                    return track;
                }
            }
            return Math.min(ends.size(), MOST - 1);
        }

        double height() {
            return switch (count) {
                case 1 -> 24;
                case 2 -> 36;
                default -> 6 + 9 * count;
            };
        }
    }

    Rows(Timeline timeline, double top) {
        double y = top;
        for (Group group : timeline.groups()) {
            double begin = y;
            y += PAD;
            y = add(group, group.own(), true, y);
            for (Lane lane : group.nodes()) {
                y = add(group, lane, false, y);
            }
            y += PAD;
            bands.add(new Band(group, begin, y - begin));
            y += GAP;
        }
        bottom = timeline.groups().isEmpty() ? y : y - GAP;
    }

    private double add(Group group, Lane lane, boolean own, double y) {
        Tracks tracks = Tracks.of(lane.bars());
        Row row = new Row(group, lane, own, y, tracks.height(), tracks);
        rows.add(row);
        return y + row.height();
    }

    List<Row> all() {
        return rows;
    }

    List<Band> bands() {
        return bands;
    }

    double bottom() {
        return bottom;
    }

    /** A node's row on a host; the host's own if it has none there. */
    Optional<Row> of(String host, String node) {
        return rows.stream()
                .filter(row ->
                        row.group().host().equals(host) && row.lane().name().equals(node) && !row.own())
                .findFirst()
                .or(() -> rows.stream()
                        .filter(row -> row.own() && row.group().host().equals(host))
                        .findFirst());
    }
}
