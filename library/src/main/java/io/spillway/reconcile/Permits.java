package io.spillway.reconcile;

import io.spillway.cloud.Server;
import io.spillway.model.Bounds;
import io.spillway.model.NodeName;
import io.spillway.reconcile.Observation.CloudSide;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Keeps the work under way within its bounds. All that an effect needs is taken at once or not at all, so nobody waits in a circle. */
final class Permits {
    private static final String CLOUD = "the cloud";
    private static final String SLURM = "Slurm";

    /** So long it is known who was reserved: no look is older. */
    private static final long MEMORY = Duration.ofMinutes(5).toNanos();

    private final Bounds bounds;
    private final Map<String, Integer> taken = new HashMap<>();

    /** How many effects are under way on each node. */
    private final Map<NodeName, Integer> underWay = new HashMap<>();

    /** Until when each node is, or was, somebody's alone. */
    private final Map<NodeName, Long> reserved = new HashMap<>();

    private final LongSupplier nanos;

    Permits(Bounds bounds, LongSupplier nanos) {
        this.bounds = bounds;
        this.nanos = nanos;
    }

    /** From now on till then no effect begins on these nodes; those under way come to their end. */
    void reserve(Collection<NodeName> nodes, long until) {
        synchronized (taken) {
            reserved.values().removeIf(end -> end < nanos.getAsLong() - MEMORY);
            nodes.forEach(node -> reserved.put(node, until));
        }
    }

    /** Whether an effect is under way on one of these nodes. */
    boolean underWay(Collection<NodeName> nodes) {
        synchronized (taken) {
            return nodes.stream().anyMatch(underWay::containsKey);
        }
    }

    /** Whether a node is somebody's alone, or was so after that moment: what was seen of it then is out of date. */
    boolean reservedSince(NodeName node, long moment) {
        synchronized (taken) {
            return reserved.getOrDefault(node, Long.MIN_VALUE) > moment;
        }
    }

    /** Room for one effect. Giving it back twice gives it back once. */
    final class Permit {
        private final List<String> places;
        private final NodeName node;
        private boolean given;

        private Permit(List<String> places, NodeName node) {
            this.places = places;
            this.node = node;
        }

        void giveBack() {
            synchronized (taken) {
                if (!given) {
                    given = true;
                    places.forEach(place -> taken.merge(place, -1, Permits::less));
                    underWay.merge(node, -1, Permits::less);
                }
            }
        }
    }

    private static @Nullable Integer less(int before, int one) {
        return before == 1 ? null : before + one;
    }

    /** Room for that effect, if there is some. */
    Optional<Permit> take(Effect effect, Observation seen) {
        List<String> places = places(effect, seen);
        synchronized (taken) {
            if (reserved.getOrDefault(seen.node(), Long.MIN_VALUE) > nanos.getAsLong()
                    || places.stream().anyMatch(place -> taken.getOrDefault(place, 0) >= bound(place))) {
                return Optional.empty();
            }
            places.forEach(place -> taken.merge(place, 1, Integer::sum));
            underWay.merge(seen.node(), 1, Integer::sum);
        }
        return Optional.of(new Permit(places, seen.node()));
    }

    /** Where there is no room, for a person. */
    String crowd(Effect effect, Observation seen) {
        synchronized (taken) {
            return places(effect, seen).stream()
                    .filter(place -> taken.getOrDefault(place, 0) >= bound(place))
                    .map(place ->
                            "room to %s: %d changes are under way in %s".formatted(effect.title(), bound(place), place))
                    .findFirst()
                    .orElse("room to " + effect.title());
        }
    }

    private int bound(String place) {
        return switch (place) {
            case CLOUD -> bounds.cloud();
            case SLURM -> bounds.slurm();
            default -> bounds.host();
        };
    }

    private static List<String> places(Effect effect, Observation seen) {
        if (effect instanceof Effect.Note) {
            return List.of();
        }
        if (effect instanceof Effect.InSlurm) {
            return List.of(SLURM);
        }
        List<String> places = new ArrayList<>(List.of(CLOUD));
        if (effect instanceof Effect.OnServer) {
            seen.cloud()
                    .toOptional()
                    .flatMap(CloudSide::server)
                    .flatMap(Server::host)
                    .ifPresent(host -> places.add("host " + host));
        }
        if (effect instanceof Effect.LiveMigrate move) {
            places.add("host " + move.host());
        }
        return places.stream().distinct().toList();
    }
}
