package io.spillway.daemon;

import io.spillway.daemon.api.Documents;
import io.spillway.daemon.api.Front;
import io.spillway.daemon.api.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Shows what the policies decided last; without a daemon, what they would do now. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        versionProvider = SpillwayCommand.Version.class,
        description = "Shows what the policies decided last; without a daemon, what they would do now.")
final class PlanCommand implements Callable<Integer> {
    private final SpillwayCommand root;

    PlanCommand(SpillwayCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        try (Front front = root.front()) {
            Documents.Policy policy = front.policy();
            if (root.json) {
                root.console.out().println(Json.text(policy));
                return Exit.DONE;
            }
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("NODE", "ACTION", "SECONDS", "BY", "RULE", "REASON"));
            policy.plan()
                    .forEach(one -> rows.add(List.of(
                            Table.cell(one.node()),
                            one.what(),
                            Long.toString(Math.round(one.expectedSeconds())),
                            Table.cell(one.deadline()),
                            one.rule(),
                            one.reason())));
            Table.lines(rows).forEach(root.console.out()::println);
            policy.refused()
                    .forEach(one -> root.console
                            .out()
                            .println("not %s (%s): %s"
                                    .formatted(one.what() == null ? "anything" : one.what(), one.policy(), one.why())));
        }
        return Exit.DONE;
    }
}
