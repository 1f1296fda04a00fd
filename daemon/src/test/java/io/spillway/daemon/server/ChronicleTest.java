package io.spillway.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.model.Host;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.SiteView;
import io.spillway.timeline.Event;
import io.spillway.timeline.EventLog;
import io.spillway.timeline.Timeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChronicleTest {
    private static final Instant BEGIN = Instant.parse("2026-11-23T10:00:00Z");

    @TempDir
    Path folder;

    private static SiteView view(long second, Phase phase) {
        Node node = new Node(
                NodeName.of("vn01"),
                phase,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of("cn01"),
                Optional.empty(),
                List.of(),
                "");
        return new SiteView(
                "site",
                BEGIN.plusSeconds(second),
                List.of(node),
                List.of(new Host("cn01", true)),
                List.of(),
                List.of(),
                List.of());
    }

    @Test
    void aDaemonThatWasAwayKnowsSoAndGoesOn() throws IOException {
        try (Chronicle chronicle = Chronicle.in(folder)) {
            chronicle.look(view(0, Phase.READY));
            chronicle.look(view(30, Phase.READY));
            chronicle.look(view(60, Phase.HELD));
        }
        // as a kill would leave it
        Files.writeString(folder.resolve("events.jsonl"), "{\"time\":\"20", StandardOpenOption.APPEND);
        try (Chronicle chronicle = Chronicle.in(folder)) {
            chronicle.look(view(600, Phase.CHECKPOINTED));
            List<Event> events = chronicle.events();
            assertThat(events).filteredOn(Event.NodeChanged.class::isInstance).hasSize(3);
            assertThat(EventLog.read(folder.resolve("events.jsonl"))).isEqualTo(new EventLog(events, 1));
            assertThat(Timeline.of(events).unwatched())
                    .containsExactly(new Timeline.Span(BEGIN.plusSeconds(60), BEGIN.plusSeconds(600)));
        }
    }

    @Test
    void whatIsNotSeenIsNotWatched() {
        try (Chronicle chronicle = Chronicle.in(folder)) {
            chronicle.look(view(0, Phase.READY));
            chronicle.blind(BEGIN.plusSeconds(10));
            chronicle.blind(BEGIN.plusSeconds(20));
            chronicle.look(view(60, Phase.READY));
            assertThat(Timeline.of(chronicle.events()).unwatched())
                    .containsExactly(new Timeline.Span(BEGIN.plusSeconds(10), BEGIN.plusSeconds(60)));
        }
    }

    @Test
    void itStaysWithinItsBoundAndEachFileTellsAll() throws IOException {
        long largest = 4_000;
        try (Chronicle chronicle = Chronicle.in(folder, largest)) {
            for (int i = 0; i < 500; i++) {
                chronicle.look(view(i, i % 2 == 0 ? Phase.READY : Phase.HELD));
            }
            assertThat(chronicle.events()).hasSizeLessThan(120);
        }
        assertThat(Files.size(folder.resolve("events.jsonl"))).isLessThan(largest + 500);
        assertThat(Files.size(folder.resolve("events.1.jsonl"))).isLessThan(largest + 500);
        List<Event> head = EventLog.read(folder.resolve("events.jsonl")).events();
        assertThat(head.get(1)).isInstanceOf(Event.HostChanged.class);
        assertThat(head.get(2)).isInstanceOf(Event.NodeChanged.class);
    }

    @Test
    void aFolderThatIsGoneHarmsNothing() throws IOException {
        Path gone = Files.createDirectory(folder.resolve("gone"));
        try (Chronicle chronicle = Chronicle.in(gone)) {
            Files.delete(gone);
            chronicle.look(view(0, Phase.READY));
            assertThat(chronicle.events()).hasSize(3);
        }
    }
}
