package io.spillway.reconcile;

import io.spillway.cloud.Server;
import io.spillway.failure.DeadlineException;
import io.spillway.failure.FailedException;
import io.spillway.failure.NoCapacityException;
import io.spillway.failure.RefusedException;
import io.spillway.failure.SpillwayException;
import io.spillway.failure.StoppedException;
import io.spillway.failure.UnavailableException;
import io.spillway.failure.UnreachableException;
import io.spillway.model.Away;
import io.spillway.model.Goal;
import io.spillway.model.NodeName;
import io.spillway.model.Pool;
import io.spillway.reconcile.Effect.Create;
import io.spillway.reconcile.Effect.Drain;
import io.spillway.reconcile.Effect.LiveMigrate;
import io.spillway.reconcile.Effect.ResumeServer;
import io.spillway.reconcile.Effect.SetGoal;
import io.spillway.reconcile.Observation.CloudSide;
import io.spillway.reconcile.Observation.SlurmSide;
import io.spillway.reconcile.Step.Done;
import io.spillway.reconcile.Step.Look;
import io.spillway.reconcile.Step.Refuse;
import io.spillway.reconcile.Step.Wait;
import io.spillway.slurm.SlurmNode;
import io.spillway.slurm.SlurmSite;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One node's way to its goal: observe, ask the lifecycle, do the step, again. */
final class Way {
    private static final Duration FIRST_WAIT = Duration.ofMillis(250);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    /** Nova is asked as often as that in the beginning, and never sooner than it took to answer. */
    private static final Duration NOVA_WAIT = Duration.ofMillis(150);

    /** How long a part may give no answer before we give up. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** How often the same step may be needed in a row before we say that it does not work. */
    private static final int MOST_REPEATS = 5;

    /** A kept goal is waited for ever more slowly: a twentieth of the time waited so far, up to this. */
    private static final Duration LONGEST_KEPT_WAIT = Duration.ofSeconds(10);

    /** So often a sleeping way asks whether to stop. */
    private static final Duration SLICE = Duration.ofSeconds(1);

    /** A fresh node that has not joined by then never does. */
    private static final Duration JOINING = Duration.ofMinutes(15);

    /** Nothing is done, and nothing said to be done, by a look at Slurm that is older than this. */
    private static final Duration FRESH = Duration.ofSeconds(5);

    /** A way begins by a look at Slurm that is no older than this, if nothing is known to have happened since. */
    private static final Duration RECENT = Duration.ofSeconds(30);

    /** A look at Slurm of that age is followed by another one, in time for it to end before it is too old. */
    private static final Duration AGEING = Duration.ofMillis(3500);

    /** What Nova does to a server seldom takes less: before that nobody looks at Slurm beside it. */
    private static final Duration SOON_DONE = Duration.ofSeconds(2);

    /**
     * After a note, and after some steps in Slurm, the cloud is not looked at again if that was done so short a time
     * before.
     */
    private static final Duration YOUNG = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(Way.class);

    private final Reconciler reconciler;
    private final Looks looks;
    private final Ports ports;
    private final Pace pace;
    private final NodeName node;
    private final Goal goal;
    private final Optional<Pool> pool;
    private final long deadline;
    private final BooleanSupplier stopped;
    private final Consumer<Progress> progress;
    private final Optional<String> note;
    private final boolean keeping;
    private final Optional<Away> by;
    private final Ledger ledger;
    private final Ahead ahead;

    private Observation seen;
    private long lookedAt;

    /** What was last seen of Slurm is no older than this. */
    private long seenSince;

    /** When the cloud was last looked at, and how long that took. */
    private long cloudAt;

    private long cloudTook;

    private long effectSince;
    private boolean goalWritten;
    private boolean failedLast;
    private @Nullable Effect last;
    private @Nullable Effect rested;
    private int repeats;
    private @Nullable Wait waiting;
    private Duration wait = FIRST_WAIT;
    private long waitingSince;
    private long doubtSince = -1;
    private boolean superseded;
    private boolean fresh;
    private Permits.@Nullable Permit permit;

