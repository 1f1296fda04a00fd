package io.spillway.daemon;

import io.spillway.daemon.api.Order;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Opens nodes again that were drained by this command. */
@Command(
        name = "undrain",
        mixinStandardHelpOptions = true,
        versionProvider = SpillwayCommand.Version.class,
        description = "Opens nodes again that were drained by this command.")
final class UndrainCommand extends Verb {
    @Parameters(paramLabel = "NODES", description = "A hostlist such as vn[01-02].")
    String nodes = "";

    UndrainCommand(SpillwayCommand root) {
        super(root);
    }

    @Override
    Order order() {
        return order("undrain", nodes);
    }
}
