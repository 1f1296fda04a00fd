package io.spillway.daemon.server;

import static io.spillway.daemon.server.Daemons.ask;
import static io.spillway.daemon.server.Daemons.body;
import static io.spillway.daemon.server.Daemons.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillway.cloud.ServerStatus;
import io.spillway.config.DaemonConfig;
import io.spillway.daemon.FakeSite;
import io.spillway.failure.BadInputException;
import io.spillway.failure.RefusedException;
import io.spillway.failure.UnavailableException;
import io.spillway.model.NodeName;
import io.spillway.model.Size;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.newsclub.net.unix.AFUNIXDatagramChannel;
import org.newsclub.net.unix.AFUNIXSocketAddress;

@Timeout(60)
class DaemonTest {
    private static final String CHECKPOINT = "{\"operation\": \"checkpoint\", \"nodes\": \"vn01\"}";

    private final FakeSite site = new FakeSite();

    @TempDir
    Path folder;

    private DaemonConfig config;
    private Daemon daemon;

    @BeforeEach
    void start() throws InterruptedException {
        site.ready("vn01");
        config = Daemons.config(folder);
        daemon = Daemons.start(site, config);
    }

    @AfterEach
    void stop() {
        daemon.stop(Duration.ofSeconds(5));
    }

    private String told(String method, String path, String body, int expected) throws IOException {
        String answer = ask(config.socket(), method, path, body);
        assertThat(status(answer)).as(answer).isEqualTo(expected);
        return body(answer);
    }

