package io.spillway.daemon;

import io.spillway.daemon.api.Order;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Drains nodes, waits for the end of their jobs, removes them without a trace. */
@Command(
        name = "down",
        mixinStandardHelpOptions = true,
        versionProvider = SpillwayCommand.Version.class,
        description = "Drains nodes, waits for the end of their jobs, removes them without a trace.")
final class DownCommand extends Verb {
    @Parameters(paramLabel = "NODES", description = "A hostlist such as vn[01-02].")
    String nodes = "";

    DownCommand(SpillwayCommand root) {
        super(root);
    }

    @Override
    Order order() {
        return order("down", nodes);
    }
}
