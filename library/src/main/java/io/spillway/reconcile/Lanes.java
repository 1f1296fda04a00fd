package io.spillway.reconcile;

import io.spillway.failure.RefusedException;
import io.spillway.failure.SpillwayException;
import io.spillway.failure.StoppedException;
import io.spillway.model.Goal;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.Pool;
import io.spillway.reconcile.Reconciler.Limits;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One lane a node, one way at a time on it. A way to another goal supersedes those before it, between two of their
 * steps; one to the same goal goes after them. This class is threadsafe.
 */
public final class Lanes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);

    private final Reconciler reconciler;
    private final Executor executor;
    private final Runnable shutdown;
    private final Map<NodeName, Deque<Ride>> lanes = new HashMap<>();
    private volatile boolean stopping;

    /**
     * Lanes for this reconciler's ways.
     *
     * @param reconciler what goes on them
     */
    public Lanes(Reconciler reconciler) {
        this(reconciler, threads());
    }

    private Lanes(Reconciler reconciler, ExecutorService threads) {
        this(reconciler, reconciler.pace.workers().orElse(threads), threads::shutdownNow);
    }

    Lanes(Reconciler reconciler, Executor executor, Runnable shutdown) {
        this.reconciler = reconciler;
        this.executor = executor;
        this.shutdown = shutdown;
    }

    /** As many threads as nodes are in motion: a way waits for users' jobs as long as they take. */
    private static ExecutorService threads() {
        AtomicInteger number = new AtomicInteger();
        return Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "spillway-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    private final class Ride {
        final NodeName node;
        final Goal goal;
        final Optional<Pool> pool;
        final Limits limits;

        /** Told while the lane is still taken, so that nobody begins another way before the end of this is known. */
        final Consumer<NodeOutcome> inLane;

        final CompletableFuture<NodeOutcome> end = new CompletableFuture<>();
        volatile Optional<Goal> superseded = Optional.empty();

        Ride(NodeName node, Goal goal, Optional<Pool> pool, Limits limits, Consumer<NodeOutcome> inLane) {
            this.node = node;
            this.goal = goal;
            this.pool = pool;
            this.inLane = inLane;
            this.limits = limits.or(() -> stopping || superseded.isPresent());
        }

        void supersede(Goal by) {
            superseded = Optional.of(by);
        }

        /** Who asked for a superseded way is told so; a kept way just ends. */
        NodeOutcome go() {
            NodeOutcome outcome = reconciler.bring(node, goal, pool, limits);
            boolean cut =
                    outcome.failure().filter(StoppedException.class::isInstance).isPresent();
            return superseded.isPresent() && cut && !limits.keeping() ? failed(outcome, superseded.get()) : outcome;
        }

        private NodeOutcome failed(NodeOutcome outcome, Goal by) {
            SpillwayException failure = new RefusedException(
                    node.value(), "somebody else has given %s another goal meanwhile: %s".formatted(node, by));
            return new NodeOutcome(
                    node,
                    goal,
                    Optional.of(failure),
                    failure.getMessage(),
                    outcome.steps(),
                    outcome.took(),
                    outcome.own());
        }
    }

    /**
     * Brings a node to a goal that somebody asks for.
     *
     * @param node which node
     * @param goal what it should be
     * @param pool the pool to make it for; empty if it is not to be made
     * @param limits what bounds it
     * @return completes with how it ended
     */
    public CompletableFuture<NodeOutcome> go(NodeName node, Goal goal, Optional<Pool> pool, Limits limits) {
        Ride ride = new Ride(node, goal, pool, limits, outcome -> {});
        synchronized (lanes) {
            Deque<Ride> lane = lanes.get(node);
            if (lane == null) {
                begin(ride);
            } else {
                lane.stream()
                        .filter(before -> before.limits.keeping() || !before.goal.equals(goal))
                        .forEach(before -> before.supersede(goal));
                lane.add(ride);
            }
        }
        return ride.end;
    }

    /**
     * Has work done beside the lanes, by who drives them.
     *
     * @param work the work
     * @param <T> what comes of it
     * @return completes with that
     */
    public <T> CompletableFuture<T> beside(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, executor);
    }

    /**
     * Keeps a node at a goal, unless its lane is taken. What is kept there for another goal is let go, since the goal has
     * changed: Slurm gives up a node that boots for ever, or wants it back. The next look finds the lane free.
     */
    boolean keep(NodeName node, Goal goal, Optional<Pool> pool, Limits limits, Consumer<NodeOutcome> told) {
        synchronized (lanes) {
            Optional<Ride> before = first(node);
            before.filter(ride -> ride.limits.keeping() && !ride.goal.equals(goal))
                    .ifPresent(ride -> ride.supersede(goal));
            if (before.isPresent() || stopping) {
                return false;
            }
            begin(new Ride(node, goal, pool, limits, told));
            return true;
        }
    }

    private void begin(Ride ride) {
        lanes.put(ride.node, new ArrayDeque<>(List.of(ride)));
        executor.execute(() -> drive(ride.node));
    }

    private void drive(NodeName node) {
        Optional<Ride> next = first(node);
        while (next.isPresent()) {
            Ride ride = next.get();
            Optional<NodeOutcome> outcome = Optional.empty();
            Optional<Throwable> bug = Optional.empty();
            try {
                outcome = Optional.of(ride.go());
                ride.inLane.accept(outcome.get());
            } catch (RuntimeException | Error mistake) {
                LOG.error("{} to be {}: a mistake in spillway itself", node, ride.goal, mistake);
                bug = Optional.of(mistake);
            }
            next = after(node);
            // told last: who hears of the end finds the lane free
            outcome.ifPresent(ride.end::complete);
            bug.ifPresent(ride.end::completeExceptionally);
        }
    }

    private Optional<Ride> first(NodeName node) {
        synchronized (lanes) {
            return Optional.ofNullable(lanes.get(node)).map(Deque::peek);
        }
    }

    private Optional<Ride> after(NodeName node) {
        synchronized (lanes) {
            Deque<Ride> lane = lanes.getOrDefault(node, new ArrayDeque<>());
            lane.poll();
            if (lane.isEmpty()) {
                lanes.remove(node);
                lanes.notifyAll();
            }
            return Optional.ofNullable(lane.peek());
        }
    }

    /**
     * The nodes that are on their way.
     *
     * @return their names
     */
    public Set<NodeName> inMotion() {
        synchronized (lanes) {
            return new TreeSet<>(lanes.keySet());
        }
    }

    /**
     * The nodes that are being made, or are to be: a look need not show them yet.
     *
     * @return each as it is once Nova has begun
     */
    public List<Node> coming() {
        synchronized (lanes) {
            return lanes.values().stream()
                    .map(Deque::getLast)
                    .filter(ride -> ride.goal.state() == Goal.State.READY)
                    .flatMap(ride -> ride.pool.stream().map(pool -> building(ride, pool)))
                    .toList();
        }
    }

    private static Node building(Ride ride, Pool pool) {
        return new Node(
                ride.node,
                Phase.BUILDING,
                Optional.of(ride.goal),
                Optional.of(pool.name()),
                Optional.empty(),
                ride.goal.host(),
                Optional.empty(),
                List.of(),
                pool.terms().map(Pool.Terms::size),
                Optional.empty(),
                "");
    }

    /**
     * Stops all ways before their next step and waits for the steps in hand.
     *
     * @param patience how long to wait
     * @return whether all came to an end
     */
    public boolean finish(Duration patience) {
        stopping = true;
        long end = System.nanoTime() + patience.toNanos();
        try {
            synchronized (lanes) {
                while (!lanes.isEmpty()) {
                    long left = end - System.nanoTime();
                    if (left <= 0) {
                        return false;
                    }
                    TimeUnit.NANOSECONDS.timedWait(lanes, left);
                }
            }
            return true;
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Stops all ways at once, in the midst of their steps; their goals stand. */
    @Override
    public void close() {
        stopping = true;
        shutdown.run();
    }
}
