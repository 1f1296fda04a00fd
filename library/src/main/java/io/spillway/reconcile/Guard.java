package io.spillway.reconcile;

import static io.spillway.reconcile.Lifecycle.refuse;

import io.spillway.cloud.Presence;
import io.spillway.cloud.Server;
import io.spillway.reconcile.Step.Wait;
import java.util.Optional;

/** Hands off: a node whose server an admin keeps as it is, or whose host is silent, gets no step that changes anything. */
final class Guard {
    private Guard() {}

    /** The step, if it may be done. */
    static Step of(Observation seen, Server server, Step step) {
        if (!(step instanceof Effect effect)) {
            return step;
        }
        Optional<Intent> intent = Intent.of(server);
        if (intent.isPresent()) {
            return refuse(
                    seen,
                    "%s is %s, so this is not done: %s (%s); `%s` would allow it",
                    seen.node(),
                    intent.get().words(),
                    effect.title(),
                    effect.reason(),
                    intent.get().end());
        }
        if (server.presence() == Presence.UNKNOWN) {
            return new Wait(
                    Party.DOUBT,
                    server.host().map(host -> "host " + host).orElse("its host")
                            + " does not answer Nova: nobody knows how " + seen.node() + " is");
        }
        return step;
    }
}
