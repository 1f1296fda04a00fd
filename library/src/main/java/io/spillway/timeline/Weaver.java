package io.spillway.timeline;

import io.spillway.model.Phase;
import io.spillway.timeline.Event.Decided;
import io.spillway.timeline.Event.HostChanged;
import io.spillway.timeline.Event.JobChanged;
import io.spillway.timeline.Event.Maintenance;
import io.spillway.timeline.Event.NodeChanged;
import io.spillway.timeline.Event.Watch;
import io.spillway.timeline.Timeline.Bar;
import io.spillway.timeline.Timeline.Group;
import io.spillway.timeline.Timeline.HostState;
import io.spillway.timeline.Timeline.JobName;
import io.spillway.timeline.Timeline.Lane;
import io.spillway.timeline.Timeline.Move;
import io.spillway.timeline.Timeline.Note;
import io.spillway.timeline.Timeline.Span;
import io.spillway.timeline.Timeline.Stay;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** From events to lanes. What is true of each thing is followed by itself; a bar is where a job's and its node's meet. */
final class Weaver {
    private static final String NOWHERE = "";

    private final List<Event> events;
    private final Map<String, List<Past<Place>>> nodes = new TreeMap<>(Names.ORDER);
    private final Map<String, List<Past<Work>>> jobs = new LinkedHashMap<>();
    private final Map<String, List<Past<Boolean>>> up = new TreeMap<>(Names.ORDER);
    private final Map<String, List<Past<Care>>> cared = new TreeMap<>(Names.ORDER);
    private final List<Move> moves = new ArrayList<>();
    private final List<Span> unwatched = new ArrayList<>();

    /** Where a node was, and what. */
    private record Place(String host, Phase phase, String reason) {}

    /** What a job did, and where. */
    private record Work(JobName job, JobChanged.Doing state, Set<String> nodes, String end) {}

    /** Whether a host was kept free, and why. */
    private record Care(boolean kept, String reason) {}

    /** Something that was true for a while; without an end it is true still. */
    private record Past<T>(T what, Instant from, Optional<Instant> to) {
        Past<T> until(Instant end) {
            return new Past<>(what, from, Optional.of(end));
        }

        Optional<Span> within(Instant begin, Instant end) {
            Instant first = from.isBefore(begin) ? begin : from;
            Instant last = to.filter(over -> over.isBefore(end)).orElse(end);
            return first.isBefore(last) ? Optional.of(new Span(first, last)) : Optional.empty();
        }
    }

    Weaver(Collection<Event> events) {
        this.events = events.stream().sorted(Comparator.comparing(Event::time)).toList();
    }

    Timeline weave(Instant from, Instant to) {
        Instant before = events.isEmpty() ? from : events.get(0).time();
        if (from.isBefore(before)) {
            unwatched.add(new Span(from, before));
        }
        for (Event event : events) {
            take(event, before);
            before = event.time();
        }
        nodes.values().forEach(Weaver::settle);
        return new Timeline(from, to, groups(from, to), moves(from, to), notes(from, to), unwatched(from, to));
    }

    private void take(Event event, Instant before) {
        Instant time = event.time();
        if (event instanceof Watch watch) {
            if (watch.state() == Watch.Turn.BEGINS && before.isBefore(time)) {
                unwatched.add(new Span(before, time));
            }
        } else if (event instanceof HostChanged host) {
            next(up, host.host(), host.up(), time);
        } else if (event instanceof Maintenance one) {
            next(cared, one.host(), new Care(one.state() != Maintenance.Stage.OVER, one.reason()), time);
        } else if (event instanceof NodeChanged node) {
            node(node);
        } else if (event instanceof JobChanged job) {
            next(jobs, job.job(), work(job), time);
        }
    }

    private static Work work(JobChanged job) {
        String end = switch (job.state()) {
            case OVER ->
                Stream.of(job.end().orElse("ended"), job.exit().orElse(""))
                        .filter(word -> !word.isEmpty())
                        .collect(Collectors.joining(" "));
            case PENDING -> "requeued";
            default -> "";
        };
        Set<String> nodes = new TreeSet<>(Names.ORDER);
        nodes.addAll(job.nodes());
        return new Work(new JobName(job.job(), job.name(), job.user()), job.state(), nodes, end);
    }

    /** What was true of it till now is true no longer, unless it is the same. */
    private static <T> void next(Map<String, List<Past<T>>> all, String name, T what, Instant time) {
        List<Past<T>> pasts = all.computeIfAbsent(name, none -> new ArrayList<>());
        if (!pasts.isEmpty()) {
            Past<T> open = pasts.get(pasts.size() - 1);
            if (open.what().equals(what)) {
                return;
            }
            pasts.set(pasts.size() - 1, open.until(time));
        }
        pasts.add(new Past<>(what, time, Optional.empty()));
    }

