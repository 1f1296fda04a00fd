package io.spillway.daemon;

import io.spillway.Plan;
import io.spillway.Plans;
import io.spillway.failure.BadInputException;
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

    UpCommand(SpillwayCommand root) {
        super(root);
    }

    @Override
    Plan plan(Plans plans) {
        if ((nodes == null) == (pool == null)) {
            throw new BadInputException(null, "up wants either NODES or --pool POOL --count N");
        }
        if (nodes != null && count != null) {
            throw new BadInputException(null, "--count goes with --pool, not with NODES");
        }
        return nodes != null ? plans.provision(nodes(nodes)) : plans.provision(pool, count == null ? 1 : count);
    }
}
