package io.spillway.daemon.server;

import io.spillway.config.DaemonConfig;
import io.spillway.failure.BadInputException;
import io.spillway.failure.FailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Optional;
import java.util.function.Function;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The ways in: a Unix socket, and TLS if the configuration wants it. */
final class Web {
    /** Requests that are answered side by side; others wait their turn. */
    private static final int THREADS = 24;

    private static final long IDLE_MILLIS = 30_000;
    private static final int LARGEST_HEADER = 8 * 1024;
    private static final int BACKLOG = 1024;

    /** Linux' limit for a socket's path, its end included. */
    private static final int LONGEST_PATH = 107;

    private final DaemonConfig config;
    private final Server server;
    private final Path unpublished;

    Web(DaemonConfig config, Function<Server, Handler> handler) {
        this.config = config;
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, 4);
        threads.setName("web");
        threads.setDaemon(true);
        this.server = new Server(threads);
        Path socket = config.socket();
        this.unpublished = socket.resolveSibling(socket.getFileName() + ".new");
        if (unpublished.toString().length() > LONGEST_PATH) {
            throw new BadInputException(
                    socket.toString(),
                    "daemon.socket: %s is too long; at most %d characters are possible"
                            .formatted(socket, LONGEST_PATH - 4));
        }
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(LARGEST_HEADER);
        UnixDomainServerConnector unix = new UnixDomainServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        unix.setUnixDomainPath(unpublished);
        unix.setAcceptQueueSize(BACKLOG);
        unix.setIdleTimeout(IDLE_MILLIS);
        server.addConnector(unix);
        config.tcp().ifPresent(tcp -> server.addConnector(tls(tcp, http)));
        Handler api = handler.apply(server);
        Optional<Tokens> tokens = config.tcp().map(DaemonConfig.Tcp::tokens).map(Tokens::read);
        server.setHandler(tokens.<Handler>map(known -> new Gate(api, known)).orElse(api));
        server.setErrorHandler(new Mistakes());
    }

    private ServerConnector tls(DaemonConfig.Tcp tcp, HttpConfiguration http) {
        SslContextFactory.Server keys = new SslContextFactory.Server();
        try {
            keys.setKeyStorePath(tcp.keystore().toUri().toString());
            keys.setKeyStoreType("PKCS12");
            keys.setKeyStorePassword(
                    Files.readAllLines(tcp.passwordFile()).stream().findFirst().orElse(""));
        } catch (IOException | IllegalArgumentException unreadable) {
            throw new BadInputException(
                    tcp.keystore().toString(),
                    "daemon.tcp: %s and %s cannot be read: %s"
                            .formatted(tcp.keystore(), tcp.passwordFile(), unreadable.getMessage()),
                    unreadable);
        }
        HttpConfiguration secure = new HttpConfiguration(http);
        ServerConnector connector = new ServerConnector(
                server, 1, 1, new SslConnectionFactory(keys, "http/1.1"), new HttpConnectionFactory(secure));
        connector.setName(Gate.TCP);
        connector.setHost(tcp.address());
        connector.setPort(tcp.port());
        connector.setIdleTimeout(IDLE_MILLIS);
        return connector;
    }

    /** The port of the TLS way in, for a test that asked for any. */
    int port() {
        for (var connector : server.getConnectors()) {
            if (connector instanceof ServerConnector tcp) {
                return tcp.getLocalPort();
            }
        }
        return -1;
    }

    /** Opens the ways in. The socket has its group and mode before anybody finds it under its name. */
    void start() {
        Path socket = config.socket();
        try {
            Path folder = socket.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Files.deleteIfExists(unpublished);
            server.start();
            if (config.group().isPresent()) {
                own(config.group().get());
            }
            Files.setPosixFilePermissions(unpublished, PosixFilePermissions.fromString("rw-rw----"));
            Files.move(unpublished, socket, StandardCopyOption.ATOMIC_MOVE);
        } catch (BadInputException mistake) {
            stop();
            throw mistake;
        } catch (Exception closed) {
            stop();
            throw new FailedException(
                    socket.toString(), "the ways in cannot be opened: " + closed.getMessage(), closed);
        }
    }

    private void own(String group) throws IOException {
        try {
            var principal =
                    unpublished.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group);
            Files.getFileAttributeView(unpublished, PosixFileAttributeView.class)
                    .setGroup(principal);
        } catch (UserPrincipalNotFoundException unknown) {
            throw new BadInputException(group, "daemon.group: there is no group " + group, unknown);
        }
    }

    void stop() {
        try {
            Files.deleteIfExists(config.socket());
            server.stop();
        } catch (Exception ignored) {
            // the process ends anyway
        }
    }
}
