package io.spillway.simulation;

import io.spillway.model.Hostlist;
import io.spillway.model.Job;
import io.spillway.model.NodeName;
import io.spillway.model.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A job: it has its nodes, or waits to start on them anew. */
final class Batch {
    /** What Slurm calls it. */
    enum State {
        RUNNING,
        SUSPENDED,
        COMPLETING,
        PENDING
    }

    final String id;
    final String name;

    /** So long it runs until it is done; empty for ever. */
    Optional<Duration> length;

    final String partition;

    /** On each of its nodes. */
    final int cpus;

    final Request request;

    /** Its nodes; before it first starts those that it wants, none if any one will do. */
    Hostlist nodes;

    /** Those of its nodes that it has left: set DOWN under it. */
    final Set<NodeName> left = new TreeSet<>();

    /** Whether it starts anew when it has left all its nodes. */
    boolean requeued;

    /** Whether it is not to start before somebody says so. */
    boolean held;

    State state = State.RUNNING;

    /** Whether its suspension is somebody else's. */
    boolean byOthers;

    /** Whether it is suspended with our mark. */
    boolean marked;

    /** Its nodes that have not heard that it is suspended: its processes run on there. */
    final Set<NodeName> unheard = new TreeSet<>();

    /** When its state changed last, by our clock and by Slurm's, which counts seconds. */
    long changed;

    long second;

    /** How long it has run until its state changed last. */
    long ran;

    /** When it began, the last time it did. */
    Instant started;

    /** One of which nobody knows what it asked for. */
    Batch(String id, String name, Hostlist nodes, long now, Instant started) {
        this(
                id,
                new Submission(name, Submission.ALL, Optional.of(nodes), 1, Optional.empty()),
                Request.UNKNOWN,
                now,
                started);
    }

    Batch(String id, Submission asked, Request request, long now, Instant started) {
        this.id = id;
        this.name = asked.name();
        this.partition = asked.partition();
        this.cpus = asked.cpus();
        this.nodes = asked.nodes().orElse(Hostlist.empty());
        this.length = asked.length();
        this.request = request;
        this.changed = now;
        this.started = started;
    }

    /** As Slurm tells of what it asked for. */
    private Request request() {
        return state != State.PENDING || request.priority() == 0
                ? request
                : new Request(
                        request.account(),
                        request.qos(),
                        request.priority(),
                        request.submitted(),
                        request.limit(),
                        request.nodes(),
                        request.size(),
                        request.features(),
                        request.plain(),
                        request.requeue(),
                        "Resources");
    }

    boolean on(NodeName node) {
        return state != State.PENDING && nodes.contains(node) && !left.contains(node);
    }

    /** Its CPUs are nobody else's; a suspended job's are free. */
    boolean busy() {
        return state == State.RUNNING || state == State.COMPLETING;
    }

    Duration runTime(long now) {
        return Duration.ofNanos(ran + (state == State.RUNNING ? now - changed : 0));
    }

    Job seen(long now) {
        return new Job(
                id,
                name,
                "user",
                partition,
                Set.of(state.name()),
                Hostlist.of(nodes.stream().filter(this::on).toList()),
                Duration.ofSeconds(runTime(now).toSeconds()),
                state == State.SUSPENDED ? Optional.of(Instant.ofEpochSecond(second)) : Optional.empty(),
                held && state == State.PENDING,
                state == State.PENDING ? Optional.empty() : Optional.of(started),
                "0:0",
                request());
    }
}
