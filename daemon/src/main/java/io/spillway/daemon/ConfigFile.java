package io.spillway.daemon;

import io.spillway.failure.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where spillway.yaml is. */
public final class ConfigFile {
    private ConfigFile() {}

    /**
     * The file that was named, or else the first that is there.
     *
     * @param named the one that was named
     * @return the file
     * @throws BadInputException if none was named and none is there
     */
    public static Path find(Optional<Path> named) {
        return seek(named)
                .orElseThrow(() -> new BadInputException(
                        null,
                        "no configuration: name one with --config or SPILLWAY_CONFIG, or write %s or %s"
                                .formatted(places().get(0), places().get(1))));
    }

    /** The same, if there is one. */
    static Optional<Path> seek(Optional<Path> named) {
        return named.or(() -> Optional.ofNullable(System.getenv("SPILLWAY_CONFIG"))
                        .filter(text -> !text.isBlank())
                        .map(Path::of))
                .or(() -> places().stream().filter(Files::isReadable).findFirst());
    }

    private static List<Path> places() {
        return List.of(
                Path.of(System.getProperty("user.home"), ".config", "spillway", "spillway.yaml"),
                Path.of("/etc/spillway/spillway.yaml"));
    }
}
