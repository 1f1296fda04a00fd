package io.spillway.config;

import io.spillway.model.Bounds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the daemon runs. A site without these keys has the defaults.
 *
 * @param socket the Unix socket that the command speaks to; {@code /run/spillway/spillwayd.sock}
 * @param group whose members may speak to it; empty leaves it to the daemon's own user and group
 * @param state its folder for the lock and its own name; {@code /var/lib/spillway}
 * @param interval the time between two full looks; 30 s
 * @param bounds how much it does at once
 * @param tcp the way in for other machines; empty for none
 */
public record DaemonConfig(
        Path socket, Optional<String> group, Path state, Duration interval, Bounds bounds, Optional<Tcp> tcp) {
    /** What a site has that says nothing. */
    public static final DaemonConfig DEFAULT = new DaemonConfig(
            Path.of("/run/spillway/spillwayd.sock"),
            Optional.empty(),
            Path.of("/var/lib/spillway"),
            Duration.ofSeconds(30),
            Bounds.DEFAULT,
            Optional.empty());

    /**
     * TLS for other machines.
     *
     * @param address the address to listen at
     * @param port the port
     * @param keystore a PKCS 12 file with the certificate and its key
     * @param passwordFile the file whose first line is the keystore's password
     * @param tokens a file with a line for each who may come in: a name, a blank, the SHA-256 of the token in hex
     */
    public record Tcp(String address, int port, Path keystore, Path passwordFile, Path tokens) {}

    /**
     * Reads only this part of a spillway.yaml, for those who may not read what the rest of it names.
     *
     * @param file the file
     * @return what it says of the daemon
     * @throws io.spillway.failure.BadInputException in one line, if it cannot be read or has a mistake
     */
    public static DaemonConfig load(Path file) {
        return ConfigReader.daemon(file);
    }
}
