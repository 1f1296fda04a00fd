package io.spillway.daemon;

import io.spillway.daemon.api.Order;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes a host out of service and empties it with all jobs alive, for somebody to work on it; or ends that. */
@Command(
        name = "maintain",
        mixinStandardHelpOptions = true,
        versionProvider = SpillwayCommand.Version.class,
        description = "Takes a host out of service and empties it with all jobs alive; --end brings all back.")
final class MaintainCommand extends Verb {
    @Parameters(paramLabel = "HOST", description = "A hypervisor such as cn01.")
    String host = "";

    @Option(
            names = "--end",
            description = "The work is done: enable the host, and bring back what was put away for it.")
    boolean end;

    MaintainCommand(SpillwayCommand root) {
        super(root);
    }

    @Override
    Order order() {
        return new Order(end ? "end-maintenance" : "maintain", null, null, null, host, null, null);
    }
}