    @Test
    void anOperationIsToldFromItsBeginningToItsEnd() throws IOException {
        String events = told("POST", "/v1/operations", CHECKPOINT, 200);
        assertThat(events)
                .contains("event: begin", "event: progress", "event: end", "\"outcome\":\"done\"", "\"own_seconds\"");
        assertThat(site.servers.get(NodeName.of("vn01")).status()).isEqualTo(ServerStatus.SUSPENDED);
        while (daemon.openStreams() > 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aGoalThatSomebodyElseWroteIsKeptAsSoonAsWeAreNudged() throws IOException {
        NodeName node = NodeName.of("vn01");
        site.setMetadata(site.servers.get(node).id(), Map.of("spillway:goal", "CHECKPOINTED"));
        told("POST", "/v1/look", "", 202);
        while (site.servers.get(node).status() != ServerStatus.SUSPENDED) {
            Thread.onSpinWait();
        }
    }

    @Test
    void whatTheSiteSaysByItselfBringsALook() {
        NodeName node = NodeName.of("vn01");
        site.setMetadata(site.servers.get(node).id(), Map.of("spillway:goal", "CHECKPOINTED"));
        site.happened.accept("spillway/slurm/job/ended");
        while (site.servers.get(node).status() != ServerStatus.SUSPENDED) {
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"operation\": \"checkpoint\", \"nodes\": \"vn01\", \"fast\": true}|'fast' is not known",
                "{\"operation\": \"explode\", \"nodes\": \"vn01\"}|there is no such operation",
                "{\"operation\": \"checkpoint\"}|no node is named",
                "{\"operation\": \"checkpoint\", \"nodes\": \"vn01\\nvn02\"}|",
                "{\"operation\": \"checkpoint\", \"nodes\": \"vn01\", \"host\": \"cn01\"}|takes no host",
                "{\"operation\": \"up\", \"pool\": \"htc\", \"host\": \"cn01\"}|--host goes with NODES",
                "{\"operation\": \"down\", \"nodes\": \"vn01\", \"count\": 3}|takes no pool and no count",
                "{\"operation\": \"migrate\", \"nodes\": \"vn01\"}|wants the host",
                "{\"operation\": \"checkpoint\", \"nodes\": \"vn01\", \"timeout_seconds\": 0}|a timeout of 0 s",
                "{\"operation\": \"checkpoint\", \"nodes\": \"vn01\", \"reason\": \"two\\nlines\"}|a reason is one line",
                "{\"nodes\": \"vn01\"}|an order has an operation",
                "{\"operation\": 7, \"nodes\": [\"vn01\"]}|",
                "{}|an order has an operation",
                "null|must be an order",
                "|no order",
                "{|no order",
                "{\"operation\": \"up\"} trailing|no order",
            })
    void anOrderThatIsNoneIsOneLineAndChangesNothing(String both) throws IOException {
        String[] parts = both.split("\\|", -1);
        String problem = told("POST", "/v1/operations", parts[0], 400);
        assertThat(problem).contains("\"kind\":\"bad-input\"", parts[1]).hasLineCount(1);
        assertThat(site.changes).isEmpty();
    }

    @Test
    void anOversizedRequestIsRefused() throws IOException {
        String large = " ".repeat(Api.LARGEST + 1);
        assertThat(told("POST", "/v1/operations", large, 413)).contains("at most 65536 bytes");
        try (SocketChannel channel = Daemons.connect(config.socket())) {
            Daemons.send(channel, "GET /" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: l\r\n\r\n");
            assertThat(status(Daemons.rest(channel))).isBetween(400, 499);
        }
        told("GET", "/v1/status", "", 200);
    }

    @Test
    void whatIsNoHttpIsAnsweredAndHarmsNothing() throws IOException {
        try (SocketChannel channel = Daemons.connect(config.socket())) {
            Daemons.send(channel, "\u0000\u0001 hello\r\n\r\n");
            assertThat(status(Daemons.rest(channel))).isEqualTo(400);
        }
        told("GET", "/v1/nowhere", "", 404);
        told("PUT", "/v1/nodes", "", 404);
        told("GET", "/v1/status", "", 200);
    }

    @Test
    void aThousandClientsAreAllAnswered() throws IOException {
        List<SocketChannel> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 1000; i++) {
                SocketChannel client = Daemons.connect(config.socket());
                clients.add(client);
                Daemons.send(client, "GET /v1/status HTTP/1.1\r\nHost: l\r\n\r\n");
            }
            ByteBuffer buffer = ByteBuffer.allocate(4096);
            for (SocketChannel client : clients) {
                buffer.clear();
                assertThat(client.read(buffer)).isPositive();
                assertThat(new String(buffer.array(), 0, 12, StandardCharsets.US_ASCII))
                        .isEqualTo("HTTP/1.1 200");
            }
        } finally {
            for (SocketChannel client : clients) {
                client.close();
            }
        }
    }

    @Test
    void tooManyWatchersAreToldSo() throws IOException {
        List<SocketChannel> clients = new ArrayList<>();
        try {
            for (int i = 0; i < Streams.MOST; i++) {
                SocketChannel client = Daemons.connect(config.socket());
                clients.add(client);
                Daemons.send(client, "GET /v1/events HTTP/1.1\r\nHost: l\r\n\r\n");
            }
            while (daemon.openStreams() < Streams.MOST) {
                Thread.onSpinWait();
            }
            assertThat(told("GET", "/v1/events", "", 503)).contains("512 event streams are open");
        } finally {
            for (SocketChannel client : clients) {
                client.close();
            }
        }
    }

    @Test
    void whoNeverReadsIsLetGoAndHoldsNobodyUp() throws IOException {
        try (SocketChannel client = Daemons.connect(config.socket())) {
            Daemons.send(client, "GET /v1/events HTTP/1.1\r\nHost: l\r\n\r\n");
            while (daemon.openStreams() == 0) {
                Thread.onSpinWait();
            }
            String large = "x".repeat(4096);
            for (int i = 0; i < 100_000 && daemon.openStreams() > 0; i++) {
                daemon.tell(new io.spillway.reconcile.Progress(
                        NodeName.of("vn01"), io.spillway.reconcile.Progress.Kind.STEP, "step", large));
            }
            assertThat(daemon.openStreams()).isZero();
        }
        told("POST", "/v1/operations", CHECKPOINT, 200);
    }

    @Test
    void whileAPartGivesNoAnswerNothingIsBegun() throws IOException, InterruptedException {
        daemon.stop(Duration.ofSeconds(5));
        site.broken = new UnavailableException(null, "Nova does not answer");
        daemon = new Daemon(site.connect(Optional.empty()), config, Notifier.of(Map.of()), "test");
        daemon.start();
        assertThat(told("POST", "/v1/operations", CHECKPOINT, 503)).contains("touches nothing");
        assertThat(told("GET", "/v1/nodes", "", 503)).contains("Nova does not answer");
        assertThat(site.changes).isEmpty();
    }

    @Test
    void anOrderThatComesBeforeTheFirstLookWaitsForIt() throws Exception {
        daemon.stop(Duration.ofSeconds(5));
        site.slow = new CountDownLatch(1);
        daemon = new Daemon(site.connect(Optional.empty()), config, Notifier.of(Map.of()), "test");
        daemon.start();
        assertThat(daemon.status().blind()).isEqualTo("no look yet");
        try (SocketChannel client = Daemons.connect(config.socket())) {
            Daemons.send(
                    client,
                    "POST /v1/operations HTTP/1.1\r\nHost: l\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                            .formatted(CHECKPOINT.length(), CHECKPOINT));
            // others are answered meanwhile
            told("GET", "/v1/status", "", 200);
            site.slow.countDown();
            String answer = Daemons.rest(client);
            assertThat(status(answer)).isEqualTo(200);
            assertThat(body(answer)).contains("\"outcome\":\"done\"");
        }
    }

    @Test
    void anOrderDoesNotWaitForTheFirstLookForEver() throws IOException {
        daemon.stop(Duration.ofSeconds(5));
        site.slow = new CountDownLatch(1);
        daemon = new Daemon(
                site.connect(Optional.empty()), config, Notifier.of(Map.of()), "test", Duration.ofMillis(50));
        daemon.start();
        assertThat(told("POST", "/v1/operations", CHECKPOINT, 503)).contains("touches nothing: no look yet");
        assertThat(site.changes).isEmpty();
        site.slow.countDown();
    }

    @Test
    void whatSlurmSwitchesOnIsMadeAsSoonAsItsProgramTells() throws IOException {
        site.line("vn02", "POWERING_UP");
        told("POST", "/v1/power", "{\"event\": \"resume\", \"nodes\": \"vn02\"}", 202);
        while (!site.changes.contains("create vn02")) {
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }

    private String gate(String more, int status) throws IOException {
        return told(
                "POST",
                "/v1/gate",
                "{\"event\": \"begin\", \"job\": \"12\", \"nodes\": \"cn01\", \"time\": 1800000000.5, \"patience\": 9%s}"
                        .formatted(more),
                status);
    }

    @Test
    void aJobThatComesToAHostBringsTheNodesThereToAStand() throws IOException {
        assertThat(gate("", 200)).contains("\"clear\":false", "\"close\":\"vn01\"", "\"suspend\":[]");
        String closed = ", \"asked\": \"vn01\", \"closed\": \"vn01\", \"jobs\": ";
        assertThat(gate(closed + "{\"7\": {\"running\": true, \"nodes\": \"vn01\"}}", 200))
                .contains("\"clear\":false", "\"suspend\":[\"7\"]");
        assertThat(site.servers().get(0).metadata())
                .containsEntry("spillway:pause", "cn01@1800000001")
                .containsEntry("spillway:held-jobs", "7")
                .containsEntry("spillway:goal", "READY");
        assertThat(site.changes).doesNotContain("pause");
        assertThat(gate(closed + "{}", 200)).contains("\"clear\":true", "vn01 stand still");
        assertThat(site.changes).contains("pause");
        assertThat(told("POST", "/v1/gate", "{\"event\": \"end\", \"job\": \"12\", \"nodes\": \"cn01\"}", 202))
                .isEmpty();
    }

    @Test
    void whereAJobNeedNotWaitIsKnownFromTheLastLook() throws IOException {
        site.physical("cn01", new Size(16, 64_001));
        site.physical("cn02", new Size(16, 63_000));
        told("POST", "/v1/look", "", 202);
        String answer = told("GET", "/v1/room", "", 200);
        while (!answer.contains("cn02")) {
            answer = told("GET", "/v1/room", "", 200);
        }
        assertThat(answer).contains("\"hosts\":\"cn02\"", "\"words\":\"cn01: ");
    }

    @Test
    void aHostWithoutNodesIsClearAtOnce() throws IOException {
        String answer = told(
                "POST",
                "/v1/gate",
                "{\"event\": \"begin\", \"job\": \"12\", \"nodes\": \"cn02\", \"time\": 1, \"patience\": 9}",
                200);
        assertThat(answer).contains("\"clear\":true", "nothing runs there");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"event\": \"begin\", \"job\": \"12\", \"nodes\": \"cn01\"}|wants the controller's time",
                "{\"event\": \"begin\", \"job\": \"12\", \"nodes\": \"cn01\", \"time\": 1, \"patience\": 999}|at most"
                        + " 300 s",
                "{\"event\": \"begin\", \"job\": \"12\", \"nodes\": \"cn[\", \"time\": 1, \"patience\": 9}|",
                "{\"event\": \"stop\", \"job\": \"12\", \"nodes\": \"cn01\"}|must be begin or end",
                "{\"event\": \"end\", \"job\": \"all\", \"nodes\": \"cn01\"}|an id such as 12",
                "{\"event\": \"end\", \"job\": \"12\"}|no host is named",
                "{\"event\": \"end\", \"job\": \"12\", \"nodes\": \"cn01\", \"host\": 1}|'host' is not known",
            })
    void aWordOfTheGateThatIsNoneIsOneLine(String both) throws IOException {
        String[] parts = both.split("\\|", -1);
        assertThat(told("POST", "/v1/gate", parts[0], 400))
                .contains("\"kind\":\"bad-input\"", parts[1])
                .hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"event\": \"resume\", \"nodes\": \"vn[01-\"}|",
                "{\"event\": \"resume\", \"nodes\": \"cn01,vn01\"}|SuspendExcNodes=cn01 would leave them alone",
                "{\"event\": \"explode\", \"nodes\": \"vn01\"}|must be resume, suspend or resume-fail",
                "{\"event\": \"resume\"}|no node is named",
                "{\"event\": \"resume\", \"nodes\": \"vn01\", \"host\": \"cn01\"}|'host' is not known",
                "{\"event\": \"resume\", \"nodes\": \"vn01\", \"reason\": \"two\\nlines\"}|a reason is one line",
                "{|no order",
            })
    void aWordOfPowerSavingThatIsNoneIsOneLine(String both) throws IOException {
        String[] parts = both.split("\\|", -1);
        assertThat(told("POST", "/v1/power", parts[0], 400))
                .contains("\"kind\":\"bad-input\"", parts[1])
                .hasLineCount(1);
    }

    @Test
    void aSecondDaemonOnTheMachineDoesNotStart() {
        assertThatThrownBy(() -> new Daemon(site.connect(Optional.empty()), config, Notifier.of(Map.of()), "test"))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("a spillwayd runs already");
    }

    @Test
    void aDaemonElsewhereFollowsAndChangesNothing() throws IOException, InterruptedException {
        Path other = Files.createDirectory(folder.resolve("other"));
        DaemonConfig config = Daemons.config(other);
        Daemon second = new Daemon(site.connect(Optional.empty()), config, Notifier.of(Map.of()), "test");
        try {
            second.start();
            while (second.status().leader() == null) {
                Thread.onSpinWait();
            }
            String answer = ask(config.socket(), "POST", "/v1/operations", CHECKPOINT);
            assertThat(status(answer)).isEqualTo(409);
            assertThat(body(answer)).contains("does not lead");
            String power = "{\"event\": \"suspend\", \"nodes\": \"vn01\"}";
            assertThat(status(ask(config.socket(), "POST", "/v1/power", power))).isEqualTo(409);
            assertThat(status(ask(config.socket(), "GET", "/v1/nodes", ""))).isEqualTo(200);
            assertThat(daemon.status().leads()).isTrue();
        } finally {
            second.stop(Duration.ofSeconds(5));
        }
    }

    @Test
    void aRoundAsksSlurmOnceForTheGoalsTheTimelineAndThePolicies() {
        for (int round = 1; round <= 5; round++) {
            while (site.hostLooks.get() < round) {
                Thread.onSpinWait();
            }
            if (round < 5) {
                daemon.nudge();
            }
        }
        assertThat(site.slurmLooks).hasValue((int) daemon.looks());
    }

    @Test
    void theSocketIsForOwnerAndGroupOnly() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(config.socket())))
                .isEqualTo("rw-rw----");
    }

    @Test
    void anUnknownGroupOrATooLongPathIsBadInput() {
        daemon.stop(Duration.ofSeconds(5));
        DaemonConfig nobody = new DaemonConfig(
                config.socket(),
                Optional.of("no-such-group"),
                config.state(),
                config.interval(),
                config.bounds(),
                Optional.empty());
        Daemon wrong = new Daemon(site.connect(Optional.empty()), nobody, Notifier.of(Map.of()), "test");
        assertThatThrownBy(wrong::start)
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("daemon.group: there is no group no-such-group");
        wrong.close();
        DaemonConfig far = new DaemonConfig(
                folder.resolve("x".repeat(110)),
                Optional.empty(),
                config.state(),
                config.interval(),
                config.bounds(),
                Optional.empty());
        assertThatThrownBy(() -> new Daemon(site.connect(Optional.empty()), far, Notifier.of(Map.of()), "test"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("too long");
    }

    @Test
    void systemdHearsHowTheDaemonIs() throws IOException, InterruptedException {
        daemon.stop(Duration.ofSeconds(5));
        Path heard = folder.resolve("notify");
        try (AFUNIXDatagramChannel systemd = AFUNIXDatagramChannel.open()) {
            systemd.bind(AFUNIXSocketAddress.of(heard.toFile()));
            daemon = Daemons.start(site, config, Map.of("NOTIFY_SOCKET", heard.toString(), "WATCHDOG_USEC", "300000"));
            assertThat(next(systemd)).startsWith("READY=1\n");
            assertThat(next(systemd)).isEqualTo("WATCHDOG=1");
            daemon.stop(Duration.ofSeconds(5));
            String last = next(systemd);
            while (last.equals("WATCHDOG=1")) {
                last = next(systemd);
            }
            assertThat(last).isEqualTo("STOPPING=1");
        }
    }

    private static String next(AFUNIXDatagramChannel systemd) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(512);
        // a sender without a name of its own comes back as null
        while (buffer.position() == 0) {
            assertThat(systemd.receive(buffer)).isNull();
        }
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    }
}
