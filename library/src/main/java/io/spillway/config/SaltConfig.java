package io.spillway.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How to reach salt-api.
 *
 * @param url its address; https, or http where that is a socket on the same machine
 * @param username the eauth user
 * @param passwordFile the file whose first line is the password, read at each login
 * @param ca the certificates that vouch for it; empty for the JDK's own
 * @param eauth Salt's authentication module, {@code file} unless the configuration says another
 */
public record SaltConfig(URI url, String username, Path passwordFile, Optional<Path> ca, String eauth) {}
