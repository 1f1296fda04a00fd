package io.spillway.daemon;

import io.spillway.daemon.api.Order;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes nodes, or brings back those that are not ready. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        versionProvider = SpillwayCommand.Version.class,
        description = "Makes nodes, or brings back those that are not ready.")
final class UpCommand extends Verb {
    @Parameters(arity = "0..1", paramLabel = "NODES", description = "A hostlist such as vn[01-02].")
    @Nullable String nodes;

    @Option(names = "--pool", paramLabel = "POOL", description = "Instead of names: the pool to take them from.")
    @Nullable String pool;

    @Option(names = "--count", paramLabel = "N", description = "How many more of the pool (1).")
    @Nullable Integer count;

    @Option(names = "--host", paramLabel = "HOST", description = "With NODES: the hypervisor to make them on.")
    @Nullable String host;

    UpCommand(SpillwayCommand root) {
        super(root);
    }

    @Override
    Order order() {
        return new Order("up", nodes, pool, count, host, null, null);
    }
}
