package io.spillway.daemon;

import io.spillway.daemon.api.Order;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Suspends the nodes' jobs; their memory stays where it is. */
@Command(
        name = "hold",
        mixinStandardHelpOptions = true,
        versionProvider = SpillwayCommand.Version.class,
        description = "Suspends the nodes' jobs; their memory stays where it is.")
final class HoldCommand extends Verb {
    @Parameters(paramLabel = "NODES", description = "A hostlist such as vn[01-02].")
    String nodes = "";

    HoldCommand(SpillwayCommand root) {
        super(root);
    }

    @Override
    Order order() {
        return order("hold", nodes);
    }
}