    Way(Reconciler reconciler, NodeName node, Goal goal, Optional<Pool> pool, Reconciler.Limits limits) {
        this.reconciler = reconciler;
        this.looks = reconciler.looks;
        this.ports = reconciler.ports;
        this.pace = reconciler.pace;
        this.node = node;
        this.goal = goal;
        this.pool = pool;
        this.deadline = limits.deadlineNanos();
        this.stopped = limits.stopped();
        this.progress = limits.progress();
        this.note = limits.note();
        this.keeping = limits.keeping();
        this.by = limits.by();
        this.ledger = new Ledger(pace);
        this.ahead = new Ahead(reconciler);
        this.seen = Observation.of(node, pool, Seen.unasked(), Seen.unasked());
    }

    NodeOutcome go() {
        Optional<SpillwayException> failure = Optional.empty();
        String reason;
        try {
            reason = toTheEnd();
            tell(Progress.Kind.DONE, goal.toString(), reason);
        } catch (SpillwayException cause) {
            failure = Optional.of(cause);
            reason = cause.getMessage();
            tell(Progress.Kind.FAILED, cause.kind(), reason);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            failure = Optional.of(stopped());
            reason = "stopped";
        } finally {
            giveBack();
        }
        judge(failure);
        return new NodeOutcome(node, goal, failure, reason, ledger.finish(), ledger.took(), ledger.own());
    }

    private String toTheEnd() throws InterruptedException {
        begin();
        while (true) {
            check();
            Step step = lastWord(Lifecycle.next(seen, goal));
            if (!(step instanceof Look || (step instanceof Wait pause && pause.on() == Party.NOVA))) {
                giveBack();
            }
            if (step instanceof Look look) {
                look(look.part());
            } else if (step instanceof Wait pause) {
                if (keeping && pause.on() == Party.JOBS) {
                    throw new StoppedException(node.value(), "waits " + pause.reason());
                }
                Duration slept = pause(pause);
                lookAfter(pause, slept);
            } else if (step instanceof Effect && reconciler.permits.reservedSince(node, seenSince)) {
                pause(new Wait(Party.JOBS, "a job has come to its host"));
                lookAgain(seen.unasked());
            } else if (outOfDate(step)) {
                refresh();
            } else if (step instanceof Effect && pace.nanos() - cloudAt > FRESH.toNanos()) {
                seen = looks.cloudAgain(seen); // what was looked at since has taken its time
                cloudAt = pace.nanos();
            } else if (step instanceof Done done) {
                return done.reason();
            } else if (step instanceof Refuse refuse) {
                throw refuse.failure();
            } else if (step instanceof Effect effect && repeated(effect) && last != rested) {
                rest();
            } else if (step instanceof Effect effect) {
                Optional<Permits.Permit> room = reconciler.permits.take(effect, seen);
                if (room.isPresent()) {
                    permit = room.get();
                    Effect now = noted(effect);
                    if (now instanceof Effect.Note) {
                        lookAhead(now);
                    }
                    lookAfter(now, carryOut(now));
                } else {
                    pause(new Wait(effect.party(), reconciler.permits.crowd(effect, seen)));
                }
            }
        }
    }

    private void begin() {
        Optional<Newest.Look> recent = reconciler.newest.since(pace.nanos() - RECENT.toNanos());
        seenSince = recent.map(Newest.Look::began).orElseGet(pace::nanos);
        if (goal.state() == Goal.State.READY && recent.filter(this::onDisk).isPresent()) {
            ahead.begin();
        }
        seen = recent.map(look -> looks.observe(node, pool, look.slurm())).orElseGet(() -> looks.observe(node, pool));
        lookedAt = recent.map(Newest.Look::began).orElseGet(pace::nanos);
        cloudAt = pace.nanos();
    }

