package io.spillway.daemon.api;

import io.spillway.model.Node;
import io.spillway.model.NodeName;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** From one look to the next: which nodes are something else now. One thread feeds it. */
public final class PhaseChanges {
    private final Consumer<Documents.Event> told;
    private final Map<NodeName, String> phases = new HashMap<>();
    private boolean begun;

    /**
     * Changes for this listener.
     *
     * @param told called for each; the first look tells nothing, since nothing is known to have changed
     */
    public PhaseChanges(Consumer<Documents.Event> told) {
        this.told = told;
    }

    /**
     * A look.
     *
     * @param nodes all nodes that are there
     */
    public void seen(List<Node> nodes) {
        Set<NodeName> gone = new HashSet<>(phases.keySet());
        for (Node node : nodes) {
            gone.remove(node.name());
            String phase = node.phase().name();
            if (!phase.equals(phases.put(node.name(), phase)) && begun) {
                told.accept(event(node.name().value(), "PHASE", phase, node.reason()));
            }
        }
        gone.forEach(name -> {
            phases.remove(name);
            told.accept(event(name.value(), "PHASE", "ABSENT", ""));
        });
        begun = true;
    }

    /**
     * An event of now.
     *
     * @param node whose
     * @param kind what sort
     * @param what what
     * @param reason why
     * @return the event
     */
    public static Documents.Event event(String node, String kind, String what, String reason) {
        return new Documents.Event(
                Instant.now(Clock.systemUTC()).truncatedTo(ChronoUnit.MILLIS).toString(), node, kind, what, reason);
    }
}