    private void node(NodeChanged event) {
        Optional<Place> known = last(nodes.getOrDefault(event.node(), List.of()))
                .map(Past::what)
                .filter(place -> place.phase() != Phase.ABSENT);
        String before = known.map(Place::host).orElse(event.from().orElse(NOWHERE));
        String host = event.host().orElse(before);
        if (!before.equals(NOWHERE) && !before.equals(host)) {
            moves.add(new Move(event.node(), before, host, new Span(moving(event), event.time())));
        }
        next(nodes, event.node(), new Place(host, event.phase(), event.reason()), event.time());
    }

    /** A node that was being made was on the host where it was found later. */
    private static void settle(List<Past<Place>> pasts) {
        String host = NOWHERE;
        for (int i = pasts.size() - 1; i >= 0; i--) {
            Past<Place> past = pasts.get(i);
            Place place = past.what();
            if (place.phase() == Phase.ABSENT || !place.host().equals(NOWHERE)) {
                host = place.phase() == Phase.ABSENT ? NOWHERE : place.host();
            } else {
                pasts.set(i, new Past<>(new Place(host, place.phase(), place.reason()), past.from(), past.to()));
            }
        }
    }

    /** Since when it was on its way. */
    private Instant moving(NodeChanged event) {
        List<Past<Place>> pasts = nodes.getOrDefault(event.node(), List.of());
        Instant begin = event.time();
        for (int i = pasts.size() - 1; i >= 0 && pasts.get(i).what().phase() == Phase.MOVING; i--) {
            begin = pasts.get(i).from();
        }
        return begin;
    }

    private static <T> Optional<T> last(List<T> list) {
        return list.isEmpty() ? Optional.empty() : Optional.of(list.get(list.size() - 1));
    }

    private List<Group> groups(Instant from, Instant to) {
        Map<String, Map<String, Made>> made = new TreeMap<>(Names.ORDER);
        nodes.forEach((node, pasts) -> pasts.stream()
                .filter(past -> past.what().phase() != Phase.ABSENT)
                .forEach(past -> past.within(from, to)
                        .ifPresent(span -> lane(made, past.what().host(), node)
                                .stays
                                .add(new Stay(
                                        span, past.what().phase(), past.what().reason())))));
        jobs.values().forEach(pasts -> job(pasts, from, to, made));
        up.forEach((host, pasts) -> pasts.stream()
                .filter(past -> past.from().isBefore(to))
                .forEach(past -> made.computeIfAbsent(host, none -> new TreeMap<>(Names.ORDER))));
        return made.entrySet().stream()
                .map(entry -> group(entry.getKey(), entry.getValue(), from, to))
                .toList();
    }

    private static final class Made {
        final List<Stay> stays = new ArrayList<>();
        final List<Bar> bars = new ArrayList<>();

        Lane lane(String name) {
            bars.sort(Comparator.comparing((Bar bar) -> bar.span().from())
                    .thenComparing(bar -> bar.span().to())
                    .thenComparing(bar -> bar.job().id(), Names.ORDER));
            return new Lane(name, stays, bars);
        }
    }

    private static Made lane(Map<String, Map<String, Made>> made, String host, String node) {
        return made.computeIfAbsent(host, none -> new TreeMap<>(Names.ORDER)).computeIfAbsent(node, none -> new Made());
    }

    private Group group(String host, Map<String, Made> made, Instant from, Instant to) {
        List<Lane> lanes = new ArrayList<>();
        made.forEach((node, lane) -> {
            if (!node.equals(host)) {
                lanes.add(lane.lane(node));
            }
        });
        List<HostState> states = Stream.concat(
                        up.getOrDefault(host, List.of()).stream()
                                .filter(past -> !past.what())
                                .flatMap(past -> past.within(from, to).stream())
                                .map(span -> new HostState(span, HostState.Kind.DOWN, "")),
                        cared.getOrDefault(host, List.of()).stream()
                                .filter(past -> past.what().kept())
                                .flatMap(past -> past.within(from, to).stream()
                                        .map(span -> new HostState(
                                                span,
                                                HostState.Kind.MAINTENANCE,
                                                past.what().reason()))))
                .sorted(Comparator.comparing(state -> state.span().from()))
                .toList();
        return new Group(host, made.getOrDefault(host, new Made()).lane(host), lanes, states);
    }

    private void job(List<Past<Work>> pasts, Instant from, Instant to, Map<String, Map<String, Made>> made) {
        for (int i = 0; i < pasts.size(); i++) {
            Past<Work> past = pasts.get(i);
            Optional<String> end = Optional.of(i + 1)
                    .filter(next -> next < pasts.size())
                    .map(next -> pasts.get(next).what().end())
                    .filter(word -> !word.isEmpty());
            for (String node : past.what().nodes()) {
                for (Piece piece : pieces(past, node, from, to)) {
                    boolean last = past.to().filter(piece.span().to()::equals).isPresent();
                    lane(made, piece.host(), node)
                            .bars
                            .add(new Bar(
                                    past.what().job(), piece.span(), piece.state(), last ? end : Optional.empty()));
                }
            }
        }
    }

