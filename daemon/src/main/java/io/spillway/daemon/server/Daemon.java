package io.spillway.daemon.server;

import io.spillway.Spillway;
import io.spillway.config.DaemonConfig;
import io.spillway.daemon.api.Documents;
import io.spillway.daemon.api.GateCall;
import io.spillway.daemon.api.LocalFront;
import io.spillway.daemon.api.PhaseChanges;
import io.spillway.daemon.api.Switching;
import io.spillway.failure.BadInputException;
import io.spillway.failure.RefusedException;
import io.spillway.failure.SpillwayException;
import io.spillway.failure.UnavailableException;
import io.spillway.model.Hostlist;
import io.spillway.model.NodeName;
import io.spillway.model.SiteView;
import io.spillway.policy.Capacity;
import io.spillway.reconcile.Keeper;
import io.spillway.reconcile.Looks;
import io.spillway.reconcile.Progress;
import io.spillway.reconcile.Tide;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The daemon's parts, put together: the keeper of goals, the ways in, the streams, the word to systemd. */
final class Daemon implements AutoCloseable, Api.Leadership {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    /** A look that takes longer than the interval and this hangs: each of its calls gives up within a minute. */
    private static final Duration LONGEST_LOOK = Duration.ofMinutes(4);

    /** An order waits so long for the first look: less than the command waits for a daemon that says nothing. */
    private static final Duration FIRST_LOOK = Duration.ofSeconds(45);

    /** So old a look tells nothing of a host's room any more, as with plans. */
    private static final Duration LOOK_COUNTS = Duration.ofSeconds(90);

    private record Sighted(SiteView view, long nanos) {}

    /** So long the end of a round is waited for. */
    private static final Duration ROUND = Duration.ofSeconds(2);

    private final Spillway site;
    private final DaemonConfig config;
    private final Duration firstLook;
    private final Notifier notifier;
    private final String version;
    private final StateFolder state;
    private final Streams streams = new Streams();
    private final PhaseChanges changes = new PhaseChanges(streams::tell);
    private final Chronicle chronicle;
    private final Steering steering;
    private final Accounts accounts;
    private final Keeper keeper;
    private final Thread keeping;
    private final Web web;
    private final ScheduledExecutorService beat;

    /** What each look is for beside the goals: the timeline, the policies; one that waits is enough. */
    private final ThreadPoolExecutor recording;

    private final AtomicLong looks = new AtomicLong();

    /** What the last look saw that saw all; null before it. */
    private volatile @Nullable Sighted lastSight;

    private volatile long lastLook = System.nanoTime();

    /**
     * Takes the state folder; nothing runs yet.
     *
     * @param site closed with this
     */
    Daemon(Spillway site, DaemonConfig config, Notifier notifier, String version) {
        this(site, config, notifier, version, FIRST_LOOK);
    }

