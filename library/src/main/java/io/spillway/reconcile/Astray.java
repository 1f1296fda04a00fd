package io.spillway.reconcile;

import static io.spillway.reconcile.Lifecycle.refuse;
import static io.spillway.reconcile.Lifecycle.unseen;

import io.spillway.cloud.Presence;
import io.spillway.cloud.Server;
import io.spillway.reconcile.Step.Part;
import java.util.Optional;

/**
 * A server whose host has no such machine, and whose newest move was to another host: nova-compute may have died at the
 * very end of it, so that the machine runs on there with its jobs, and Nova does not know. Who removed the server would
 * leave that machine behind, with its address.
 */
final class Astray {
    private Astray() {}

    /** Empty once it is known that the machine is nowhere else. */
    static Optional<Step> next(Situation now) {
        Server server = now.server();
        if (server.presence() != Presence.GONE || Death.asks(server)) {
            return Optional.empty();
        }
        String whether = "whether its machine may be where a move took it";
        return unseen(now.seen().migration(), Part.MIGRATION, whether, "the cloud")
                .or(() -> moved(now));
    }

    private static Optional<Step> moved(Situation now) {
        Server server = now.server();
        return now.seen()
                .migration()
                .toOptional()
                .orElseThrow()
                .filter(move -> !move.failed()
                        && !move.target().isEmpty()
                        && !server.host().equals(Optional.of(move.target())))
                .map(move -> refuse(
                        now.seen(),
                        "%s: Nova has it on %s, which has no such machine, and its last move (%s, %s) was to %s: it may run"
                                + " there unseen. Nothing is done until an administrator of the cloud has put that right",
                        now.name(),
                        now.here(),
                        move.id(),
                        move.status(),
                        move.target()));
    }
}
