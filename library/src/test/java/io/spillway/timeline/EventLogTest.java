package io.spillway.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillway.failure.FailedException;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventLogTest {
    private static final String LINE =
            "{\"time\":\"2026-11-23T10:00:00Z\",\"event\":\"node\",\"node\":\"vn01\",\"phase\":\"READY\"}\n";

    @TempDir
    Path folder;

    @Provide
    Arbitrary<List<Event>> any() {
        return Logs.any();
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void whatIsWrittenIsRead(@ForAll("any") List<Event> events) throws IOException {
        StringWriter text = new StringWriter();
        EventLog.write(events, text);
        assertThat(text.toString().lines()).hasSameSizeAs(events);
        assertThat(EventLog.read(new StringReader(text.toString()))).isEqualTo(new EventLog(events, 0));
    }

    @Test
    void whatANewerOneWroteIsPassedOverAndCounted() throws IOException {
        String log = LINE
                + "{\"time\":\"2026-11-23T10:00:01Z\",\"event\":\"eclipse\",\"of\":\"the sun\"}\n"
                + LINE.replace("READY", "DREAMING")
                + LINE.replace("}", ",\"mood\":{\"now\":[1]}}")
                + "\n"
                + "no JSON\n"
                + "[]\n"
                + "{\"time\":\"tomorrow\",\"event\":\"watch\",\"state\":\"begins\"}\n"
                + "x".repeat(100_000)
                + "\n";
        EventLog read = EventLog.read(new StringReader(log));
        assertThat(read.events()).hasSize(2);
        assertThat(read.skipped()).isEqualTo(6);
    }

    @Test
    void aLastLineThatIsStillBeingWrittenIsLetBe() throws IOException {
        EventLog read = EventLog.read(new StringReader(LINE + LINE.substring(0, 40)));
        assertThat(read.events()).hasSize(1);
        assertThat(read.skipped()).isZero();
    }

    @Test
    void aFileOfOtherBytesIsRead() throws IOException {
        Path file = folder.resolve("events");
        Files.write(file, new byte[] {(byte) 0xff, 0, '\n'});
        assertThat(EventLog.read(file)).isEqualTo(new EventLog(List.of(), 1));
        assertThatThrownBy(() -> EventLog.read(folder.resolve("none")))
                .isInstanceOf(FailedException.class)
                .hasMessageContaining("cannot be read");
    }
}