    /** Whether its server is to be resumed, as far as an old look tells: for that Slurm must have been seen of late. */
    private boolean onDisk(Newest.Look old) {
        return !keeping
                && pace.nanos() - old.began() > FRESH.toNanos()
                && old.slurm()
                        .of(node)
                        .node()
                        .filter(one -> one.reason().startsWith(Hold.TO_DISK))
                        .isPresent();
    }

    /**
     * Looks at Slurm beside an effect, if what comes after that needs it to have been seen of late. Nobody waits for a
     * goal that is only kept.
     */
    private void lookAhead(Effect effect) {
        if (!keeping && pace.nanos() - lookedAt > AGEING.toNanos()) {
            Step next = Lifecycle.next(Forecast.after(seen, effect), goal);
            if (next instanceof Done || (next instanceof Effect then && !then.bearsAnOldLook())) {
                ahead.begin();
            }
        }
    }

    /** The cloud is to be looked at after that: a job is suspended after the metadata have it. */
    private void takeAhead(Optional<Newest.Look> look) {
        look.filter(one -> one.began() > lookedAt).ifPresent(one -> {
            seen = seen.withSides(Seen.known(one.slurm().of(node)), seen.cloud());
            seenSince = one.began();
            lookedAt = one.began();
        });
    }

    /** Slurm's power saving may switch a line of slurm.conf at any time: nothing is done to that by an old look. */
    private boolean outOfDate(Step step) {
        boolean line = seen.slurm()
                .toOptional()
                .flatMap(SlurmSide::node)
                .filter(SlurmNode::cloud)
                .isPresent();
        boolean bears = step instanceof Effect effect && effect.bearsAnOldLook() && !line;
        return !bears && pace.nanos() - lookedAt > FRESH.toNanos();
    }

    private Effect noted(Effect effect) {
        if (effect instanceof SetGoal set) {
            return new SetGoal(set.server(), set.goal(), by, set.reason());
        }
        return effect instanceof Drain drain && note.isPresent()
                ? new Drain(drain.node(), drain.why() + ": " + note.get(), drain.reason())
                : effect;
    }

    /** Who asks for what a policy has done already makes it a word of their own, so that no policy undoes it. */
    private Step lastWord(Step step) {
        Optional<Server> server = seen.cloud().toOptional().flatMap(CloudSide::server);
        boolean mine = keeping || goalWritten || by.isPresent() || !(step instanceof Done);
        if (mine
                || server.map(Server::metadata)
                        .map(Marks::of)
                        .flatMap(Marks::away)
                        .isEmpty()) {
            return step;
        }
        Step write = Guard.of(
                seen,
                server.get(),
                new SetGoal(server.get().id(), goal, "so that no policy undoes what somebody has asked for"));
        return write instanceof Effect ? write : step;
    }

    private void check() {
        if (stopped.getAsBoolean() || Thread.currentThread().isInterrupted()) {
            throw stopped();
        }
        if (pace.nanos() - deadline > 0) {
            String where = waiting != null ? waiting.reason() : last != null ? last.title() : "nothing done yet";
            throw new DeadlineException(
                    node.value(), "%s is not %s in the time given: %s".formatted(node, goal, where));
        }
    }

    private StoppedException stopped() {
        return new StoppedException(node.value(), "stopped on the way to " + goal + "; the goal stands");
    }

    private void giveBack() {
        if (permit != null) {
            permit.giveBack();
            permit = null;
        }
    }

    /** What a fresh node's end says about its pool's image. */
    private void judge(Optional<SpillwayException> failure) {
        Optional<Server> server = seen.cloud().toOptional().flatMap(CloudSide::server);
        Optional<Marks> marks = server.map(Server::metadata).map(Marks::of);
        Optional<String> of = pool.map(Pool::name).or(() -> marks.flatMap(Marks::pool));
        boolean joining = fresh || marks.filter(one -> !one.provisioned()).isPresent();
        if (goal.state() != Goal.State.READY || of.isEmpty() || !joining || superseded) {
            return;
        }
        if (failure.isEmpty()) {
            reconciler.breakers.joined(of.get());
        } else if (neverJoins(failure.get()) && server.isPresent()) {
            Optional<String> full = server.flatMap(Server::fault).filter(Way::noRoom);
            if (full.isPresent()) {
                reconciler.breakers.notMade(of.get(), new NoCapacityException(node.value(), full.get()));
            } else {
                reconciler.breakers.neverJoined(of.get(), node, failure.get().getMessage());
            }
        }
    }