    Daemon(Spillway site, DaemonConfig config, Notifier notifier, String version, Duration firstLook) {
        this.site = site;
        this.config = config;
        this.firstLook = firstLook;
        this.notifier = notifier;
        this.version = version;
        this.state = StateFolder.take(config.state());
        this.chronicle = Chronicle.in(config.state());
        this.steering = new Steering(site, config.state(), chronicle::note);
        this.accounts = new Accounts(site.policies().classes(), config.state());
        this.keeper = site.keeper(state.me(), config.interval(), this::tell);
        this.keeping = new Thread(() -> keeper.run(this::looked), "keeper");
        this.keeping.setDaemon(true);
        this.web = new Web(
                config, server -> new Api(new LocalFront(site), this, streams, chronicle, server.getThreadPool()));
        this.recording = new ThreadPoolExecutor(
                0, 1, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(1), new ThreadPoolExecutor.DiscardPolicy());
        this.beat = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "beat");
            thread.setDaemon(true);
            return thread;
        });
    }

    void start() {
        web.start();
        keeping.start();
        long period = notifier.watchdog()
                .map(time -> time.dividedBy(3))
                .filter(time -> time.compareTo(HEARTBEAT) < 0)
                .orElse(HEARTBEAT)
                .toMillis();
        var unused = beat.scheduleAtFixedRate(this::beat, period, period, TimeUnit.MILLISECONDS);
        LOG.info("spillwayd {} keeps the site {}, listens at {}", version, site.name(), config.socket());
        notifier.ready("keeps " + site.name());
    }

    private void beat() {
        streams.heartbeat();
        long silent = System.nanoTime() - lastLook;
        if (silent < config.interval().plus(LONGEST_LOOK).toNanos()) {
            notifier.alive();
        }
    }

    private void looked(Optional<Looks.View> seen) {
        lastLook = System.nanoTime();
        seen.ifPresent(view -> changes.seen(view.nodes()));
        looks.incrementAndGet();
        recording.execute(() -> record(seen));
    }

    private void record(Optional<Looks.View> seen) {
        try {
            if (seen.isPresent()) {
                SiteView view = site.view(seen.get());
                lastSight = new Sighted(view, System.nanoTime());
                chronicle.look(view);
                accounts.look(view);
                if (keeper.leads()) {
                    steering.round(view);
                }
                return;
            }
        } catch (SpillwayException failure) {
            LOG.debug("site: the hosts are not seen: {}", failure.getMessage());
        }
        chronicle.blind(Instant.now(Clock.systemUTC()));
    }

    void tell(Progress progress) {
        streams.tell(PhaseChanges.event(
                progress.node().value(), progress.kind().name(), progress.what(), progress.reason()));
    }

    @Override
    public CompletableFuture<Void> sighted() {
        return keeper.firstLook().completeOnTimeout(null, firstLook.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void check() {
        if (keeper.leads()) {
            return;
        }
        checkLeader();
        throw new UnavailableException(
                null,
                "the daemon has no clear sight of the site, so it touches nothing: "
                        + keeper.blindness().orElse("it waits for the lease"));
    }

    private void checkLeader() {
        Optional<String> leader = keeper.leader();
        if (!keeper.leads() && leader.isPresent() && keeper.blindness().isEmpty()) {
            throw new RefusedException(
                    leader.get(),
                    "this daemon does not lead, the one on %s does; ask that one, or stop it and wait two minutes"
                            .formatted(leader.get().replaceFirst(".*@", "")));
        }
    }

    @Override
    public void switching(Switching switching) {
        Hostlist nodes = Hostlist.parse(switching.nodes());
        String why = switching.reason() == null ? "" : " " + switching.reason();
        LOG.info("Slurm's power saving: {} {}{}", switching.event(), nodes, why);
        if (switching.event().equals("resume-fail")) {
            nodes.forEach(node -> LOG.warn(
                    "{}: Slurm gave it up after ResumeTimeout: {}",
                    node,
                    keeper.troubles().getOrDefault(node, "its way was not at its end, see the lines before")));
        }
        keeper.nudge();
        checkLeader();
        Hostlist strangers = Hostlist.of(nodes.stream()
                .filter(node ->
                        site.pools().stream().noneMatch(pool -> pool.nodes().contains(node)))
                .toList());
        if (!strangers.isEmpty()) {
            throw new BadInputException(
                    strangers.toString(),
                    "Slurm's power saving switches %s, which no pool has; SuspendExcNodes=%s would leave them alone"
                            .formatted(strangers, strangers));
        }
    }

    @Override
    public Tide.Answer come(GateCall call) {
        check();
        return keeper.tide().come(call.call());
    }

    @Override
    public Documents.Room room() {
        checkLeader();
        Sighted seen = lastSight;
        if (seen == null || System.nanoTime() - seen.nanos() > LOOK_COUNTS.toNanos()) {
            return new Documents.Room("", "no look of the last %d s saw the hosts".formatted(LOOK_COUNTS.toSeconds()));
        }
        SiteView view = seen.view();
        Map<String, Optional<String>> lacking =
                Capacity.lacking(view, site.policies().reserve());
        Hostlist bearing = Hostlist.of(lacking.entrySet().stream()
                .filter(host -> host.getValue().isEmpty())
                .map(host -> NodeName.of(host.getKey()))
                .toList());
        String words = lacking.entrySet().stream()
                .flatMap(host -> host.getValue().map(why -> host.getKey() + ": " + why).stream())
                .collect(Collectors.joining("; "));
        return new Documents.Room(bearing.toString(), words);
    }

    @Override
    public void left(GateCall call) {
        LOG.info("tide: job {} has left {}", call.job(), call.nodes());
        keeper.nudge();
    }

    @Override
    public Documents.Status status() {
        Map<String, String> troubles = new TreeMap<>();
        keeper.troubles().forEach((node, reason) -> troubles.put(node.value(), reason));
        return new Documents.Status(
                version,
                site.name(),
                keeper.leads(),
                keeper.leader().orElse(null),
                keeper.blindness().orElse(null),
                site.inMotion().stream().map(NodeName::value).toList(),
                troubles);
    }

    @Override
    public Documents.Policy policy() {
        return steering.policy();
    }

    @Override
    public Documents.Report report() {
        return accounts.report();
    }

    @Override
    public String metrics() {
        return accounts.metrics(status());
    }

    @Override
    public void nudge() {
        keeper.nudge();
    }

    int port() {
        return web.port();
    }

    /** How many full looks there were. */
    long looks() {
        return looks.get();
    }

    int openStreams() {
        return streams.count();
    }

    /** Ends in order: the steps in hand come to their end, who follows an operation hears how far it came. */
    void stop(Duration patience) {
        LOG.info("stopping: the steps in hand end, the goals stand");
        notifier.stopping();
        keeper.stop();
        boolean all = site.finish(patience);
        LOG.info(all ? "stopped" : "stopped with steps in hand; the next start finds them");
        streams.end();
        web.stop();
        awaitRound();
        close();
    }

    /** What a round still writes down is not cut off; one that waits for an answer is. */
    private void awaitRound() {
        try {
            keeping.join(ROUND.toMillis());
            recording.getQueue().clear();
            recording.shutdown();
            var unused = recording.awaitTermination(ROUND.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        beat.shutdownNow();
        keeper.stop();
        keeping.interrupt();
        web.stop();
        recording.shutdownNow();
        site.close();
        chronicle.close();
        state.close();
    }
}
