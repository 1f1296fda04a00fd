package io.spillway.daemon;

import io.spillway.Spillway;
import io.spillway.config.SpillwayConfig;
import io.spillway.failure.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The way to a site; a test brings its own. */
interface Site {
    Spillway connect(Optional<Path> config);

    /** By the configuration file that was named, or else the first that is there. */
    final class Configured implements Site {
        @Override
        public Spillway connect(Optional<Path> config) {
            return Spillway.connect(SpillwayConfig.load(config.orElseGet(Configured::find)));
        }

        private static Path find() {
            String named = System.getenv("SPILLWAY_CONFIG");
            if (named != null && !named.isBlank()) {
                return Path.of(named);
            }
            List<Path> places = new ArrayList<>();
            places.add(Path.of(System.getProperty("user.home"), ".config", "spillway", "spillway.yaml"));
            places.add(Path.of("/etc/spillway/spillway.yaml"));
            return places.stream()
                    .filter(Files::isReadable)
                    .findFirst()
                    .orElseThrow(() -> new BadInputException(
                            null,
                            "no configuration: name one with --config or SPILLWAY_CONFIG, or write %s or %s"
                                    .formatted(places.get(0), places.get(1))));
        }
    }
}
