package io.spillway.daemon;

import io.spillway.Operation;
import io.spillway.Outcome;
import io.spillway.Plan;
import io.spillway.Spillway;
import io.spillway.failure.BadInputException;
import io.spillway.failure.SpillwayException;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.reconcile.NodeOutcome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** Carries a plan out, with a person or a program watching. */
final class Run {
    private final Console console;
    private final boolean json;
    private final Spillway site;

    Run(Console console, boolean json, Spillway site) {
        this.console = console;
        this.json = json;
        this.site = site;
    }

    int carryOut(Plan plan) {
        AtomicBoolean over = new AtomicBoolean();
        Operation operation = plan.start();
        Thread goodbye = new Thread(() -> {
            if (!over.get()) {
                operation.stop();
                console.err().println();
                console.error("stopped; the goal stands in the server's metadata, run the same command to go on");
            }
        });
        Runtime.getRuntime().addShutdownHook(goodbye);
        ProgressLines lines = new ProgressLines(console);
        lines.begin(operation.name(), plan.nodes());
        Outcome outcome = operation.onProgress(lines).await();
        over.set(true);
        lines.end();
        if (json) {
            console.out().println(Json.operation(operation.name(), outcome, now()));
        } else {
            outcome.nodes().stream().filter(NodeOutcome::done).forEach(this::print);
        }
        return exit(outcome);
    }

    private void print(NodeOutcome node) {
        console.out()
                .printf(
                        "%s %s in %.1f s (%.1f s of it our own): %s%n",
                        node.node(),
                        node.goal(),
                        node.took().toMillis() / 1000.0,
                        node.own().toMillis() / 1000.0,
                        node.reason());
    }

    /** For the document only: a failure here must not hide the outcome. */
    private Map<NodeName, Node> now() {
        try {
            Map<NodeName, Node> nodes = new HashMap<>();
            site.nodes().forEach(node -> nodes.put(node.name(), node));
            return nodes;
        } catch (SpillwayException unseen) {
            return Map.of();
        }
    }

    private static int exit(Outcome outcome) {
        if (outcome.complete()) {
            return Exit.DONE;
        }
        if (!outcome.done().isEmpty()) {
            return Exit.PARTLY;
        }
        List<SpillwayException> failures = outcome.nodes().stream()
                .flatMap(node -> node.failure().stream())
                .toList();
        return failures.stream().allMatch(BadInputException.class::isInstance) ? Exit.USAGE : Exit.FAILED;
    }
}
