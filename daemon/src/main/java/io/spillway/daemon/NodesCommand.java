package io.spillway.daemon;

import io.spillway.daemon.api.Documents;
import io.spillway.daemon.api.Documents.Nodes.OneNode;
import io.spillway.daemon.api.Front;
import io.spillway.daemon.api.Json;
import io.spillway.model.Hostlist;
import io.spillway.model.NodeName;
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
        try (Front front = root.front()) {
            List<OneNode> nodes = front.nodes().nodes().stream()
                    .filter(node -> only == null || asked.contains(NodeName.of(node.name())))
                    .toList();
            if (root.json) {
                root.console.out().println(Json.text(new Documents.Nodes(nodes)));
            } else {
                table(nodes).forEach(root.console.out()::println);
            }
        }
        return Exit.DONE;
    }

    private static List<String> table(List<OneNode> nodes) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("NODE", "PHASE", "HOST", "ADDRESS", "JOBS", "REASON"));
        nodes.forEach(node -> rows.add(List.of(
                node.name(),
                node.phase(),
                Table.cell(node.host()),
                Table.cell(node.address()),
                jobs(node),
                node.reason())));
        return Table.lines(rows);
    }

    private static String jobs(OneNode node) {
        List<String> ids = node.jobs().stream().map(Documents.Nodes.Job::id).toList();
        if (ids.isEmpty()) {
            return "-";
        }
        String shown = String.join(",", ids.subList(0, Math.min(MOST_JOBS, ids.size())));
        return ids.size() > MOST_JOBS ? shown + ",+" + (ids.size() - MOST_JOBS) : shown;
    }
}
