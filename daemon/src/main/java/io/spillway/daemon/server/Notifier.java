package io.spillway.daemon.server;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.newsclub.net.unix.AFUNIXDatagramChannel;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells systemd how the daemon is, by sd_notify's protocol; tells nobody where systemd has not asked. */
final class Notifier {
    private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);

    private final Optional<String> socket;
    private final Optional<Duration> watchdog;

    private Notifier(Optional<String> socket, Optional<Duration> watchdog) {
        this.socket = socket;
        this.watchdog = watchdog;
    }

    static Notifier of(Map<String, String> environment) {
        return new Notifier(
                Optional.ofNullable(environment.get("NOTIFY_SOCKET")).filter(path -> !path.isBlank()),
                Optional.ofNullable(environment.get("WATCHDOG_USEC"))
                        .filter(text -> text.matches("[0-9]{1,15}"))
                        .map(text -> Duration.ofNanos(1000 * Long.parseLong(text)))
                        .filter(time -> !time.isZero()));
    }

    /** After that without a sign of life systemd starts the daemon anew; empty if it does not watch. */
    Optional<Duration> watchdog() {
        return watchdog;
    }

    void ready(String status) {
        send("READY=1\nSTATUS=" + status);
    }

    void alive() {
        send("WATCHDOG=1");
    }

    void status(String status) {
        send("STATUS=" + status);
    }

    void stopping() {
        send("STOPPING=1");
    }

    private void send(String words) {
        if (socket.isEmpty()) {
            return;
        }
        try (AFUNIXDatagramChannel channel = AFUNIXDatagramChannel.open()) {
            String path = socket.get();
            AFUNIXSocketAddress address = path.startsWith("@")
                    ? AFUNIXSocketAddress.inAbstractNamespace(path.substring(1))
                    : AFUNIXSocketAddress.of(new File(path));
            channel.send(ByteBuffer.wrap(words.getBytes(StandardCharsets.UTF_8)), address);
        } catch (IOException deaf) {
            LOG.warn("systemd does not listen at {}: {}", socket.get(), deaf.getMessage());
        }
    }
}
