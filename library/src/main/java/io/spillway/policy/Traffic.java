package io.spillway.policy;

import io.spillway.model.Goal;
import io.spillway.model.Node;
import io.spillway.model.Phase;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** How many nodes are in motion where. */
final class Traffic {
    private final Limits limits;
    private final Map<String, Integer> hosts = new HashMap<>();
    private final Map<String, Integer> disks = new HashMap<>();
    private int moves;

    private Traffic(Limits limits) {
        this.limits = limits;
    }

    static Traffic of(Outlook outlook) {
        Traffic traffic = new Traffic(outlook.basis().limits());
        outlook.view().nodes().stream().filter(Outlook::inMotion).forEach(traffic::add);
        return traffic;
    }

    Traffic copy() {
        Traffic copy = new Traffic(limits);
        copy.hosts.putAll(hosts);
        copy.disks.putAll(disks);
        copy.moves = moves;
        return copy;
    }

    void add(Node node) {
        places(node).forEach(place -> hosts.merge(place, 1, Integer::sum));
        disk(node).ifPresent(place -> disks.merge(place, 1, Integer::sum));
        if (moves(node)) {
            moves++;
        }
    }

    /** Why one more in motion is too much; what leaves for good is never too much. */
    Optional<String> refuses(Node node) {
        if (node.phase() == Phase.LEAVING) {
            return Optional.empty();
        }
        for (String place : places(node)) {
            if (hosts.getOrDefault(place, 0) >= limits.host()) {
                return Optional.of(
                        "%d nodes of %s are in motion, which is the limit; later".formatted(limits.host(), place));
            }
        }
        Optional<String> disk = disk(node).filter(place -> disks.getOrDefault(place, 0) >= limits.disk());
        if (disk.isPresent()) {
            return Optional.of(
                    "%d nodes are at the disk of %s, which is the limit; later".formatted(limits.disk(), disk.get()));
        }
        return moves(node) && moves >= limits.link()
                ? Optional.of("%d moves are under way, which is the limit; later".formatted(limits.link()))
                : Optional.empty();
    }

    private static Set<String> places(Node node) {
        Set<String> places = new HashSet<>();
        node.host().ifPresent(places::add);
        node.goal().flatMap(Goal::host).ifPresent(places::add);
        return places;
    }

    private static boolean moves(Node node) {
        boolean elsewhere = node.goal()
                .flatMap(Goal::host)
                .filter(host -> !node.host().equals(Optional.of(host)))
                .isPresent();
        return node.phase() == Phase.MOVING || elsewhere;
    }

    private static Optional<String> disk(Node node) {
        boolean in = node.goal()
                .filter(goal -> goal.state() == Goal.State.CHECKPOINTED)
                .isPresent();
        return in || node.phase() == Phase.CHECKPOINTED || node.phase() == Phase.RETURNING
                ? node.host()
                : Optional.empty();
    }
}
