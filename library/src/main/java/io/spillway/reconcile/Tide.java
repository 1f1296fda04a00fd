package io.spillway.reconcile;

import static java.util.stream.Collectors.toCollection;

import io.spillway.cloud.Cloud;
import io.spillway.cloud.Presence;
import io.spillway.cloud.Server;
import io.spillway.cloud.ServerStatus;
import io.spillway.failure.DeadlineException;
import io.spillway.failure.SpillwayException;
import io.spillway.model.Hostlist;
import io.spillway.model.NodeName;
import io.spillway.slurm.SlurmSite;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Physical nodes that are hypervisors, too: a job comes to one, and the virtual nodes on it stand still at once, with
 * their jobs suspended. Slurm waits at its gate meanwhile, and the gate does in Slurm what this asks it to, for it stands
 * beside slurmctld; so neither side waits for Salt. What is begun here stands in the servers' metadata before the first
 * job is suspended ({@link Pause}); from then on the lifecycle owns it, whatever becomes of the gate or of this.
 * {@link #ebb} ends it when no job has the host any more. This class is threadsafe.
 */
public final class Tide {
    private static final Logger LOG = LoggerFactory.getLogger(Tide.class);
    private static final Duration POLL = Duration.ofMillis(30);

    /** So long after the gate's own patience a node stays its alone: its last word may be under way. */
    private static final Duration SPARE = Duration.ofSeconds(1);

    private static final int MOST_LOOKS = 64;

    private final Reconciler reconciler;
    private final Cloud cloud;
    private final Supplier<List<Server>> known;

    /** By the controller's clock, when a job came last to each host. */
    private final Map<String, Instant> latest = new HashMap<>();

    /** Looks at the cloud that began when a gate first spoke, by its job. */
    private final Map<String, CompletableFuture<List<Server>>> looks = new ConcurrentHashMap<>();

    private final Executor threads;

    /**
     * The tide of a site.
     *
     * @param reconciler whose steps on a node wait while a gate is at work on it
     * @param known the servers as they were last seen, to begin with
     */
    Tide(Reconciler reconciler, Supplier<List<Server>> known) {
        this(reconciler, known, Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "tide");
            thread.setDaemon(true);
            return thread;
        }));
    }

    Tide(Reconciler reconciler, Supplier<List<Server>> known, Executor threads) {
        this.threads = threads;
        this.reconciler = reconciler;
        this.cloud = reconciler.ports.cloud();
        this.known = known;
    }

    /**
     * What a gate says, again and again until the answer is {@link Answer#clear}.
     *
     * @param job the job that is to start
     * @param hosts the hosts that it has
     * @param time the controller's clock, after the job got its hosts
     * @param patience how long the gate waits for an answer
     * @param asked the virtual nodes that the gate was asked to close; empty at first
     * @param closed those of them that Slurm knows, closed to new jobs by now
     * @param jobs the jobs on these that are not suspended, seen after that
     */
    public record Call(
            String job,
            Collection<String> hosts,
            Instant time,
            Duration patience,
            Hostlist asked,
            Hostlist closed,
            Map<String, JobOn> jobs) {
        public Call {
            hosts = List.copyOf(hosts);
            jobs = Map.copyOf(jobs);
        }
    }

    /**
     * A job that is on virtual nodes.
     *
     * @param running whether it runs; else it just starts or ends
     * @param nodes its nodes
     */
    public record JobOn(boolean running, Hostlist nodes) {}

    /**
     * What the gate is to do.
     *
     * @param clear whether the hosts are free: nothing else is to be done
     * @param close the virtual nodes to close to new jobs, if they are open, and to tell the jobs of
     * @param suspend the jobs to suspend; they are written down
     * @param words one line for the log
     */
    public record Answer(boolean clear, Hostlist close, SortedSet<String> suspend, String words) {}

    private static final Hostlist NONE = Hostlist.of(List.of());

    /** The virtual nodes on some hosts, told apart. */
    private record There(SortedMap<NodeName, Server> standing, List<String> left) {
        Hostlist names() {
            return Hostlist.of(standing.keySet());
        }

        String words() {
            return left.isEmpty() ? "" : "; left alone: " + String.join(", ", left);
        }
    }

    /**
     * A job comes: brings the virtual nodes on its hosts to a stand, as far as this call allows.
     *
     * @param call what the gate says
     * @return what it is to do next
     * @throws DeadlineException if they do not stand still within the gate's patience
     */
    public Answer come(Call call) {
        synchronized (latest) {
            call.hosts()
                    .forEach(host -> latest.merge(host, call.time(), (one, other) -> one.isAfter(other) ? one : other));
        }
        long deadline = reconciler.pace.nanos() + call.patience().toNanos();
        if (call.asked().isEmpty()) {
            return begin(call, deadline);
        }
        reserve(call.asked(), deadline);
        if (awaitSteps(call, deadline)) {
            looks.remove(call.job()); // it began before that step had ended
        }
        There there = there(call, look(call, deadline));
        Hostlist unasked = Hostlist.of(there.standing().keySet().stream()
                .filter(node -> !call.asked().contains(node))
                .toList());
        if (!unasked.isEmpty()) {
            return close(there.names(), deadline);
        }
        there = joined(there, call);
        write(there, call);
        SortedSet<String> running = jobs(call, there, true);
        if (!running.isEmpty()) {
            return new Answer(false, there.names(), running, "to suspend " + Situation.named(running));
        }
        SortedSet<String> unsettled = jobs(call, there, false);
        if (!unsettled.isEmpty()) {
            return new Answer(
                    false, there.names(), new TreeSet<>(), Situation.named(unsettled) + " just starts or ends");
        }
        pause(there, deadline);
        release(call);
        String words = there.standing().isEmpty() ? "nothing runs there" : there.names() + " stand still";
        LOG.info("tide: job {} has {}: {}{}", call.job(), String.join(",", call.hosts()), words, there.words());
        return new Answer(true, NONE, new TreeSet<>(), words + there.words());
    }

    /** What was last seen is enough to begin with; a newer look is under way while the gate closes the nodes. */
    private Answer begin(Call call, long deadline) {
        var look = CompletableFuture.supplyAsync(cloud::servers, threads);
        if (looks.size() >= MOST_LOOKS) {
            looks.clear(); // of gates that never spoke again
        }
        looks.put(call.job(), look);
        There there = there(call, known.get());
        if (there.standing().isEmpty()) {
            there = there(call, look(call, deadline));
        }
        if (there.standing().isEmpty()) {
            return new Answer(true, NONE, new TreeSet<>(), "nothing runs there" + there.words());
        }
        return close(there.names(), deadline);
    }

    private Answer close(Hostlist nodes, long deadline) {
        reserve(nodes, deadline);
        return new Answer(false, nodes, new TreeSet<>(), "to close " + nodes);
    }

    private void reserve(Hostlist nodes, long deadline) {
        reconciler.permits.reserve(nodes.names(), deadline + SPARE.toNanos());
    }

    private void release(Call call) {
        looks.remove(call.job());
        reconciler.permits.reserve(call.asked().names(), reconciler.pace.nanos());
    }

    private List<Server> look(Call call, long deadline) {
        CompletableFuture<List<Server>> look = looks.remove(call.job());
        if (look == null) {
            return cloud.servers();
        }
        try {
            return look.get(Math.max(1, deadline - reconciler.pace.nanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            throw late(call, "Nova has not said in time which servers are there");
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw late(call, "stopped");
        } catch (java.util.concurrent.ExecutionException failed) {
            throw failed.getCause() instanceof SpillwayException why ? why : new CompletionException(failed);
        }
    }

    private static DeadlineException late(Call call, String why) {
        return new DeadlineException(call.job(), "job %s: %s".formatted(call.job(), why));
    }

    private static There there(Call call, List<Server> servers) {
        SortedMap<NodeName, Server> standing = new TreeMap<>();
        List<String> left = new ArrayList<>();
        for (Server server : servers) {
            Marks marks = Marks.of(server.metadata());
            boolean here = server.host().filter(call.hosts()::contains).isPresent();
            boolean onDisk =
                    server.status() == ServerStatus.SUSPENDED && server.task().isEmpty();
            if (marks.node().isEmpty() || !here || onDisk) {
                continue;
            }
            NodeName node = marks.node().get();
            Optional<String> why = untouchable(server)
                    .or(() ->
                            standing.containsKey(node) ? Optional.of("there are two servers of it") : Optional.empty());
            why.ifPresentOrElse(words -> left.add("%s (%s)".formatted(node, words)), () -> standing.put(node, server));
        }
        return new There(standing, left);
    }

    private static Optional<String> untouchable(Server server) {
        if (server.presence() != Presence.THERE) {
            return Optional.of("its host does not say how it is");
        }
        return Intent.of(server).map(Intent::words).or(() -> switch (server.status()) {
            case ACTIVE, PAUSED, SUSPENDED, MIGRATING -> Optional.empty();
            case BUILD, SHUTOFF, ERROR, UNKNOWN, OTHER -> Optional.of("its server is " + server.status());
        });
    }

    /** A node that Slurm does not know has not joined yet: no job is on it, and its states are being applied. */
    private static There joined(There there, Call call) {
        SortedMap<NodeName, Server> standing = new TreeMap<>(there.standing());
        List<String> left = new ArrayList<>(there.left());
        standing.keySet().removeIf(node -> {
            boolean strange = !call.closed().contains(node);
            if (strange) {
                left.add(node + " (not in Slurm yet)");
            }
            return strange;
        });
        return new There(standing, left);
    }

    private static SortedSet<String> jobs(Call call, There there, boolean running) {
        return call.jobs().entrySet().stream()
                .filter(job -> job.getValue().running() == running)
                .filter(job -> job.getValue().nodes().stream().anyMatch(there.standing()::containsKey))
                .map(Map.Entry::getKey)
                .collect(toCollection(TreeSet::new));
    }

    /**
     * Whether a step was under way on one of the nodes; it is over now. One that Slurm does not know is not waited for: its
     * states are applied, which takes a minute.
     */
    private boolean awaitSteps(Call call, long deadline) {
        boolean waited = false;
        while (reconciler.permits.underWay(call.closed().names())) {
            waited = true;
            rest(call, deadline, "a step on %s is under way".formatted(call.closed()));
        }
        return waited;
    }

    private void rest(Call call, long deadline, String what) {
        if (reconciler.pace.nanos() - deadline > 0) {
            throw late(call, what);
        }
        try {
            reconciler.pace.sleep(POLL);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw late(call, "stopped");
        }
    }

    /** That they are to stand still, and whose suspension it will be: before anything else is done to them. */
    private void write(There there, Call call) {
        Map<NodeName, Runnable> writes = new HashMap<>();
        there.standing().forEach((node, server) -> {
            Marks marks = Marks.of(server.metadata());
            SortedMap<String, Optional<Instant>> jobs =
                    new TreeMap<>(marks.held().jobs());
            call.jobs().forEach((id, job) -> {
                if (job.running() && job.nodes().contains(node)) {
                    jobs.put(id, Optional.empty());
                }
            });
            Held held = new Held(jobs);
            // a second later, so that a look of the same second does not count as newer
            Pause pause = new Pause(
                    server.host().orElseThrow(),
                    Instant.ofEpochSecond(call.time().getEpochSecond() + 1));
            boolean stands =
                    marks.pause().equals(Optional.of(pause)) && marks.held().equals(held);
            if (!stands) {
                writes.put(node, () -> cloud.setMetadata(server.id(), Marks.writing(pause, held)));
            }
        });
        sideBySide(writes.values());
    }

    private void pause(There there, long deadline) {
        Map<NodeName, Runnable> pauses = new HashMap<>();
        there.standing().forEach((node, server) -> pauses.put(node, () -> pause(node, server, deadline)));
        sideBySide(pauses.values());
    }

    private void pause(NodeName node, Server server, long deadline) {
        Server now = server;
        boolean asked = false;
        while (!now.asleep() || now.busy()) {
            if (!asked && !now.busy()) {
                cloud.pause(server.id());
                asked = true;
            }
            if (reconciler.pace.nanos() - deadline > 0) {
                throw new DeadlineException(
                        node.value(),
                        "%s does not stand still in time: its server is %s%s"
                                .formatted(
                                        node,
                                        now.status(),
                                        now.task()
                                                .map(task -> " (" + task + ")")
                                                .orElse("")));
            }
            try {
                reconciler.pace.sleep(POLL);
            } catch (InterruptedException interrupt) {
                Thread.currentThread().interrupt();
                throw new DeadlineException(node.value(), "stopped before %s stood still".formatted(node));
            }
            now = cloud.server(server.id());
            if (!now.host().equals(server.host())) {
                return; // it has left on its own way
            }
        }
    }

    /** All of them, each in a thread of its own; the first failure is told when all have ended. */
    private void sideBySide(Collection<Runnable> work) {
        if (work.size() == 1) {
            work.forEach(Runnable::run);
            return;
        }
        List<CompletableFuture<Void>> all = work.stream()
                .map(one -> CompletableFuture.runAsync(one, threads))
                .toList();
        try {
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof SpillwayException why ? why : failed;
        }
    }

    /**
     * Lets the virtual nodes go on whose host no job has any more; what they should be brings them back.
     *
     * @param site all of Slurm
     * @param servers all servers, seen after that
     * @return whether one is let go
     */
    boolean ebb(SlurmSite site, List<Server> servers) {
        boolean any = false;
        for (Server server : servers) {
            Optional<Pause> pause = Marks.of(server.metadata()).pause();
            if (pause.isPresent() && server.writable() && Intent.of(server).isEmpty()) {
                // a gate that speaks now is heard before or after, so that its word is not removed
                synchronized (latest) {
                    any |= over(server, pause.get(), site) && letGo(server, pause.get());
                }
            }
        }
        return any;
    }

    private boolean over(Server server, Pause pause, SlurmSite site) {
        if (!server.host().equals(Optional.of(pause.host()))) {
            return server.host().isPresent() && !server.busy();
        }
        boolean newer = site.time().isAfter(pause.since())
                && site.time().isAfter(latest.getOrDefault(pause.host(), Instant.MIN));
        return newer
                && site.jobs().stream()
                        .noneMatch(job -> job.onNodes()
                                && job.nodes().stream()
                                        .anyMatch(node -> node.value().equals(pause.host())));
    }

    private boolean letGo(Server server, Pause pause) {
        try {
            cloud.removeMetadata(server.id(), List.of(Marks.PAUSE));
            LOG.info("tide: {} is let go: no job has {} any more", server.name(), pause.host());
            return true;
        } catch (SpillwayException failure) {
            LOG.warn("tide: {} cannot be let go yet: {}", server.name(), failure.getMessage());
            return false;
        }
    }
}
