package io.spillway.daemon;

import io.spillway.daemon.api.Documents;
import io.spillway.daemon.api.Documents.Nodes.OneNode;
import io.spillway.daemon.api.Front;
import io.spillway.daemon.api.Json;
import io.spillway.model.Hostlist;
import io.spillway.model.NodeName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows all that is known of nodes. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        versionProvider = SpillwayCommand.Version.class,
        description = "Shows all that is known of nodes.")
final class ShowCommand implements Callable<Integer> {
    private final SpillwayCommand root;

    @Parameters(paramLabel = "NODES", description = "A hostlist such as vn[01-02].")
    String nodes = "";

    ShowCommand(SpillwayCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        Hostlist asked = Hostlist.parse(nodes);
        try (Front front = root.front()) {
            Map<String, OneNode> there = new LinkedHashMap<>();
            front.nodes().nodes().forEach(node -> there.put(node.name(), node));
            List<OneNode> shown = new ArrayList<>();
            for (NodeName name : asked) {
                OneNode node = there.get(name.value());
                if (node == null) {
                    root.console.error("%s is not there; `up` would make it".formatted(name));
                } else {
                    shown.add(node);
                }
            }
            if (root.json) {
                root.console.out().println(Json.text(new Documents.Nodes(shown)));
            } else {
                shown.forEach(this::print);
            }
            return shown.size() == asked.size() ? Exit.DONE : shown.isEmpty() ? Exit.FAILED : Exit.PARTLY;
        }
    }

    private void print(OneNode node) {
        row("node", node.name());
        row("  phase", node.phase());
        row("  goal", Table.cell(node.goal()));
        row("  reason", Table.cell(node.reason()));
        row("  by", Table.cell(node.by()));
        row("  pool", Table.cell(node.pool()));
        row("  server", Table.cell(node.server()));
        row("  host", Table.cell(node.host()));
        row("  address", Table.cell(node.address()));
        node.jobs()
                .forEach(job -> row(
                        "  job",
                        "%s %s of %s on %s: %s"
                                .formatted(
                                        job.id(),
                                        job.name(),
                                        job.user(),
                                        job.nodes(),
                                        String.join("+", job.states()))));
    }

    private void row(String key, String value) {
        root.console.out().printf("%-10s %s%n", key, value);
    }
}
