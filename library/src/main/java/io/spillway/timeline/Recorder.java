package io.spillway.timeline;

import io.spillway.model.Host;
import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.SiteView;
import io.spillway.timeline.Event.HostChanged;
import io.spillway.timeline.Event.JobChanged;
import io.spillway.timeline.Event.Maintenance;
import io.spillway.timeline.Event.NodeChanged;
import io.spillway.timeline.Event.Watch;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes events of successive looks at a site: what differs from what the events so far add up to. It reads no clock and
 * writes nothing. What begins and ends between two looks is not seen. Not threadsafe.
 */
public final class Recorder {
    private final Map<String, HostChanged> hosts = new TreeMap<>();
    private final Map<String, Maintenance> maintained = new TreeMap<>();
    private final Map<String, NodeChanged> nodes = new TreeMap<>();
    private final Map<String, JobChanged> jobs = new TreeMap<>();
    private Instant lastLook = Instant.MAX;

    /**
     * Takes an event of an earlier recorder, or of another's making, as known.
     *
     * @param event the event; those of a log in their order
     */
    public void know(Event event) {
        if (event instanceof HostChanged host) {
            hosts.put(host.host(), host);
        } else if (event instanceof Maintenance maintenance) {
            keep(maintained, maintenance.host(), maintenance, maintenance.state() != Maintenance.Stage.OVER);
        } else if (event instanceof NodeChanged node) {
            keep(nodes, node.node(), node, node.phase() != Phase.ABSENT);
        } else if (event instanceof JobChanged job) {
            keep(jobs, job.job(), job, job.state() != JobChanged.Doing.OVER);
        }
    }

    private static <T> void keep(Map<String, T> map, String key, T value, boolean there) {
        if (there) {
            map.put(key, value);
        } else {
            map.remove(key);
        }
    }

    /**
     * A look.
     *
     * @param view the site as it is now
     * @return what is different now, in an order that is always the same; known to this recorder from now on
     */
    public List<Event> look(SiteView view) {
        List<Event> events = new ArrayList<>();
        for (Host host : view.hosts()) {
            host(view.time(), host).ifPresent(events::add);
            maintenance(view, host).ifPresent(events::add);
        }
        Set<String> gone = new HashSet<>(nodes.keySet());
        for (Node node : view.nodes()) {
            gone.remove(node.name().value());
            node(view.time(), node).ifPresent(events::add);
        }
        gone.stream().sorted().map(name -> absent(view.time(), name)).forEach(events::add);
        Map<String, Job> seen = new HashMap<>();
        view.jobs().forEach(job -> seen.put(job.id(), job));
        for (Job job : view.jobs()) {
            job(view.time(), job).ifPresent(events::add);
        }
        jobs.values().stream()
                .filter(job -> !seen.containsKey(job.job()))
                .map(job -> lost(view.time(), job))
                .forEach(events::add);
        events.forEach(this::know);
        lastLook = view.time();
        return List.copyOf(events);
    }

    /**
     * All that is known, for the head of a new log: whoever reads that alone knows as much.
     *
     * @param time when
     * @return events that say it anew, the first that somebody watches
     */
    public List<Event> known(Instant time) {
        List<Event> events = new ArrayList<>();
        events.add(new Watch(time, Watch.Turn.GOES_ON));
        hosts.values().forEach(host -> events.add(new HostChanged(time, host.host(), host.up())));
        maintained.values().forEach(one -> events.add(new Maintenance(time, one.host(), one.state(), one.reason())));
        nodes.values()
                .forEach(node -> events.add(new NodeChanged(
                        time, node.node(), node.phase(), node.host(), Optional.empty(), node.reason())));
        jobs.values()
                .forEach(job -> events.add(new JobChanged(
                        time, job.job(), job.name(), job.user(), job.state(), job.nodes(), job.end(), job.exit())));
        return List.copyOf(events);
    }

