package io.spillway.daemon;

import io.spillway.daemon.api.Documents;
import io.spillway.daemon.api.Front;
import io.spillway.daemon.api.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the pools, and which of them make no servers now. */
@Command(
        name = "pools",
        mixinStandardHelpOptions = true,
        versionProvider = SpillwayCommand.Version.class,
        description = "Shows the pools, and which of them make no servers now.")
final class PoolsCommand implements Callable<Integer> {
    private final SpillwayCommand root;

    @Option(names = "--reset", paramLabel = "POOL", description = "Lets a pool make servers again.")
    @Nullable String reset;

    PoolsCommand(SpillwayCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        try (Front front = root.front()) {
            if (reset != null) {
                front.reopen(reset);
            }
            Documents.Pools pools = front.pools();
            if (root.json) {
                root.console.out().println(Json.text(pools));
            } else {
                List<List<String>> rows = new ArrayList<>();
                rows.add(List.of("POOL", "PROFILE", "NODES", "THERE", "MAXIMUM", "CLOSED"));
                pools.pools()
                        .forEach(pool -> rows.add(List.of(
                                pool.name(),
                                pool.profile(),
                                pool.nodes(),
                                Integer.toString(pool.there()),
                                Integer.toString(pool.maximum()),
                                Table.cell(pool.closed()))));
                Table.lines(rows).forEach(root.console.out()::println);
            }
        }
        return Exit.DONE;
    }
}
