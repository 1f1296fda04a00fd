package io.spillway.daemon;

import io.spillway.daemon.api.Order;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Closes nodes to new jobs till they are undrained; the jobs on them run on. */
@Command(
        name = "drain",
        mixinStandardHelpOptions = true,
        versionProvider = SpillwayCommand.Version.class,
        description = "Closes nodes to new jobs till they are undrained; the jobs on them run on.")
final class DrainCommand extends Verb {
    @Parameters(paramLabel = "NODES", description = "A hostlist such as vn[01-02].")
    String nodes = "";

    DrainCommand(SpillwayCommand root) {
        super(root);
    }

    @Override
    Order order() {
        return order("drain", nodes);
    }
}
