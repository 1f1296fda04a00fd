package io.spillway.daemon;

import io.spillway.daemon.api.Order;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Suspends the nodes' jobs and puts their memory on disk. */
@Command(
        name = "checkpoint",
        mixinStandardHelpOptions = true,
        versionProvider = SpillwayCommand.Version.class,
        description = "Suspends the nodes' jobs and puts their memory on disk.")
final class CheckpointCommand extends Verb {
    @Parameters(paramLabel = "NODES", description = "A hostlist such as vn[01-02].")
    String nodes = "";

    CheckpointCommand(SpillwayCommand root) {
        super(root);
    }

    @Override
    Order order() {
        return order("checkpoint", nodes);
    }
}
