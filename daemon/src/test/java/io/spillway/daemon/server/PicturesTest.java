package io.spillway.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.timeline.Event;
import io.spillway.timeline.Event.HostChanged;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.eclipse.jetty.util.Fields;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A picture is drawn anew when it would be another one. */
class PicturesTest {
    private static final Instant BEGIN = Instant.parse("2026-11-23T10:00:00Z");

    @TempDir
    Path folder;

    private Chronicle chronicle;
    private Pictures pictures;
    private Instant now = BEGIN.plusSeconds(600);

    @BeforeEach
    void aHostThatIsUp() {
        chronicle = Chronicle.in(folder);
        pictures = new Pictures(chronicle, () -> now);
        chronicle.note(List.<Event>of(new HostChanged(BEGIN, "cn01", true)));
    }

    private String drawn(String width) {
        Fields asked = new Fields();
        asked.put("since", "1h");
        asked.put("width", width);
        return pictures.svg("site", asked);
    }

    @Test
    void whatWouldBeTheSameIsDrawnOnce() {
        String first = drawn("600");
        now = now.plusSeconds(5);
        assertThat(drawn("600")).isSameAs(first);
        assertThat(drawn("700")).isNotEqualTo(first);
        assertThat(drawn("600")).isSameAs(first);
    }

    @Test
    void timeThatCanBeSeenIsDrawn() {
        String first = drawn("600");
        now = now.plusSeconds(6);
        assertThat(drawn("600")).isNotSameAs(first);
    }

    @Test
    void whatHappenedIsDrawnAtOnce() {
        String first = drawn("600");
        chronicle.note(List.<Event>of(new HostChanged(now.minusSeconds(1), "cn02", true)));
        assertThat(drawn("600")).isNotEqualTo(first).contains("cn02");
    }

    @Test
    void onlyAFewAreKept() {
        String first = drawn("600");
        for (int width = 700; width < 708; width++) {
            assertThat(drawn(Integer.toString(width))).isNotEmpty();
        }
        assertThat(drawn("600")).isEqualTo(first).isNotSameAs(first);
    }
}
