package io.spillway.daemon;

import io.spillway.Spillway;
import io.spillway.model.Hostlist;
import io.spillway.model.Job;
import io.spillway.model.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows the virtual nodes that are there in any way. */
@Command(
        name = "nodes",
        mixinStandardHelpOptions = true,
        versionProvider = SpillwayCommand.Version.class,
        description = "Shows the virtual nodes that are there in any way.")
final class NodesCommand implements Callable<Integer> {
    private static final int MOST_JOBS = 3;

    private final SpillwayCommand root;

    @Parameters(arity = "0..1", paramLabel = "NODES", description = "Only these, a hostlist.")
    @Nullable String only;

    NodesCommand(SpillwayCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        Hostlist asked = only == null ? Hostlist.empty() : Hostlist.parse(only);
        try (Spillway site = root.connect()) {
            List<Node> nodes = site.nodes().stream()
                    .filter(node -> only == null || asked.contains(node.name()))
                    .toList();
            if (root.json) {
                root.console.out().println(Json.nodes(nodes));
            } else {
                table(nodes).forEach(root.console.out()::println);
            }
        }
        return Exit.DONE;
    }

    private static List<String> table(List<Node> nodes) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("NODE", "PHASE", "HOST", "ADDRESS", "JOBS", "REASON"));
        nodes.forEach(node -> rows.add(List.of(
                node.name().value(),
                node.phase().name(),
                node.host().orElse("-"),
                node.address().orElse("-"),
                jobs(node),
                node.reason())));
        return Table.lines(rows);
    }

    private static String jobs(Node node) {
        List<String> ids = node.jobs().stream().map(Job::id).toList();
        if (ids.isEmpty()) {
            return "-";
        }
        String shown = String.join(",", ids.subList(0, Math.min(MOST_JOBS, ids.size())));
        return ids.size() > MOST_JOBS ? shown + ",+" + (ids.size() - MOST_JOBS) : shown;
    }
}
