package io.spillway.reconcile;

import io.spillway.failure.DeadlineException;
import io.spillway.failure.FailedException;
import io.spillway.failure.RefusedException;
import io.spillway.failure.SpillwayException;
import io.spillway.failure.StoppedException;
import io.spillway.failure.UnavailableException;
import io.spillway.failure.UnreachableException;
import io.spillway.model.Goal;
import io.spillway.model.NodeName;
import io.spillway.model.Pool;
import io.spillway.reconcile.Effect.Drain;
import io.spillway.reconcile.Effect.ForgetHeld;
import io.spillway.reconcile.Effect.LiveMigrate;
import io.spillway.reconcile.Effect.SetGoal;
import io.spillway.reconcile.Step.Done;
import io.spillway.reconcile.Step.Look;
import io.spillway.reconcile.Step.Refuse;
import io.spillway.reconcile.Step.Wait;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One node's way to its goal: observe, ask the lifecycle, do the step, again. */
final class Way {
    private static final Duration FIRST_WAIT = Duration.ofMillis(250);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    /** How long a part may give no answer before we give up. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** How often the same step may be needed in a row before we say that it does not work. */
    private static final int MOST_REPEATS = 5;

    /** Nothing is done, and nothing said to be done, by a look at Slurm that is older than this. */
    private static final Duration FRESH = Duration.ofSeconds(5);

    /**
     * What we hold is forgotten only by a look that is newer than this: another daemon, with another goal, may have
     * written it anew meanwhile, and what is forgotten nobody resumes.
     */
    private static final Duration VERY_FRESH = Duration.ofMillis(250);

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
    private final Ledger ledger;

    private Observation seen;
    private long lookedAt;
    private boolean goalWritten;
    private long goalWrittenAt = Long.MIN_VALUE / 2;
    private @Nullable Effect last;
    private @Nullable Effect rested;
    private int repeats;
    private @Nullable Wait waiting;
    private Duration wait = FIRST_WAIT;
    private long doubtSince = -1;

    Way(Reconciler reconciler, NodeName node, Goal goal, Optional<Pool> pool, Reconciler.Limits limits) {
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
        this.ledger = new Ledger(pace);
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
        }
        return new NodeOutcome(node, goal, failure, reason, ledger.finish(), ledger.took(), ledger.own());
    }

    private String toTheEnd() throws InterruptedException {
        seen = looks.observe(node, pool);
        lookedAt = pace.nanos();
        while (true) {
            check();
            Step step = Lifecycle.next(seen, goal);
            if (step instanceof Look look) {
                seen = looks.look(seen, look.part());
            } else if (step instanceof Wait pause) {
                pause(pause);
                lookAfter(pause);
            } else if (pace.nanos() - lookedAt > fresh(step).toNanos()) {
                lookAgain(seen);
            } else if (step instanceof ForgetHeld && pace.nanos() - goalWrittenAt < FRESH.toNanos()) {
                settle();
            } else if (step instanceof Done done) {
                return done.reason();
            } else if (step instanceof Refuse refuse) {
                throw refuse.failure();
            } else if (step instanceof Effect effect && repeated(effect) && last != rested) {
                rest();
            } else if (step instanceof Effect effect) {
                carryOut(noted(effect));
                lookAfter(effect);
            }
        }
    }

    private static Duration fresh(Step step) {
        return step instanceof ForgetHeld ? VERY_FRESH : FRESH;
    }

    private Effect noted(Effect effect) {
        return effect instanceof Drain drain && note.isPresent()
                ? new Drain(drain.node(), drain.why() + ": " + note.get(), drain.reason())
                : effect;
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

    /** Who followed the goal that we have changed may act by an older look for so long, and hold jobs anew. */
    private void settle() throws InterruptedException {
        sleep(FRESH.minusNanos(pace.nanos() - goalWrittenAt));
        lookAgain(seen);
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

    private void carryOut(Effect effect) throws InterruptedException {
        if (goalWritten && effect instanceof SetGoal) {
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
        last = effect;
        waiting = null;
        wait = FIRST_WAIT;
        ledger.begin(effect);
        tell(Progress.Kind.STEP, effect.title(), effect.reason());
        long start = pace.nanos();
        try {
            effect.carryOut(ports);
            if (effect instanceof SetGoal) {
                goalWritten = true;
                goalWrittenAt = pace.nanos();
            }
            if (effect instanceof LiveMigrate move) {
                seen = seen.movedAfter(move.after());
            }
        } catch (UnreachableException | UnavailableException | RefusedException failure) {
            // it may have been done all the same, or have come too early: the next look tells
            if (repeats >= MOST_REPEATS || (failure instanceof RefusedException && repeats > 2)) {
                throw failure;
            }
            tell(Progress.Kind.AGAIN, effect.title(), failure.getMessage());
        } finally {
            ledger.add(pace.nanos() - start);
        }
    }

    private void pause(Wait pause) throws InterruptedException {
        if (!pause.equals(waiting)) {
            if (waiting == null || pause.on() != waiting.on()) {
                wait = FIRST_WAIT;
            }
            tell(Progress.Kind.WAIT, pause.on().name(), pause.reason());
            waiting = pause;
        }
        if (pause.on() != Party.DOUBT) {
            doubtSince = -1;
        } else if (doubtSince < 0) {
            doubtSince = pace.nanos();
        } else if (pace.nanos() - doubtSince > PATIENCE.toNanos()) {
            throw new UnreachableException(node.value(), pause.reason());
        }
        sleep(wait);
        Duration longer = wait.multipliedBy(3).dividedBy(2);
        wait = longer.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : longer;
    }

    /** Looks only at what is waited for. */
    private void lookAfter(Wait pause) {
        long start = pace.nanos();
        switch (pause.on()) {
            case NOVA -> seen = looks.cloudAgain(seen.unasked());
            case GUEST -> seen = seen.unasked();
            case SLURM, SALT, JOBS, DOUBT -> lookAgain(seen.unasked());
        }
        ledger.add(pace.nanos() - start);
    }

    private void lookAfter(Effect effect) {
        seen = looks.after(effect, seen);
        if (!(effect instanceof Effect.Note || effect instanceof Effect.OnServer)) {
            lookedAt = pace.nanos();
        }
    }

    private void lookAgain(Observation proven) {
        seen = looks.again(proven);
        lookedAt = pace.nanos();
    }

    private void sleep(Duration time) throws InterruptedException {
        long start = pace.nanos();
        pace.sleep(time);
        ledger.add(pace.nanos() - start);
    }

    private void tell(Progress.Kind kind, String what, String reason) {
        progress.accept(new Progress(node, kind, what, reason));
    }
}
