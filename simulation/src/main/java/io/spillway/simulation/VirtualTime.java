package io.spillway.simulation;

import io.spillway.failure.BadInputException;
import io.spillway.reconcile.Pace;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * A clock that stands still while anybody works and leaps to the next thing that is to happen when all sleep. Several
 * actors live in it, one at a time, always in the same order: a run with the same acts is the same run. This class is
 * not threadsafe: its actors take turns, and nobody else calls it but one thread, whose sleep is what lets time pass.
 */
public final class VirtualTime implements Pace {
    /** From one look at what another one is at to the next. */
    private static final Duration MOMENT = Duration.ofMillis(1);

    /** More at one moment is no work that comes to an end. */
    private static final int MOST_AT_ONCE = 1_000_000;

    private record Event(long at, long number, Runnable what) {}

    /** A thread that works while it has the turn. */
    private static final class Actor {
        final Semaphore turn = new Semaphore(0);

        @Nullable Throwable end;
    }

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
    private final Map<Thread, Actor> actors = new HashMap<>();
    private final List<Actor> ended = new ArrayList<>();
    private final Semaphore scheduler = new Semaphore(0);
    private long now;
    private long numbers;
    private int atThisMoment;

    /** Time that begins now. */
    public VirtualTime() {}

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public Instant now() {
        return Simulation.EPOCH.plusNanos(now);
    }

    /**
     * Lets something happen later.
     *
     * @param delay when, from now
     * @param what what happens; it must not sleep
     */
    public void after(Duration delay, Runnable what) {
        events.add(new Event(now + delay.toNanos(), numbers++, what));
    }

    @Override
    public void sleep(Duration time) throws InterruptedException {
        Actor me = actors.get(Thread.currentThread());
        if (me == null) {
            leap(now + time.toNanos());
            return;
        }
        after(time, () -> turn(me));
        scheduler.release();
        me.turn.acquire();
    }

    /** The lock's owner sleeps somewhere, so it goes on while this does. */
    @Override
    public void lock(Lock lock) {
        while (!lock.tryLock()) {
            try {
                sleep(MOMENT);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("nobody interrupts here", interrupted);
            }
        }
    }

    @Override
    public <T> T await(Future<T> end) throws InterruptedException, ExecutionException {
        boolean mine = !actors.containsKey(Thread.currentThread());
        while (!end.isDone()) {
            if (mine && events.isEmpty()) {
                throw new IllegalStateException("nothing will happen any more, and it has not ended");
            } else if (mine) {
                next();
            } else {
                sleep(MOMENT);
            }
        }
        return end.get();
    }

    @Override
    public Optional<Executor> workers() {
        return Optional.of(this::begin);
    }

    /** What happens until then happens. */
    private void leap(long until) {
        while (!events.isEmpty() && events.peek().at() <= until) {
            next();
        }
        now = until;
    }

    private void next() {
        Event event = events.remove();
        atThisMoment = event.at() == now ? atThisMoment + 1 : 0;
        if (atThisMoment > MOST_AT_ONCE) {
            throw new BadInputException(
                    null,
                    "%d things happened at %s, second %.1f of the simulation, and no time passes: somebody wakes himself at the same moment for ever"
                            .formatted(MOST_AT_ONCE, now(), now / 1e9));
        }
        now = event.at();
        event.what().run();
    }

    private void turn(Actor actor) {
        actor.turn.release();
        scheduler.acquireUninterruptibly();
    }

    /**
     * Runs actors side by side until all have ended. Whatever one of them throws is thrown here, when all have ended.
     *
     * @param acts what the actors do; they begin in this order
     */
    public void run(List<Runnable> acts) {
        acts.forEach(this::begin);
        while (!actors.isEmpty()) {
            next();
        }
        List<Actor> all = List.copyOf(ended);
        ended.clear();
        all.stream().filter(actor -> actor.end != null).findFirst().ifPresent(actor -> rethrow(actor.end));
    }

    /**
     * One more actor. One that is begun by another in the midst of a {@link #run} is waited for by that, too.
     *
     * @param act what it does; it begins when it has its turn
     */
    public void begin(Runnable act) {
        Actor actor = new Actor();
        Thread thread = new Thread(() -> live(actor, act), "actor");
        thread.setDaemon(true);
        actors.put(thread, actor);
        after(Duration.ZERO, () -> {
            thread.start();
            turn(actor);
        });
    }

    private void live(Actor actor, Runnable act) {
        actor.turn.acquireUninterruptibly();
        try {
            act.run();
        } catch (RuntimeException | Error end) {
            actor.end = end;
        } finally {
            actors.remove(Thread.currentThread());
            ended.add(actor);
            scheduler.release();
        }
    }

    private static void rethrow(@Nullable Throwable end) {
        if (end instanceof Error error) {
            throw error;
        }
        if (end instanceof RuntimeException failure) {
            throw failure;
        }
    }
}
