package io.spillway.reconcile;

import static io.spillway.reconcile.Lifecycle.doubt;
import static io.spillway.reconcile.Lifecycle.refuse;

import io.spillway.cloud.Migration;
import io.spillway.cloud.Presence;
import io.spillway.cloud.Server;
import io.spillway.reconcile.Step.Look;
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
        if (now.seen().migration() instanceof Seen.Unasked<Optional<Migration>>) {
            return Optional.of(new Look(Part.MIGRATION, "whether its machine may be where a move took it"));
        }
        if (now.seen().migration() instanceof Seen.Unknown<Optional<Migration>> unknown) {
            return Optional.of(doubt("the cloud", unknown.failure()));
        }
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
                        server.host().orElse("a host that the cloud does not tell us"),
                        move.id(),
                        move.status(),
                        move.target()));
    }
}