    /** What a job did on one node while that was on one host. */
    private record Piece(Span span, Bar.State state, String host) {}

    private List<Piece> pieces(Past<Work> past, String node, Instant from, Instant to) {
        Optional<Span> whole = past.within(from, to);
        JobChanged.Doing doing = past.what().state();
        if (whole.isEmpty() || doing == JobChanged.Doing.PENDING || doing == JobChanged.Doing.OVER) {
            return List.of();
        }
        List<Piece> pieces = new ArrayList<>();
        for (Past<Place> station : stations(node)) {
            station.within(whole.get().from(), whole.get().to())
                    .ifPresent(span -> add(
                            new Piece(
                                    span,
                                    state(doing, station.what().phase()),
                                    station.what().host()),
                            pieces));
        }
        return pieces;
    }

    /** Pieces that differ in nothing are one. */
    private static void add(Piece piece, List<Piece> pieces) {
        Optional<Piece> before = last(pieces)
                .filter(one -> one.state() == piece.state() && one.host().equals(piece.host()));
        before.ifPresent(one -> pieces.remove(pieces.size() - 1));
        Instant begin = before.map(one -> one.span().from()).orElse(piece.span().from());
        pieces.add(new Piece(new Span(begin, piece.span().to()), piece.state(), piece.host()));
    }

    /** Where a node was at all times: a virtual one where it was seen, a physical one at itself. */
    private List<Past<Place>> stations(String node) {
        List<Past<Place>> seen = nodes.getOrDefault(node, List.of());
        if (seen.isEmpty()) {
            return List.of(new Past<>(new Place(node, Phase.READY, ""), Instant.MIN, Optional.empty()));
        }
        List<Past<Place>> stations = new ArrayList<>();
        stations.add(new Past<>(
                new Place(seen.get(0).what().host(), Phase.READY, ""),
                Instant.MIN,
                Optional.of(seen.get(0).from())));
        stations.addAll(seen);
        return stations;
    }

    private static Bar.State state(JobChanged.Doing doing, Phase phase) {
        return switch (doing) {
            case RUNNING -> Bar.State.RUNNING;
            case SUSPENDED -> phase == Phase.CHECKPOINTED ? Bar.State.AWAY : Bar.State.HELD;
            default -> Bar.State.UNSETTLED;
        };
    }

    private List<Move> moves(Instant from, Instant to) {
        return moves.stream()
                .filter(move ->
                        move.span().to().isAfter(from) && move.span().from().isBefore(to))
                .filter(move -> !move.span().to().isAfter(to))
                .map(move -> move.span().from().isBefore(from)
                        ? new Move(
                                move.node(),
                                move.from(),
                                move.to(),
                                new Span(from, move.span().to()))
                        : move)
                .sorted(Comparator.comparing((Move move) -> move.span().to()).thenComparing(Move::node, Names.ORDER))
                .toList();
    }

    private List<Span> unwatched(Instant from, Instant to) {
        return unwatched.stream()
                .flatMap(span -> new Past<>("", span.from(), Optional.of(span.to())).within(from, to).stream())
                .toList();
    }

    private record Decision(Instant time, String what, String where, String why) {
        static Decision of(Decided one) {
            String from = one.from().map(host -> "from " + host).orElse("");
            String to = one.to().map(host -> "to " + host).orElse("");
            String who = one.by() + one.rule().map(rule -> ", rule " + rule).orElse("");
            return new Decision(
                    one.time(),
                    one.what(),
                    one.node().isEmpty() ? "" : (from + " " + to).strip(),
                    one.reason().isEmpty() ? who : one.reason() + " (" + who + ")");
        }

        String words(Set<String> about) {
            return Stream.of(what, Names.list(about), where)
                    .filter(word -> !word.isEmpty())
                    .collect(Collectors.joining(" "));
        }
    }

    private List<Note> notes(Instant from, Instant to) {
        Map<Decision, Set<String>> about = new LinkedHashMap<>();
        for (Event event : events) {
            if (event instanceof Decided one
                    && !one.time().isBefore(from)
                    && !one.time().isAfter(to)) {
                Set<String> names = about.computeIfAbsent(Decision.of(one), none -> new TreeSet<>(Names.ORDER));
                one.node().or(one::from).or(one::to).ifPresent(names::add);
            }
        }
        List<Note> notes = new ArrayList<>();
        about.forEach((decision, names) -> notes.add(new Note(
                notes.size() + 1, decision.time(), List.copyOf(names), decision.words(names), decision.why())));
        return notes;
    }
}
