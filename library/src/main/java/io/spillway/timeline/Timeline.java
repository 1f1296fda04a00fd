package io.spillway.timeline;

import io.spillway.failure.BadInputException;
import io.spillway.model.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What happened in a span of time, as lanes and bars. Where a node was when nobody could tell is drawn where it was seen
 * last.
 *
 * @param from its begin
 * @param to its end
 * @param groups the hosts, in natural order; last, with an empty name, the place of nodes that no host is known of
 * @param moves nodes that went from host to host, in the order of their ends
 * @param notes decisions, in the order of time, those for several nodes at once as one
 * @param unwatched times at which nobody watched, in order
 */
public record Timeline(
        Instant from, Instant to, List<Group> groups, List<Move> moves, List<Note> notes, List<Span> unwatched) {
    public Timeline {
        groups = List.copyOf(groups);
        moves = List.copyOf(moves);
        notes = List.copyOf(notes);
        unwatched = List.copyOf(unwatched);
    }

    /**
     * What these events tell of that span.
     *
     * @param events events in any order, those before the span as well: they tell what was at its begin
     * @param from its begin
     * @param to its end
     * @return the timeline
     * @throws BadInputException if the span does not end after its begin
     */
    public static Timeline of(Collection<Event> events, Instant from, Instant to) {
        if (!from.isBefore(to)) {
            throw new BadInputException(
                    null, "a timeline ends after it begins; %s is not before %s".formatted(from, to));
        }
        return new Weaver(events).weave(from, to);
    }

    /**
     * What these events tell, from the first to the last.
     *
     * @param events events in any order
     * @return the timeline; of no events an empty one
     */
    public static Timeline of(Collection<Event> events) {
        Instant first = events.stream().map(Event::time).min(Instant::compareTo).orElse(Instant.EPOCH);
        Instant last = events.stream().map(Event::time).max(Instant::compareTo).orElse(Instant.EPOCH);
        return of(events, first, first.isBefore(last) ? last : first.plusSeconds(1));
    }

    /**
     * A span of time.
     *
     * @param from its begin
     * @param to its end, not before that
     */
    public record Span(Instant from, Instant to) {
        /**
         * How long it is.
         *
         * @return its length, never negative
         */
        public Duration length() {
            return Duration.between(from, to);
        }
    }

    /**
     * A host, or a physical node that is none.
     *
     * @param host its name; empty for the place of nodes that no host is known of
     * @param own its lane for jobs on itself, as a physical node
     * @param nodes a lane for each virtual node that was on it, in natural order
     * @param states when it was down or kept free
     */
    public record Group(String host, Lane own, List<Lane> nodes, List<HostState> states) {
        public Group {
            nodes = List.copyOf(nodes);
            states = List.copyOf(states);
        }
    }

    /**
     * A time in which a host was not as usual.
     *
     * @param span when
     * @param kind how
     * @param reason why; may be empty
     */
    public record HostState(Span span, Kind kind, String reason) {
        /** How a host can be. */
        public enum Kind {
            /** Its compute service was down. */
            DOWN,
            /** It was emptied, or kept empty, for maintenance. */
            MAINTENANCE
        }
    }

    /**
     * A node on one host, or a host as a physical node.
     *
     * @param name the node's name
     * @param stays when a virtual node was there, in order
     * @param bars the jobs on it, in the order of their begins
     */
    public record Lane(String name, List<Stay> stays, List<Bar> bars) {
        public Lane {
            stays = List.copyOf(stays);
            bars = List.copyOf(bars);
        }
    }

    /**
     * A time in which a virtual node was on a host in one phase.
     *
     * @param span when
     * @param phase the phase
     * @param reason why; may be empty
     */
    public record Stay(Span span, Phase phase, String reason) {}

    /**
     * A time in which a job did one thing on one node.
     *
     * @param job whose
     * @param span when
     * @param state what it did
     * @param end how the job ended, at the bar with which it did, such as {@code COMPLETED 0:0}
     */
    public record Bar(JobName job, Span span, State state, Optional<String> end) {
        /** What a job does on a node. */
        public enum State {
            /** Its processes run. */
            RUNNING,
            /** It is suspended, its memory is in the host's RAM. */
            HELD,
            /** It is suspended, its memory is on the host's disk. */
            AWAY,
            /** It starts, ends or changes its size. */
            UNSETTLED
        }
    }

    /**
     * A job's names.
     *
     * @param id as users know it, such as {@code 12_3}
     * @param name what its user called it
     * @param user whose it is
     */
    public record JobName(String id, String name, String user) {}

    /**
     * A node's way from host to host.
     *
     * @param node its name
     * @param from where it was
     * @param to where it went
     * @param span from its begin, where that was seen, to when it was seen on the other host
     */
    public record Move(String node, String from, String to, Span span) {}

    /**
     * A decision.
     *
     * @param number its number in the picture, from 1
     * @param time when it was taken
     * @param about the nodes it is for, else the hosts, in natural order; may be empty
     * @param what what was decided, such as {@code migrate vn[01-03] to cn02}
     * @param why the reason, who took it and by which rule
     */
    public record Note(int number, Instant time, List<String> about, String what, String why) {
        public Note {
            about = List.copyOf(about);
        }
    }
}
