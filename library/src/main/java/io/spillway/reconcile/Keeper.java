package io.spillway.reconcile;

import io.spillway.cloud.Server;
import io.spillway.cloud.ServerStatus;
import io.spillway.failure.SpillwayException;
import io.spillway.failure.StoppedException;
import io.spillway.model.Goal;
import io.spillway.model.Hostlist;
import io.spillway.model.NodeName;
import io.spillway.model.Pool;
import io.spillway.reconcile.Observation.CloudSide;
import io.spillway.reconcile.Observation.SlurmSide;
import io.spillway.reconcile.Step.Wait;
import io.spillway.slurm.Happenings;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps every goal that stands in a server's metadata, and what Slurm's power saving says of the pools' nodes. A full
 * look, every 30 s or when something happened (for that at most each second), asks Slurm and the cloud once each for the
 * whole site; only nodes that are not what they should be get a way of their own. It
 * remembers nothing that matters: started anew it finds all of it again. One thread runs it; {@link #nudge} and the
 * questions are threadsafe.
 */
public final class Keeper {
    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);

    /** A kept way ends after that; the next look begins another. */
    private static final Duration LONGEST_WAY = Duration.ofMinutes(30);

    /** So many nodes that failed before are tried again in one look. */
    private static final int RETRIES = 8;

    /** A storm of events must not become a storm of looks. */
    private static final Duration CALM = Duration.ofSeconds(1);

    /** So often between two full looks the cloud is asked whether a server went off. */
    private static final int PEEKS = 3;

    private static final Backoff SOON = new Backoff(Duration.ofSeconds(5), Duration.ofMinutes(5));
    private static final Backoff LATE = new Backoff(Duration.ofMinutes(10), Duration.ofMinutes(10));

    private final Reconciler reconciler;
    private final Lanes lanes;
    private final Collection<Pool> pools;
    private final Hostlist names;
    private final Pace pace;
    private final Lease lease;
    private final Duration interval;
    private final Consumer<Progress> progress;
    private final Map<NodeName, Trouble> troubles = new ConcurrentHashMap<>();
    private final Backoff lookAgain;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition nudged = lock.newCondition();
    private final CompletableFuture<Void> firstLook = new CompletableFuture<>();

    /** The servers that were off at the last full look. */
    private volatile Set<UUID> off = Set.of();

    private boolean asked;
    private boolean happened;
    private int blindLooks;

    /** What the last look saw left of nodes without a server: once is no evidence, one may be in the making. */
    private Set<NodeName> leftBefore = Set.of();

    private volatile Optional<String> blind = Optional.of("no look yet");
    private volatile List<Server> servers = List.of();
    private final Tide tide;
    private volatile boolean stopping;

    /**
     * A node whose way failed.
     *
     * @param goal where to
     * @param seen how it was seen when the way began
     * @param times how often in a row
     * @param notBefore when to try again
     * @param retryable whether trying may help though nothing has changed
     * @param reason why
     */
    private record Trouble(Goal goal, String seen, int times, long notBefore, boolean retryable, String reason) {}

    /**
     * A keeper.
     *
     * @param reconciler what brings nodes to their goals
     * @param lanes where each node's ways go, those that others ask for as well
     * @param pools the nodes that are ours: what is left of one is cleared, what Slurm's power saving says is followed
     * @param lease who keeps the goals where more than one daemon runs
     * @param interval the time between two full looks
     * @param progress told what happens on the ways
     */
    public Keeper(
            Reconciler reconciler,
            Lanes lanes,
            Collection<Pool> pools,
            Lease lease,
            Duration interval,
            Consumer<Progress> progress) {
        this.reconciler = reconciler;
        this.lanes = lanes;
        this.pools = List.copyOf(pools);
        this.names = Hostlist.of(
                pools.stream().flatMap(pool -> pool.nodes().stream()).toList());
        this.pace = reconciler.pace;
        this.lease = lease;
        this.interval = interval;
        this.progress = progress;
        this.lookAgain = new Backoff(Duration.ofSeconds(2), interval);
        this.tide = new Tide(reconciler, () -> servers);
    }

    /**
     * Looks again and again until {@link #stop}.
     *
     * @param afterEach told after each look what it saw; nothing if a part gave no answer
     */
    public void run(Consumer<Optional<Looks.View>> afterEach) {
        Happenings.Listening listening = reconciler.ports.happenings().listen(this::happened);
        try {
            while (!stopping) {
                boolean clear = lookSafely(afterEach);
                if (clear) {
                    rest(untilDue());
                } else {
                    sleep(lookAgain.after(blindLooks), false);
                }
            }
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
        } finally {
            listening.close();
        }
    }

    /** A mistake of ours must not end the looks: the next one may be spared it. */
    private boolean lookSafely(Consumer<Optional<Looks.View>> afterEach) throws InterruptedException {
        Optional<Looks.View> seen = Optional.empty();
        try {
            seen = look();
        } catch (RuntimeException mistake) {
            LOG.error("site: a mistake in spillway itself", mistake);
            blind("a mistake in spillway itself: " + mistake);
        }
        afterEach.accept(seen);
        firstLook.complete(null);
        return seen.isPresent();
    }

    /** The next full look, or the next try if that comes before it. */
    private Duration untilDue() {
        long now = pace.nanos();
        long next = troubles.values().stream()
                .mapToLong(trouble -> trouble.notBefore() - now)
                .filter(left -> left > 0)
                .min()
                .orElse(Long.MAX_VALUE);
        return Duration.ofNanos(Math.min(next, interval.toNanos()));
    }

    /**
     * Until the next full look, or until a server has gone off: Nova may need half a minute to see one dead, and within
     * the other half Slurm is to know.
     */
    private void rest(Duration time) throws InterruptedException {
        Duration slice = interval.dividedBy(PEEKS);
        Duration left = time;
        while (left.compareTo(slice) > 0) {
            if (sleep(slice, true) || somethingWentOff()) {
                return;
            }
            left = left.minus(slice);
        }
        sleep(left, true);
    }

    private boolean somethingWentOff() {
        try {
            return lease.leads() && !off.containsAll(reconciler.ports.cloud().stopped());
        } catch (SpillwayException failure) {
            return false; // the next full look will tell
        }
    }

    /**
     * Until then, or somebody asks, or something happens; a part that gives no answer is not asked more often for it.
     *
     * @return whether it ended before its time
     */
    private boolean sleep(Duration time, boolean clear) throws InterruptedException {
        lock.lock();
        try {
            long start = System.nanoTime();
            long left = left(start, time, clear);
            while (!asked && !stopping && left > 0) {
                nudged.awaitNanos(left);
                left = left(start, time, clear);
            }
            boolean woken = asked || stopping || (clear && happened);
            asked = false;
            happened = false;
            return woken;
        } finally {
            lock.unlock();
        }
    }

    private long left(long start, Duration time, boolean clear) {
        Duration most = clear && happened && CALM.compareTo(time) < 0 ? CALM : time;
        return most.toNanos() - (System.nanoTime() - start);
    }

    /** Says that something has happened: the next look comes at once. */
    public void nudge() {
        lock.lock();
        try {
            asked = true;
            nudged.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void happened(String what) {
        LOG.debug("site: look, for {}", what);
        reconciler.newest.changed(pace.nanos());
        lookSoon();
    }

    private void lookSoon() {
        lock.lock();
        try {
            happened = true;
            nudged.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends {@link #run} after the look in hand. Ways under way are the lanes'. */
    public void stop() {
        stopping = true;
        firstLook.complete(null);
        nudge();
    }

    /**
     * The end of the first look, however it went. Until then nobody knows whether the parts answer and who leads.
     *
     * @return completes then, or when this is stopped; the caller's own
     */
    public CompletableFuture<Void> firstLook() {
        return firstLook.copy();
    }

    /**
     * One full look.
     *
     * @return what was seen; empty if a part gave no answer
     * @throws InterruptedException if the thread is interrupted
     */
    public Optional<Looks.View> look() throws InterruptedException {
        SlurmLook slurm;
        List<Server> now;
        boolean leads;
        try {
            long began = pace.nanos();
            slurm = new SlurmLook(reconciler.ports.slurm().site());
            reconciler.newest.seen(slurm, began);
            now = reconciler.ports.cloud().servers();
            leads = lease.look(now);
        } catch (SpillwayException failure) {
            blind(failure.getMessage());
            return Optional.empty();
        }
        if (blind.isPresent()) {
            LOG.info("site: all parts answer; the goals of {} servers are kept", now.size());
        }
        blind = Optional.empty();
        blindLooks = 0;
        servers = now;
        off = now.stream()
                .filter(server -> server.status() == ServerStatus.SHUTOFF)
                .map(Server::id)
                .collect(Collectors.toUnmodifiableSet());
        if (leads && tide.ebb(slurm.site(), now)) {
            now = again(now);
            servers = now;
        }
        Sight sight = new Sight(slurm, now, pools);
        consider(sight, leads);
        return Optional.of(sight.view(names));
    }

    /** What was just let go is to go on at once. */
    private List<Server> again(List<Server> before) {
        try {
            return reconciler.ports.cloud().servers();
        } catch (SpillwayException failure) {
            nudge();
            return before;
        }
    }

    private void blind(String why) {
        if (blind.filter(why::equals).isEmpty()) {
            LOG.warn("site: a part gives no answer; wait, touch nothing: {}", why);
        }
        blind = Optional.of(why);
        blindLooks++;
    }

    private void consider(Sight sight, boolean leads) {
        Set<NodeName> known = new HashSet<>();
        Set<NodeName> taken = new HashSet<>(sight.withServer());
        taken.addAll(lanes.inMotion());
        int retries = 0;
        for (NodeName name : sight.names()) {
            Observation now;
            try {
                now = sight.of(name);
            } catch (SpillwayException veiled) {
                troubled(name, veiled.getMessage());
                continue;
            }
            known.add(name);
            Optional<Goal> goal = PowerSaving.goal(now, Sight.goal(now));
            if (now.pool().isPresent() && taken.add(name) && full(now.pool().get(), taken)) {
                taken.remove(name);
                troubled(
                        name,
                        "Slurm switches it on, but pool %s may have no more than %d nodes"
                                .formatted(
                                        now.pool().get().name(),
                                        now.pool().get().maximum()));
                continue;
            }
            boolean again = troubles.containsKey(name);
            if (leads && goal.isPresent() && !(again && retries >= RETRIES) && tend(now, goal.get())) {
                retries += again ? 1 : 0;
            }
        }
        Set<NodeName> left = sight.left(pools);
        // without a server there is no lease either; who comes second finds it cleared
        if (leads || known.isEmpty()) {
            left.stream().filter(leftBefore::contains).forEach(name -> tend(sight.of(name), Goal.ABSENT));
        }
        leftBefore = left;
        known.addAll(left);
        troubles.keySet().retainAll(known);
    }

    private static boolean full(Pool pool, Set<NodeName> taken) {
        return pool.nodes().stream().filter(taken::contains).count() > pool.maximum();
    }

    private void troubled(NodeName name, String reason) {
        Trouble before = troubles.put(name, new Trouble(Goal.READY, "", 1, pace.nanos(), false, reason));
        if (before == null || !before.reason().equals(reason)) {
            LOG.warn("{}: left alone: {}", name, reason);
        }
    }

    /** Begins a way if the node needs one and has none; whether it did. */
    private boolean tend(Observation now, Goal goal) {
        Step step = Lifecycle.next(now, goal);
        NodeName node = now.node();
        if (step instanceof Step.Done) {
            troubles.remove(node);
            return false;
        }
        if (step instanceof Wait wait && (wait.on() == Party.JOBS || wait.on() == Party.DOUBT)) {
            return false;
        }
        String state = state(now);
        Optional<Trouble> trouble = Optional.ofNullable(troubles.get(node));
        boolean early = trouble.filter(
                        one -> one.goal().equals(goal) && one.seen().equals(state))
                .filter(one -> one.notBefore() - pace.nanos() > 0)
                .isPresent();
        if (early) {
            return false;
        }
        BooleanSupplier stopped = () -> !lease.leads();
        // what Slurm's power saving says is written down before the first step, like what a person asks for
        boolean kept = now.pool().isPresent() || Sight.goal(now).equals(Optional.of(goal));
        var limits =
                new Reconciler.Limits(pace.nanos() + LONGEST_WAY.toNanos(), stopped, progress, Optional.empty(), kept);
        return lanes.keep(node, goal, now.pool(), limits, outcome -> ended(outcome, state));
    }

    /** What makes another try worthwhile when it changes; jobs that come and go do not. */
    private static String state(Observation seen) {
        SlurmSide slurm = seen.slurm().toOptional().orElseThrow();
        String cloud = seen.cloud()
                .toOptional()
                .flatMap(CloudSide::server)
                .map(server -> "%s %s %s %s".formatted(server.id(), server.status(), server.task(), server.host()))
                .orElse("none");
        String node = slurm.node()
                .map(one -> "%s %s %s".formatted(one.down(), one.silent(), one.drained()))
                .orElse("none");
        return cloud + " " + node + " " + slurm.minion();
    }

    private void ended(NodeOutcome outcome, String seen) {
        NodeName node = outcome.node();
        Optional<SpillwayException> failure = outcome.failure().filter(one -> !(one instanceof StoppedException));
        if (failure.isEmpty()) {
            if (outcome.done()) {
                troubles.remove(node);
                lookSoon(); // whoever looks at the site, or at its picture, sees what has come of it
            }
            return;
        }
        Trouble before = troubles.get(node);
        int times = before != null && before.goal().equals(outcome.goal()) ? before.times() + 1 : 1;
        boolean retryable = failure.get().retryable();
        Duration wait = (retryable ? SOON : LATE).after(times);
        troubles.put(
                node,
                new Trouble(
                        outcome.goal(),
                        seen,
                        times,
                        pace.nanos() + wait.toNanos(),
                        retryable,
                        failure.get().getMessage()));
        LOG.warn(
                "{} to be {}: failed {} times; {} in {} s: {}",
                node,
                outcome.goal(),
                times,
                retryable ? "tried again" : "tried again when something changes, else",
                wait.toSeconds(),
                failure.get().getMessage());
    }

    /**
     * What brings nodes to a stand when a job comes to their host, and lets them go when it has ended.
     *
     * @return the tide
     */
    public Tide tide() {
        return tide;
    }

    /**
     * The nodes whose goals could not be reached so far.
     *
     * @return each with the reason
     */
    public Map<NodeName, String> troubles() {
        Map<NodeName, String> reasons = new TreeMap<>();
        troubles.forEach((node, trouble) -> reasons.put(node, trouble.reason()));
        return reasons;
    }

    /**
     * Whether this one keeps the goals now.
     *
     * @return true if so
     */
    public boolean leads() {
        return lease.leads();
    }

    /**
     * Who keeps the goals if this one does not.
     *
     * @return the other's name in the lease, if one was seen
     */
    public Optional<String> leader() {
        return lease.leader();
    }

    /**
     * The part that gives no answer, in one line.
     *
     * @return why nothing is touched; empty if all parts answer
     */
    public Optional<String> blindness() {
        return blind;
    }
}
