package io.spillway.simulation;

import io.spillway.Spillway;
import io.spillway.model.SiteView;
import io.spillway.timeline.Event;
import io.spillway.timeline.Recorder;
import io.spillway.timeline.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Looks at a site each second of its time while something is done there, and remembers what was different. As threadsafe as the {@link VirtualTime}. */
public final class Watch {
    private static final Duration OFTEN = Duration.ofSeconds(1);
    private static final Duration SELDOM = Duration.ofSeconds(30);

    /** So long something may still follow from what was done. */
    private static final Duration AFTER = Duration.ofMinutes(2);

    private final VirtualTime time;
    private final Supplier<SiteView> site;
    private final Recorder recorder = new Recorder();
    private final List<Event> events = new ArrayList<>();
    private long oftenUntil;
    private long number;

    Watch(VirtualTime time, Spillway site) {
        this.time = time;
        this.site = site::view;
        look();
    }

    private void look() {
        events.addAll(recorder.look(site.get()));
        lookAfter(time.nanos() > oftenUntil ? SELDOM : OFTEN);
    }

    private void lookAfter(Duration some) {
        long mine = ++number;
        time.after(some, () -> {
            if (mine == number) {
                look();
            }
        });
    }

    /** Something was done. */
    void wake() {
        boolean seldom = time.nanos() > oftenUntil;
        oftenUntil = time.nanos() + AFTER.toNanos();
        if (seldom) {
            lookAfter(OFTEN);
        }
    }

    /**
     * The site as it is now; looking costs it no time.
     *
     * @return nodes, hosts and jobs
     */
    public SiteView view() {
        return site.get();
    }

    /**
     * Adds what no look tells, such as a decision.
     *
     * @param event the event
     */
    public void note(Event event) {
        events.add(event);
    }

    /**
     * What happened since it began to watch.
     *
     * @return hosts, nodes and jobs until now
     */
    public Timeline timeline() {
        return Timeline.of(events, Simulation.EPOCH, time.now().plusSeconds(1));
    }
}
