package io.spillway.daemon;

import io.spillway.failure.BadInputException;
import io.spillway.policy.Calibration;
import io.spillway.policy.CostModel;
import io.spillway.simulation.Times;
import io.spillway.simulation.whatif.Eviction;
import io.spillway.simulation.whatif.Order;
import io.spillway.simulation.whatif.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** On what machine a simulation plays them, and by which policies. */
final class SiteOptions {
    private static final int LASTS = 300;

    @Option(names = "--site", paramLabel = "SITE", description = "HOSTSxCORES, such as 1000x8, or a YAML file.")
    @Nullable String site;

    @Option(
            names = "--policies",
            paramLabel = "NAMES",
            split = ",",
            defaultValue = "no-cloud,kill,suspend,checkpoint",
            description = "Of ${DEFAULT-VALUE}, all if not given.")
    List<String> policies = List.of();

    @Option(
            names = "--order",
            paramLabel = "ORDER",
            defaultValue = "easy",
            description = "fifo or easy, or accasim to compare with that; ${DEFAULT-VALUE} if not given.")
    Order order = Order.EASY;

    @Option(
            names = "--reclaim",
            paramLabel = "TIME",
            description = "The cloud's owner takes each host away so often in the mean, for 5 minutes.")
    @Nullable String reclaim;

    @Option(
            names = "--calibration",
            paramLabel = "FILE",
            description = "What things took at a site: calibration.json of its daemon.")
    @Nullable Path calibration;

    Site machine() {
        if (site == null) {
            throw new BadInputException(null, "--site SITE is missing; such as --site 1000x8 would be right");
        }
        Site machine = Site.parse(site);
        return reclaim == null ? machine : machine.with(new Site.Reclaim(Times.seconds("--reclaim", reclaim), LASTS));
    }

    List<Eviction> evictions() {
        return policies.stream().map(Eviction::parse).distinct().toList();
    }

    CostModel costs() {
        return new CostModel(CostModel.DEFAULT.rates(), calibrated());
    }

    private Calibration calibrated() {
        if (calibration == null) {
            return Calibration.NONE;
        }
        try {
            return Calibration.parse(Files.readString(calibration));
        } catch (IOException unreadable) {
            throw new BadInputException(
                    calibration.toString(), "%s cannot be read: %s".formatted(calibration, unreadable), unreadable);
        }
    }

    /** As they were given, by the options' names. */
    void tell(Map<String, String> given) {
        given.put("site", String.valueOf(site));
        given.put("order", order.name().toLowerCase(Locale.ROOT));
        if (reclaim != null) {
            given.put("reclaim", reclaim);
        }
        if (calibration != null) {
            given.put("calibration", calibration.toString());
        }
    }
}
