package io.spillway.reconcile;

import io.spillway.cloud.Server;
import io.spillway.model.Bounds;
import io.spillway.reconcile.Observation.CloudSide;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keeps the work under way within its bounds. All that an effect needs is taken at once or not at all, so nobody waits in a circle. */
final class Permits {
    private static final String CLOUD = "the cloud";
    private static final String SLURM = "Slurm";

    private final Bounds bounds;
    private final Map<String, Integer> taken = new HashMap<>();

    Permits(Bounds bounds) {
        this.bounds = bounds;
    }

    /** Room for one effect. Giving it back twice gives it back once. */
    final class Permit {
        private final List<String> places;
        private boolean given;

        private Permit(List<String> places) {
            this.places = places;
        }

        void giveBack() {
            synchronized (taken) {
                if (!given) {
                    given = true;
                    places.forEach(place -> taken.merge(place, -1, (before, less) -> before == 1 ? null : before - 1));
                }
            }
        }
    }

    /** Room for that effect, if there is some. */
    Optional<Permit> take(Effect effect, Observation seen) {
        List<String> places = places(effect, seen);
        synchronized (taken) {
            if (places.stream().anyMatch(place -> taken.getOrDefault(place, 0) >= bound(place))) {
                return Optional.empty();
            }
            places.forEach(place -> taken.merge(place, 1, Integer::sum));
        }
        return Optional.of(new Permit(places));
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