    /** One that somebody has disabled may be up all the same; what was known before stands. */
    private Optional<Event> host(Instant time, Host host) {
        HostChanged before = hosts.get(host.name());
        boolean up = host.disabled().isPresent() ? before == null || before.up() : host.up();
        return before != null && before.up() == up
                ? Optional.empty()
                : Optional.of(new HostChanged(time, host.name(), up));
    }

    private Optional<Event> maintenance(SiteView view, Host host) {
        Maintenance before = maintained.get(host.name());
        if (host.disabled().isEmpty()) {
            return before == null
                    ? Optional.empty()
                    : Optional.of(new Maintenance(view.time(), host.name(), Maintenance.Stage.OVER, ""));
        }
        boolean used = view.nodes().stream()
                .anyMatch(node ->
                        node.phase() != Phase.CHECKPOINTED && node.host().equals(Optional.of(host.name())));
        Maintenance now = new Maintenance(
                view.time(),
                host.name(),
                used ? Maintenance.Stage.EMPTYING : Maintenance.Stage.EMPTY,
                host.disabled().get());
        boolean same = before != null
                && before.state() == now.state()
                && before.reason().equals(now.reason());
        return same ? Optional.empty() : Optional.of(now);
    }

    private Optional<Event> node(Instant time, Node node) {
        NodeChanged before = nodes.get(node.name().value());
        boolean same = before != null
                && before.phase() == node.phase()
                && before.host().equals(node.host());
        if (same || (before == null && node.phase() == Phase.ABSENT)) {
            return Optional.empty();
        }
        Optional<String> from = before == null
                ? Optional.empty()
                : before.host()
                        .filter(host ->
                                node.host().filter(now -> !now.equals(host)).isPresent());
        return Optional.of(new NodeChanged(time, node.name().value(), node.phase(), node.host(), from, node.reason()));
    }

    private static Event absent(Instant time, String node) {
        return new NodeChanged(time, node, Phase.ABSENT, Optional.empty(), Optional.empty(), "");
    }

    private Optional<Event> job(Instant time, Job job) {
        JobChanged before = jobs.get(job.id());
        JobChanged.Doing state = state(job);
        List<String> on = state == JobChanged.Doing.PENDING
                ? List.of()
                : job.nodes().stream().map(NodeName::value).toList();
        // how and when a job ended that nobody saw before is no news
        boolean old = before == null && state == JobChanged.Doing.OVER;
        boolean same = before != null
                && before.state() == state
                && (before.nodes().equals(on) || state == JobChanged.Doing.OVER);
        if (old || same) {
            return Optional.empty();
        }
        Optional<String> end = state == JobChanged.Doing.OVER
                ? Optional.of(String.join("+", job.states().stream().sorted().toList()))
                : Optional.empty();
        Optional<String> exit = end.map(over -> job.exit()).filter(code -> !code.isEmpty());
        boolean begins = before == null || before.state() == JobChanged.Doing.PENDING;
        Instant since = switch (state) {
            case RUNNING -> since(begins ? job.started() : Optional.empty(), time);
            case SUSPENDED -> since(job.suspendedAt(), time);
            default -> time;
        };
        return Optional.of(new JobChanged(since, job.id(), job.name(), job.user(), state, on, end, exit));
    }

    /** When it was so, if Slurm knows that better than we: we saw it otherwise at the look before. */
    private Instant since(Optional<Instant> known, Instant now) {
        return known.filter(time -> time.isAfter(lastLook) && time.isBefore(now))
                .orElse(now);
    }

    private static JobChanged.Doing state(Job job) {
        if (job.unsettled()) {
            return JobChanged.Doing.UNSETTLED;
        } else if (!job.onNodes()) {
            return job.states().contains("PENDING") ? JobChanged.Doing.PENDING : JobChanged.Doing.OVER;
        }
        return job.suspended() || job.states().contains("STOPPED")
                ? JobChanged.Doing.SUSPENDED
                : JobChanged.Doing.RUNNING;
    }

    private static Event lost(Instant time, JobChanged job) {
        return new JobChanged(
                time,
                job.job(),
                job.name(),
                job.user(),
                JobChanged.Doing.OVER,
                job.nodes(),
                Optional.empty(),
                Optional.empty());
    }
}
