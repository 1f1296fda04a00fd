package io.spillway.daemon;

import io.spillway.Plan;
import io.spillway.model.NodeName;
import io.spillway.reconcile.Effect;
import io.spillway.reconcile.Step;
import java.util.List;
import java.util.SortedMap;

/** Prints a plan's steps without taking them. */
final class DryRun {
    private final Console console;
    private final boolean json;

    DryRun(Console console, boolean json) {
        this.console = console;
        this.json = json;
    }

    int print(Plan plan) {
        SortedMap<NodeName, List<Step>> steps = plan.steps();
        if (json) {
            console.out().println(Json.plan(plan.name(), steps));
        } else {
            steps.forEach((node, way) ->
                    way.forEach(step -> console.out().printf("%s  %s: %s%n", node, title(step), step.reason())));
        }
        boolean refused = steps.values().stream().flatMap(List::stream).anyMatch(Step.Refuse.class::isInstance);
        return refused ? Exit.FAILED : Exit.DONE;
    }

    static String title(Step step) {
        if (step instanceof Effect effect) {
            return effect.title();
        }
        if (step instanceof Step.Wait wait) {
            return "would wait (" + wait.on() + ")";
        }
        return step instanceof Step.Refuse ? "would be refused" : "done";
    }
}
