package io.spillway.daemon;

import io.spillway.daemon.api.Documents;
import io.spillway.daemon.api.Json;
import java.util.List;
import java.util.Objects;

/** Prints a plan's steps without taking them. */
final class DryRun {
    private final Console console;
    private final boolean json;

    DryRun(Console console, boolean json) {
        this.console = console;
        this.json = json;
    }

    int print(Documents.Plan plan) {
        if (json) {
            console.out().println(Json.text(plan));
        } else {
            Objects.requireNonNullElse(plan.words(), List.<String>of()).forEach(console.out()::println);
            plan.nodes().forEach(this::print);
        }
        boolean refused =
                plan.nodes().stream().flatMap(node -> node.steps().stream()).anyMatch(Documents.Plan.Foretold::refused);
        return refused ? Exit.FAILED : Exit.DONE;
    }

    private void print(Documents.Plan.Foreseen node) {
        for (Documents.Plan.Foretold step : node.steps()) {
            String cost = step.expectedSeconds() >= 1 ? " (about %.0f s)".formatted(step.expectedSeconds()) : "";
            console.out().printf("%s  %s: %s%s%n", node.name(), step.step(), step.reason(), cost);
        }
    }
}