    private boolean neverJoins(SpillwayException failure) {
        return failure instanceof RefusedException
                || failure instanceof FailedException
                || (failure instanceof DeadlineException && ledger.took().compareTo(JOINING) >= 0);
    }

    /** Nova accepts a server first and finds no room for it later: the fault is where it says so. */
    private static boolean noRoom(String fault) {
        String words = fault.toLowerCase(Locale.ROOT);
        return words.contains("no valid host") || words.contains("quota");
    }

    private boolean repeated(Effect effect) {
        return last != null && last.getClass() == effect.getClass();
    }

    /** Before a step is done again: what it was decided by may be wrong after the pause. */
    private void rest() throws InterruptedException {
        sleep(Duration.ofSeconds(Math.min(5, repeats + 1)));
        rested = last;
        lookAgain(seen);
    }

    /** What Slurm is right after, if that was told. */
    private Optional<SlurmSite> carryOut(Effect effect) throws InterruptedException {
        if ((goalWritten || keeping) && effect instanceof SetGoal) {
            superseded = true;
            throw new RefusedException(
                    node.value(), "somebody else has given %s another goal meanwhile".formatted(node));
        }
        repeats = repeated(effect) ? repeats + 1 : 1;
        if (repeats > MOST_REPEATS) {
            throw new FailedException(
                    node.value(),
                    "%s of %s was done %d times and is still needed: %s"
                            .formatted(effect.title(), node, MOST_REPEATS, effect.reason()));
        }
        if (effect instanceof Create create) {
            reconciler.breakers.admit(create.pool().name());
        }
        last = effect;
        failedLast = false;
        waiting = null;
        wait = FIRST_WAIT;
        ledger.begin(effect);
        tell(Progress.Kind.STEP, effect.title(), effect.reason());
        effectSince = pace.nanos();
        Optional<SlurmSite> told = Optional.empty();
        try {
            told = carryOutBetweenBoundaries(effect);
            if (effect instanceof SetGoal) {
                goalWritten = true;
            }
            if (effect instanceof LiveMigrate move) {
                seen = seen.movedAfter(move.after());
            }
        } catch (UnreachableException | UnavailableException | RefusedException failure) {
            // it may have been done all the same, or have come too early: the next look tells
            if (repeats >= MOST_REPEATS || (failure instanceof RefusedException && repeats > 2)) {
                throw failure;
            }
            failedLast = true;
            tell(Progress.Kind.AGAIN, effect.title(), failure.getMessage());
        } finally {
            if (!(effect instanceof Effect.Note || effect instanceof Effect.OnServer)) {
                long now = pace.nanos();
                told.ifPresentOrElse(
                        site -> reconciler.newest.changed(new SlurmLook(site), effectSince, now),
                        () -> reconciler.newest.changed(now));
                ahead.forget();
            }
            ledger.add(pace.nanos() - effectSince);
            if (!(effect instanceof Effect.OnServer || effect instanceof Create)) {
                giveBack();
            }
        }
        return told;
    }

    private Optional<SlurmSite> carryOutBetweenBoundaries(Effect effect) {
        String name = effect.getClass().getSimpleName();
        reconciler.boundary.at("before " + name, node);
        Optional<SlurmSite> told = effect instanceof Create create ? make(create) : effect.carryOut(ports);
        reconciler.boundary.at("after " + name, node);
        return told;
    }

    private Optional<SlurmSite> make(Create create) {
        String of = create.pool().name();
        try {
            Optional<SlurmSite> told = create.carryOut(ports);
            fresh = true;
            reconciler.breakers.made(of);
            return told;
        } catch (SpillwayException failure) {
            reconciler.breakers.notMade(of, failure);
            throw failure;
        }
    }

