package io.spillway.daemon.server;

import io.spillway.failure.SpillwayException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something that is remembered in a file, which is there whole or not at all. A file that cannot be read is no reason not to
 * start. Not threadsafe.
 */
final class Kept<T> {
    private static final Logger LOG = LoggerFactory.getLogger(Kept.class);

    private final Path file;
    private final Function<T, String> text;
    private T value;

    /** Reads it; what it was at first if there is no such file, or none that can be read. */
    Kept(Path file, T first, Function<String, T> parse, Function<T, String> text) {
        this.file = file;
        this.text = text;
        this.value = first;
        try {
            if (Files.exists(file)) {
                value = parse.apply(Files.readString(file));
            }
        } catch (IOException | SpillwayException unreadable) {
            LOG.warn("{} cannot be read, it begins anew: {}", file, unreadable.getMessage());
        }
    }

    T value() {
        return value;
    }

    /** Writes it, if it is another one. */
    void keep(T now) {
        if (now.equals(value)) {
            return;
        }
        try {
            Path fresh = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(fresh, text.apply(now));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            value = now;
        } catch (IOException full) {
            LOG.warn("{} cannot be written: {}", file, full.toString());
        }
    }
}
