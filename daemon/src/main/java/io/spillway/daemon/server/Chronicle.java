package io.spillway.daemon.server;

import io.spillway.failure.SpillwayException;
import io.spillway.model.SiteView;
import io.spillway.timeline.Event;
import io.spillway.timeline.Event.Watch;
import io.spillway.timeline.EventLog;
import io.spillway.timeline.Recorder;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happened at the site, for the timeline: in memory and in the state folder, in a file and the one before it. A file
 * that is full makes room for a new one, which begins with all that is true then. A disk that is full or gone is told
 * once and harms nothing else. This class is threadsafe.
 */
final class Chronicle implements AutoCloseable {
    /** Of each file: some 50,000 events. */
    static final long LARGEST = 8L * 1024 * 1024;

    /** So that a log in which nothing happens does not look as if nobody had watched. */
    private static final Duration QUIET = Duration.ofMinutes(10);

    private static final Logger LOG = LoggerFactory.getLogger(Chronicle.class);

    private final Path file;
    private final Path before;
    private final long largest;
    private final Recorder recorder = new Recorder();
    private List<Event> older;
    private List<Event> newer;
    private long size;
    private long count;
    private boolean watching;
    private boolean writable = true;

    private Chronicle(Path folder, long largest) {
        this.file = folder.resolve("events.jsonl");
        this.before = folder.resolve("events.1.jsonl");
        this.largest = largest;
        this.older = read(before);
        this.newer = read(file);
        this.size = Files.isReadable(file) ? file.toFile().length() : 0;
        older.forEach(recorder::know);
        newer.forEach(recorder::know);
    }

    /** The chronicle in that folder, which exists. */
    static Chronicle in(Path folder) {
        return in(folder, LARGEST);
    }

    static Chronicle in(Path folder, long largest) {
        return new Chronicle(folder, largest);
    }

    private static List<Event> read(Path log) {
        if (!Files.exists(log)) {
            return new ArrayList<>();
        }
        try {
            EventLog read = EventLog.read(log);
            if (read.skipped() > 0) {
                LOG.warn("{}: {} lines are not understood and passed over", log, read.skipped());
            }
            mend(log);
            return new ArrayList<>(read.events());
        } catch (SpillwayException | IOException unreadable) {
            LOG.warn("the timeline begins anew: {}", unreadable.getMessage());
            return new ArrayList<>();
        }
    }

    /** What a crash cut off must not swallow the next line. */
    private static void mend(Path log) throws IOException {
        try (var channel = Files.newByteChannel(log, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long size = channel.size();
            var last = ByteBuffer.allocate(1);
            if (size > 0 && channel.position(size - 1).read(last) == 1 && last.get(0) != '\n') {
                channel.position(size).write(ByteBuffer.wrap(new byte[] {'\n'}));
            }
        }
    }

    /** A look at the site, which all parts answered. */
    synchronized void look(SiteView view) {
        List<Event> events = new ArrayList<>();
        if (!watching) {
            events.add(new Watch(view.time(), Watch.Turn.BEGINS));
            watching = true;
        }
        events.addAll(recorder.look(view));
        if (events.isEmpty() && last().plus(QUIET).isBefore(view.time())) {
            events.add(new Watch(view.time(), Watch.Turn.GOES_ON));
        }
        add(events);
    }

    private Instant last() {
        List<Event> there = newer.isEmpty() ? older : newer;
        return there.isEmpty() ? Instant.MIN : there.get(there.size() - 1).time();
    }

    /** A part gave no answer: what happens from now on is not seen. */
    synchronized void blind(Instant time) {
        if (watching) {
            watching = false;
            add(List.of(new Watch(time, Watch.Turn.ENDS)));
        }
    }

    /** Something that no look tells, such as a decision. */
    synchronized void note(List<? extends Event> events) {
        events.forEach(recorder::know);
        add(List.copyOf(events));
    }

    private void add(List<Event> events) {
        if (events.isEmpty()) {
            return;
        }
        newer.addAll(events);
        count += events.size();
        write(() -> append(events));
        if (size > largest) {
            older = newer;
            newer = new ArrayList<>(recorder.known(last()));
            size = 0;
            write(() -> {
                Files.move(file, before, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                append(newer);
            });
        }
    }

    private interface Writing {
        void write() throws IOException;
    }

    private void write(Writing writing) {
        try {
            writing.write();
            writable = true;
        } catch (IOException full) {
            if (writable) {
                LOG.warn("the timeline's log cannot be written, it goes on in memory only: {}", full.toString());
            }
            writable = false;
        }
    }

    private void append(List<Event> events) throws IOException {
        StringWriter lines = new StringWriter();
        EventLog.write(events, lines);
        size += lines.getBuffer().length();
        Files.writeString(file, lines.toString(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** How many events were added since the start: as long as it is the same, so is what is kept. */
    synchronized long count() {
        return count;
    }

    /** All that is kept, in its order. */
    synchronized List<Event> events() {
        List<Event> all = new ArrayList<>(older);
        all.addAll(newer);
        return all;
    }

    @Override
    public synchronized void close() {
        blind(last());
    }
}
