package io.spillway.daemon;

import io.spillway.Spillway;
import io.spillway.config.DaemonConfig;
import io.spillway.config.SpillwayConfig;
import io.spillway.daemon.api.Front;
import io.spillway.daemon.api.LocalFront;
import io.spillway.daemon.client.DaemonFront;
import java.nio.file.Path;
import java.util.Optional;

/** The way to a site; a test brings its own. */
interface Site {
    /** The library within this process. */
    Spillway connect(Optional<Path> config);

    /** Where the site's daemon would listen. */
    Path socket(Optional<Path> config);

    /** The site's name, where a configuration is there to be read. */
    Optional<String> name(Optional<Path> config);

    /** The daemon if there is one, else the library. */
    default Front front(Optional<Path> config, boolean embedded) {
        Optional<Front> daemon = embedded ? Optional.empty() : DaemonFront.at(socket(config), name(config));
        return daemon.orElseGet(() -> new LocalFront(connect(config)));
    }

    /** By the configuration file that was named, or else the first that is there. */
    final class Configured implements Site {
        @Override
        public Spillway connect(Optional<Path> config) {
            return Spillway.connect(SpillwayConfig.load(ConfigFile.find(config)));
        }

        /** Who may speak to the daemon need not be one who may read its passwords. */
        @Override
        public Path socket(Optional<Path> config) {
            return ConfigFile.seek(config)
                    .map(DaemonConfig::load)
                    .orElse(DaemonConfig.DEFAULT)
                    .socket();
        }

        @Override
        public Optional<String> name(Optional<Path> config) {
            return ConfigFile.seek(config).map(SpillwayConfig::site);
        }
    }
}
