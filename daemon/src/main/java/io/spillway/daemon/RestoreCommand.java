package io.spillway.daemon;

import io.spillway.daemon.api.Order;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Brings nodes back with their jobs, where they are or on another host. */
@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        versionProvider = SpillwayCommand.Version.class,
        description = "Brings nodes back with their jobs, where they are or on another host.")
final class RestoreCommand extends Verb {
    @Parameters(paramLabel = "NODES", description = "A hostlist such as vn[01-02].")
    String nodes = "";

    @Option(names = "--host", paramLabel = "HOST", description = "The hypervisor to go to.")
    @Nullable String host;

    RestoreCommand(SpillwayCommand root) {
        super(root);
    }

    @Override
    Order order() {
        return order("restore", nodes, host);
    }
}