    private Duration pause(Wait pause) throws InterruptedException {
        if (!pause.equals(waiting)) {
            if (waiting == null || pause.on() != waiting.on()) {
                wait = pause.on() == Party.NOVA ? NOVA_WAIT : FIRST_WAIT;
            }
            tell(Progress.Kind.WAIT, pause.on().name(), pause.reason());
            waiting = pause;
            waitingSince = pace.nanos();
        }
        if (pause.on() != Party.DOUBT) {
            doubtSince = -1;
        } else if (doubtSince < 0) {
            doubtSince = pace.nanos();
        } else if (pace.nanos() - doubtSince > PATIENCE.toNanos()) {
            throw new UnreachableException(node.value(), pause.reason());
        }
        if (pause.on() == Party.NOVA
                && last instanceof Effect.OnServer act
                && pace.nanos() - effectSince > SOON_DONE.toNanos()) {
            lookAhead(act);
        }
        Duration time = wait.compareTo(pause.least()) < 0 ? pause.least() : wait;
        Duration slept = sleep(time, pause.on() == Party.JOBS && pause.least().isZero());
        Duration longer = wait.multipliedBy(3).dividedBy(2);
        Duration longest = longestWait(pause);
        wait = longer.compareTo(longest) > 0 ? longest : longer;
        return slept;
    }

    /**
     * Somebody who waits sees an end within a second, and Nova's within a thirtieth of the time that it took; users' jobs
     * and kept goals are not asked after so often.
     */
    private Duration longestWait(Wait pause) {
        if (!keeping && pause.on() == Party.NOVA) {
            long part = Math.max((pace.nanos() - waitingSince) / 30, Math.max(NOVA_WAIT.toNanos(), cloudTook));
            return Duration.ofNanos(Math.min(part, LONGEST_WAIT.toNanos()));
        }
        if (!keeping && pause.on() != Party.JOBS) {
            return LONGEST_WAIT;
        }
        Duration adapted = Duration.ofNanos((pace.nanos() - waitingSince) / 20);
        if (adapted.compareTo(LONGEST_WAIT) < 0) {
            return LONGEST_WAIT;
        }
        return adapted.compareTo(LONGEST_KEPT_WAIT) > 0 ? LONGEST_KEPT_WAIT : adapted;
    }

    /** Looks only at what is waited for. Where that is a time, it has come. */
    private void lookAfter(Wait pause, Duration slept) throws InterruptedException {
        long start = pace.nanos();
        boolean busy = busy();
        switch (pause.on()) {
            case NOVA -> {
                takeAhead(ahead.ended());
                takeAhead(reconciler.newest.since(pace.nanos() - AGEING.toNanos()));
                seen = looks.cloudAgain(seen.unasked());
                cloudAt = pace.nanos();
                cloudTook = cloudAt - start;
            }
            case GUEST -> seen = seen.unasked();
            case SLURM, SALT, JOBS, DOUBT -> {
                Optional<Newest.Look> news = reconciler.newest.since(start - slept.toNanos());
                if (pause.on() == Party.JOBS && pause.least().isZero() && news.isPresent()) {
                    takeAhead(news);
                    seen = looks.cloudAgain(seen.unasked());
                    cloudAt = pace.nanos();
                } else if (pause.least().isZero()) {
                    lookAgain(seen.unasked());
                } else {
                    seen = seen.unasked().later(slept);
                }
            }
        }
        if (busy && !busy()) {
            // it has ended at some time of our sleep; that it took a look to notice is our own
            ledger.add(-slept.toNanos() / 2);
        } else {
            ledger.add(pace.nanos() - start);
        }
    }

    private boolean busy() {
        return seen.cloud()
                .toOptional()
                .flatMap(CloudSide::server)
                .filter(Server::busy)
                .isPresent();
    }

