package io.spillway.daemon.server;

import io.spillway.failure.BadInputException;
import io.spillway.failure.RefusedException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The daemon's folder: a lock that only one process holds, and the name that this daemon has in the lease. */
final class StateFolder implements AutoCloseable {
    private final FileChannel channel;
    private final String me;

    private StateFolder(FileChannel channel, String me) {
        this.channel = channel;
        this.me = me;
    }

    /**
     * Takes the folder.
     *
     * @throws RefusedException if another process has it
     * @throws BadInputException if it cannot be used
     */
    static StateFolder take(Path folder) {
        try {
            Files.createDirectories(folder);
            FileChannel channel =
                    FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (lock(channel) == null) {
                channel.close();
                throw new RefusedException(
                        folder.toString(), "a spillwayd runs already: it holds %s".formatted(folder.resolve("lock")));
            }
            return new StateFolder(channel, name(folder.resolve("name")));
        } catch (IOException unusable) {
            throw new BadInputException(
                    folder.toString(),
                    "daemon.state: %s cannot be used: %s".formatted(folder, unusable.getMessage()),
                    unusable);
        }
    }

    /** The kernel lets go of it with the process, however that ends. */
    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException sameProcess) {
            return null;
        }
    }

    private static String name(Path file) throws IOException {
        if (!Files.exists(file)) {
            Files.writeString(file, UUID.randomUUID() + "@" + host() + "\n");
        }
        return Files.readString(file).strip();
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9.-]", "-");
        } catch (IOException nameless) {
            return "localhost";
        }
    }

    /** This daemon's name, the same after each restart. */
    String me() {
        return me;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException ignored) {
            // the process ends anyway
        }
    }
}
