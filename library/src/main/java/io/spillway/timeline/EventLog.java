package io.spillway.timeline;

import io.spillway.failure.FailedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Events as they were read from a log: a file of JSON, one event a line, that is only ever added to.
 *
 * @param events those that were understood, in their order
 * @param skipped how many lines were not: of a newer Spillway, or broken. A last line without its end is not counted,
 *     it is still being written
 */
public record EventLog(List<Event> events, int skipped) {
    /** A line longer than this is none of ours. */
    private static final int LONGEST = 64 * 1024;

    public EventLog {
        events = List.copyOf(events);
    }

    /**
     * The events of that file.
     *
     * @param file the log
     * @return what it says
     * @throws FailedException if it cannot be read
     */
    public static EventLog read(Path file) {
        var utf8 = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
        try (Reader text = new BufferedReader(new InputStreamReader(Files.newInputStream(file), utf8))) {
            return read(text);
        } catch (IOException unreadable) {
            throw new FailedException(
                    file.toString(), "the event log %s cannot be read: %s".formatted(file, unreadable), unreadable);
        }
    }

    /**
     * The events of that text.
     *
     * @param text lines of JSON; not closed
     * @return what they say
     * @throws IOException if it cannot be read
     */
    public static EventLog read(Reader text) throws IOException {
        List<Event> events = new ArrayList<>();
        int skipped = 0;
        StringBuilder line = new StringBuilder();
        for (int c = text.read(); c >= 0; c = text.read()) {
            if (c != '\n') {
                if (line.length() <= LONGEST) {
                    line.append((char) c);
                }
                continue;
            }
            String whole = line.toString();
            line.setLength(0);
            if (!whole.isBlank()) {
                Optional<Event> event = whole.length() > LONGEST ? Optional.empty() : EventJson.event(whole);
                event.ifPresent(events::add);
                skipped += event.isPresent() ? 0 : 1;
            }
        }
        return new EventLog(events, skipped);
    }

    /**
     * Adds events.
     *
     * @param events the events, in their order
     * @param to the log's end
     * @throws IOException if they cannot be written
     */
    public static void write(List<Event> events, Writer to) throws IOException {
        StringBuilder lines = new StringBuilder();
        events.forEach(event -> lines.append(EventJson.line(event)).append('\n'));
        to.write(lines.toString());
        to.flush();
    }
}