    private void lookAfter(Effect effect, Optional<SlurmSite> told) {
        boolean young = !failedLast && pace.nanos() - cloudAt < YOUNG.toNanos();
        if (young && effect instanceof Effect.Note note) {
            seen = seen.noted(note);
            return;
        }
        Optional<Observation> after =
                told.map(site -> Looks.told(seen, site)).filter(then -> leavesTheCloud(effect, then));
        if (young && after.isPresent()) {
            seen = after.get();
            seenSince = effectSince;
            lookedAt = pace.nanos();
            return;
        }
        long start = pace.nanos();
        seen = looks.after(effect, seen, told);
        cloudAt = pace.nanos();
        if (effect instanceof Effect.OnServer && busy()) {
            ledger.add(cloudAt - start); // Nova is at work by now, whatever we do
        }
        if (!(effect instanceof Effect.Note || effect instanceof Effect.OnServer)) {
            seenSince = effectSince;
            lookedAt = pace.nanos();
        }
    }

    /** The cloud is looked at after Slurm for the jobs' sake: not where there is none, nor after the last step. */
    private static boolean leavesTheCloud(Effect effect, Observation then) {
        boolean empty =
                then.slurm().toOptional().filter(side -> side.jobs().isEmpty()).isPresent();
        return effect instanceof Effect.Undrain || (effect instanceof Drain && empty);
    }

    private void look(Step.Part part) {
        long start = pace.nanos();
        Observation before = seen;
        seen = looks.look(before, part);
        long answered = pace.nanos();
        if (part == Step.Part.PROBE || part == Step.Part.PROCESSES) {
            ledger.add(answered - start); // the guest's time: it may still be booting
        }
        if (seen.slurm() != before.slurm()) {
            // Slurm was seen, too: before the processes were counted, after the guest was probed
            seenSince = start;
            lookedAt = part == Step.Part.PROCESSES ? start : answered;
            seen = looks.cloudAgain(seen);
            cloudAt = pace.nanos();
        }
    }

    private void lookAgain(Observation proven) {
        ahead.forget();
        seenSince = pace.nanos();
        seen = looks.again(proven);
        lookedAt = pace.nanos();
        cloudAt = lookedAt;
    }

    /** Takes the look at Slurm that is under way, if there is one and it does. */
    private void refresh() throws InterruptedException {
        takeAhead(ahead.awaited());
        if (pace.nanos() - lookedAt > FRESH.toNanos()) {
            lookAgain(seen);
        } else if (!wakes(Lifecycle.next(seen, goal))) {
            seen = looks.cloudAgain(seen);
            cloudAt = pace.nanos();
        }
    }

    /** A server on disk is brought back whatever jobs are on it, so the cloud need not be looked at after Slurm. */
    private boolean wakes(Step step) {
        return step instanceof ResumeServer && pace.nanos() - cloudAt < YOUNG.toNanos();
    }

    private Duration sleep(Duration time) throws InterruptedException {
        return sleep(time, false);
    }

    /** So long; or, where news count, until somebody else has looked at Slurm, who does so when something happens there. */
    private Duration sleep(Duration time, boolean news) throws InterruptedException {
        long start = pace.nanos();
        Duration left = time;
        while (!left.isNegative()
                && !left.isZero()
                && !stopped.getAsBoolean()
                && !(news && reconciler.newest.since(start).isPresent())) {
            Duration most = news ? FIRST_WAIT : SLICE;
            Duration slice = left.compareTo(most) > 0 ? most : left;
            pace.sleep(slice);
            left = left.minus(slice);
        }
        Duration slept = Duration.ofNanos(pace.nanos() - start);
        ledger.add(slept.toNanos());
        return slept;
    }

    private void tell(Progress.Kind kind, String what, String reason) {
        if (LOG.isInfoEnabled()) {
            LOG.info("{} to be {}: seen {}; {} {}: {}", node, goal, Glimpse.of(seen), word(kind), what, reason);
        }
        progress.accept(new Progress(node, kind, what, reason));
    }

    private static String word(Progress.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
