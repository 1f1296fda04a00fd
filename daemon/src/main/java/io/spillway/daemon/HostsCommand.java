package io.spillway.daemon;

import io.spillway.daemon.api.Documents;
import io.spillway.daemon.api.Front;
import io.spillway.daemon.api.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Shows the hypervisors and the virtual nodes on them. */
@Command(
        name = "hosts",
        mixinStandardHelpOptions = true,
        versionProvider = SpillwayCommand.Version.class,
        description = "Shows the hypervisors and the virtual nodes on them.")
final class HostsCommand implements Callable<Integer> {
    private final SpillwayCommand root;

    HostsCommand(SpillwayCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        try (Front front = root.front()) {
            Documents.Hosts hosts = front.hosts();
            if (root.json) {
                root.console.out().println(Json.text(hosts));
            } else {
                List<List<String>> rows = new ArrayList<>();
                rows.add(List.of("HOST", "STATE", "NODES", "DISABLED"));
                hosts.hosts()
                        .forEach(host -> rows.add(List.of(
                                host.name(),
                                host.up() ? "up" : "down",
                                Table.cell(host.nodes()),
                                Table.cell(host.disabled()))));
                Table.lines(rows).forEach(root.console.out()::println);
            }
        }
        return Exit.DONE;
    }
}
