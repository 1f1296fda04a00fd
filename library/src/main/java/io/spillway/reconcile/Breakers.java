package io.spillway.reconcile;

import io.spillway.failure.FailedException;
import io.spillway.failure.NoCapacityException;
import io.spillway.failure.SpillwayException;
import io.spillway.model.NodeName;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Keeps pools from making servers in vain. "No capacity now" closes a pool for a while that doubles each time, then one
 * server is tried. "This image is broken" (several fresh servers in a row that never joined) closes it until a person
 * says otherwise: each further try would cost the cloud a server and tell nothing new. This class is threadsafe.
 */
final class Breakers {
    /** So many different fresh nodes in a row must fail before it is the image's fault. */
    static final int BROKEN = 3;

    private static final Duration FIRST = Duration.ofSeconds(30);
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private final Pace pace;
    private final Backoff backoff = new Backoff(FIRST, LONGEST);
    private final Map<String, PoolState> pools = new TreeMap<>();

    Breakers(Pace pace) {
        this.pace = pace;
    }

    private static final class PoolState {
        int refusals;
        long closedUntil;
        boolean trying;
        String why = "";
        final Set<NodeName> failed = new LinkedHashSet<>();
        String lastFailure = "";
    }

    private PoolState of(String pool) {
        return pools.computeIfAbsent(pool, name -> new PoolState());
    }

    /**
     * Asked before a server of the pool is made.
     *
     * @throws FailedException if the pool's image is broken
     * @throws NoCapacityException if there was no room a moment ago
     */
    synchronized void admit(String pool) {
        PoolState state = of(pool);
        broken(pool, state).ifPresent(why -> {
            throw new FailedException(pool, why);
        });
        if (state.refusals == 0) {
            return;
        }
        long left = state.closedUntil - pace.nanos();
        if (left > 0 || state.trying) {
            throw new NoCapacityException(
                    pool,
                    state.trying
                            ? "pool %s: one server is tried whether there is room again; %s".formatted(pool, state.why)
                            : "pool %s: no room a moment ago, tried again in %d s: %s"
                                    .formatted(pool, 1 + left / 1_000_000_000, state.why));
        }
        state.trying = true;
    }

    /** A server was made. */
    synchronized void made(String pool) {
        PoolState state = of(pool);
        state.trying = false;
        state.refusals = 0;
    }

    /** A server was not made, for whatever reason. */
    synchronized void notMade(String pool, SpillwayException failure) {
        PoolState state = of(pool);
        state.trying = false;
        if (failure instanceof NoCapacityException) {
            state.refusals++;
            state.why = failure.getMessage();
            state.closedUntil = pace.nanos() + backoff.after(state.refusals).toNanos();
        }
    }

    /** A fresh node has joined: the image is good. */
    synchronized void joined(String pool) {
        of(pool).failed.clear();
    }

    /** A fresh server ended in ERROR, or its node never joined. */
    synchronized void neverJoined(String pool, NodeName node, String why) {
        PoolState state = of(pool);
        state.failed.add(node);
        state.lastFailure = why;
    }

    private static Optional<String> broken(String pool, PoolState state) {
        return state.failed.size() < BROKEN
                ? Optional.empty()
                : Optional.of(
                        "pool %s: %d fresh servers in a row never joined (%s), the last: %s; no more are made until its image or states are mended and `spillway pools --reset %s` is run"
                                .formatted(
                                        pool,
                                        state.failed.size(),
                                        String.join(
                                                ", ",
                                                state.failed.stream()
                                                        .map(NodeName::value)
                                                        .toList()),
                                        state.lastFailure,
                                        pool));
    }

    /** Forgets what went wrong with the pool. */
    synchronized void reset(String pool) {
        pools.remove(pool);
    }

    /** The pools that make no servers now, and why. */
    synchronized Map<String, String> closed() {
        Map<String, String> closed = new TreeMap<>();
        pools.forEach((pool, state) -> broken(pool, state)
                .or(() -> state.refusals > 0 ? Optional.of("no capacity: " + state.why) : Optional.empty())
                .ifPresent(why -> closed.put(pool, why)));
        return closed;
    }
}
