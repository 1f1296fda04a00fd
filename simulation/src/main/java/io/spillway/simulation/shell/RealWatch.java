package io.spillway.simulation.shell;

import io.spillway.failure.SpillwayException;
import io.spillway.model.SiteView;
import io.spillway.timeline.Event;
import io.spillway.timeline.Recorder;
import io.spillway.timeline.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Looks at a real site now and then while a shell is connected to it, and remembers what was different. While the site gives
 * no answer nobody watched. Threadsafe.
 */
final class RealWatch implements AutoCloseable {
    private final Supplier<SiteView> site;
    private final Recorder recorder = new Recorder();
    private final List<Event> events = new ArrayList<>();
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "watch");
        thread.setDaemon(true);
        return thread;
    });
    private Instant first = Instant.MAX;
    private Instant last = Instant.MIN;
    private boolean blind = true;

    /** Begins to look; not at once. */
    RealWatch(Supplier<SiteView> site, Duration interval) {
        this.site = site;
        var unused = looks.scheduleWithFixedDelay(
                this::look, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A look; what the site does not tell is not known. */
    synchronized void look() {
        SiteView view;
        try {
            view = site.get();
        } catch (SpillwayException silent) {
            if (!blind) {
                events.add(new Event.Watch(last, Event.Watch.Turn.ENDS));
                blind = true;
            }
            return;
        }
        last = view.time();
        first = first.isBefore(last) ? first : last;
        if (blind) {
            events.add(new Event.Watch(last, Event.Watch.Turn.BEGINS));
            blind = false;
        }
        events.addAll(recorder.look(view));
    }

    /** What happened since the first look. */
    synchronized Timeline timeline() {
        look();
        if (first.equals(Instant.MAX)) {
            return Timeline.of(events);
        }
        return Timeline.of(events, first, last.plusSeconds(1));
    }

    @Override
    public void close() {
        looks.shutdownNow();
    }
}
