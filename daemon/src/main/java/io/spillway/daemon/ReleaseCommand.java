package io.spillway.daemon;

import io.spillway.daemon.api.Order;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Lets held nodes' jobs go on. */
@Command(
        name = "release",
        mixinStandardHelpOptions = true,
        versionProvider = SpillwayCommand.Version.class,
        description = "Lets held nodes' jobs go on.")
final class ReleaseCommand extends Verb {
    @Parameters(paramLabel = "NODES", description = "A hostlist such as vn[01-02].")
    String nodes = "";

    ReleaseCommand(SpillwayCommand root) {
        super(root);
    }

    @Override
    Order order() {
        return order("release", nodes);
    }
}
