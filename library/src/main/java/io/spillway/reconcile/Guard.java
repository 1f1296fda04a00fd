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
        if (server.locked()) {
            return refuse(
                    seen,
                    "%s is locked in Nova, so this is not done: %s (%s); `openstack server unlock %s` would allow it",
                    seen.node(),
                    effect.title(),
                    effect.reason(),
                    server.id());
        }
        Optional<String> pin = Optional.ofNullable(server.metadata().get(Marks.PIN));
        if (pin.isPresent()) {
            return refuse(
                    seen,
                    "%s is pinned (%s), so this is not done: %s; `openstack server unset --property %s %s` would allow it",
                    seen.node(),
                    pin.get(),
                    effect.title(),
                    Marks.PIN,
                    server.id());
        }
        if (server.presence() == Presence.UNKNOWN) {
            return new Wait(
                    Party.DOUBT,
                    "%s does not answer Nova: nobody knows how %s is"
                            .formatted(server.host().map(host -> "host " + host).orElse("its host"), seen.node()));
        }
        return step;
    }
}
