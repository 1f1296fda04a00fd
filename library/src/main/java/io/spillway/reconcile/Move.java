package io.spillway.reconcile;

import static io.spillway.reconcile.Lifecycle.failed;
import static io.spillway.reconcile.Lifecycle.unseen;

import io.spillway.cloud.Migration;
import io.spillway.reconcile.Effect.LiveMigrate;
import io.spillway.reconcile.Step.Part;
import io.spillway.reconcile.Step.Wait;
import java.util.Optional;

/** To another host. Nova's acceptance says nothing: its migration record does. */
final class Move {
    private Move() {}

    static Step next(Situation now) {
        String host = now.goal().host().orElseThrow();
        Optional<Step> unseen =
                unseen(now.seen().migration(), Part.MIGRATION, "whether it is on its way already", "the cloud");
        if (unseen.isPresent()) {
            return unseen.get();
        }
        Optional<Migration> newest = now.seen().migration().toOptional().orElseThrow();
        if (newest.filter(Migration::underWay).isPresent()) {
            return new Wait(Party.NOVA, "on its way to " + host);
        }
        if (now.seen().movedAfter().isEmpty()) {
            return new LiveMigrate(
                    now.server().id(), host, newest.map(Migration::id).orElse(0L), "it is on " + now.here());
        }
        long after = now.seen().movedAfter().getAsLong();
        Optional<Migration> ours = newest.filter(migration -> migration.id() > after);
        if (ours.filter(Migration::failed).isPresent()) {
            return failed(
                    now.seen(),
                    "%s could not be moved to %s: Nova's migration %s ended %s%s; it is unharmed on %s",
                    now.name(),
                    host,
                    ours.get().id(),
                    ours.get().status(),
                    now.server().fault().map(fault -> " (" + fault + ")").orElse(""),
                    now.here());
        }
        return new Wait(Party.NOVA, "Nova has the order to move it to " + host);
    }
}
