package io.spillway.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.config.DaemonConfig;
import io.spillway.daemon.FakeSite;
import io.spillway.model.Bounds;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A daemon over a fake site, and a plain way to talk to it. */
public final class Daemons {
    private Daemons() {}

    static DaemonConfig config(Path folder) {
        return config(folder, Optional.empty());
    }

    static DaemonConfig config(Path folder, Optional<DaemonConfig.Tcp> tcp) {
        return new DaemonConfig(
                folder.resolve("d.sock"),
                Optional.empty(),
                folder.resolve("state"),
                Duration.ofHours(1),
                Bounds.DEFAULT,
                tcp);
    }

    static Daemon start(FakeSite site, DaemonConfig config) throws InterruptedException {
        return start(site, config, Map.of());
    }

    static Daemon start(FakeSite site, DaemonConfig config, Map<String, String> environment)
            throws InterruptedException {
        Daemon daemon = new Daemon(site.connect(Optional.empty()), config, Notifier.of(environment), "test");
        daemon.start();
        while (!daemon.status().leads() && daemon.status().blind() != null) {
            Thread.onSpinWait();
        }
        return daemon;
    }

    /** A daemon that runs. */
    public interface Running extends AutoCloseable {
        @Override
        void close();
    }

    /** A daemon for tests of the command; closing it ends it. */
    public static Running behind(FakeSite site, Path folder) throws InterruptedException {
        DaemonConfig config = config(folder);
        site.socket = config.socket();
        Daemon daemon = start(site, config);
        return () -> daemon.stop(Duration.ofSeconds(5));
    }

    static SocketChannel connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return channel;
    }

    static void send(SocketChannel channel, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            assertThat(channel.write(bytes)).isNotNegative();
        }
    }

    /** One request, with the connection closed after; the whole answer. */
    static String ask(Path socket, String method, String path, String body) throws IOException {
        try (SocketChannel channel = connect(socket)) {
            send(
                    channel,
                    "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                            .formatted(method, path, body.getBytes(StandardCharsets.UTF_8).length, body));
            return rest(channel);
        }
    }

    static String rest(SocketChannel channel) throws IOException {
        StringBuilder text = new StringBuilder();
        ByteBuffer buffer = ByteBuffer.allocate(8192);
        while (channel.read(buffer) >= 0) {
            buffer.flip();
            text.append(StandardCharsets.UTF_8.decode(buffer));
            buffer.clear();
        }
        return text.toString();
    }

    static int status(String answer) {
        return Integer.parseInt(answer.substring(9, 12));
    }

    static String body(String answer) {
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }
}
