package io.spillway.daemon;

import io.spillway.daemon.api.Order;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Moves nodes: running ones with their jobs running, checkpointed ones with their jobs held. */
@Command(
        name = "migrate",
        mixinStandardHelpOptions = true,
        versionProvider = SpillwayCommand.Version.class,
        description = "Moves nodes: running ones with their jobs running, checkpointed ones with their jobs held.")
final class MigrateCommand extends Verb {
    @Parameters(paramLabel = "NODES", description = "A hostlist such as vn[01-02].")
    String nodes = "";

    @Option(names = "--host", paramLabel = "HOST", required = true, description = "The hypervisor to go to.")
    String host = "";

    MigrateCommand(SpillwayCommand root) {
        super(root);
    }

    @Override
    Order order() {
        return order("migrate", nodes, host);
    }
}
