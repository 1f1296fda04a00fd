package io.spillway.reconcile;

import io.spillway.cloud.Cloud;
import io.spillway.cloud.Server;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who keeps the goals, where more than one daemon runs. The lease stands where the goals stand, in the metadata of the
 * site's server with the lowest UUID: who cannot reach it cannot do harm either. Without a server all lead: they can only
 * make one, and the provisioner makes each once. It is {@code HOLDER COUNTER}; the holder counts on, and who sees no new count for a while, by a clock of its
 * own, takes over: writes its name, waits until anybody else's writing must have come through, and leads if its name
 * still stands. No two clocks are compared. Two may lead for a moment after a stall; the steps bear that, since each is
 * taken against what is seen at that moment. One thread looks; all may ask whether this one leads.
 */
public final class Lease {
    static final String KEY = "spillway:lease";

    /** Written anew no more often than that. */
    private static final Duration RENEW = Duration.ofSeconds(20);

    /** A lease that was not written anew for so long is not ours any more. */
    private static final Duration TERM = Duration.ofSeconds(75);

    /** A lease that was not counted on for so long is free. */
    private static final Duration SILENCE = Duration.ofSeconds(90);

    /** Longer than a write takes that was sent before ours. */
    private static final Duration SETTLE = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

    private final Cloud cloud;
    private final String me;
    private final Pace pace;
    private long count;
    private Optional<String> lastSeen = Optional.empty();
    private long lastSeenAt;
    private volatile boolean leading;
    private volatile boolean nothingToKeep;
    private volatile long writtenAt;
    private volatile Optional<String> leader = Optional.empty();

    /**
     * A lease in this cloud.
     *
     * @param cloud where the servers are
     * @param me the same name after each restart, another one than any other daemon's; without blanks, at most 200
     *     characters
     * @param pace our own clock
     */
    public Lease(Cloud cloud, String me, Pace pace) {
        this.cloud = cloud;
        this.me = me;
        this.pace = pace;
    }

    /**
     * Whether this one keeps the goals now.
     *
     * @return true if so
     */
    public boolean leads() {
        return nothingToKeep || holds();
    }

    private boolean holds() {
        return leading && pace.nanos() - writtenAt < TERM.toNanos();
    }

    /**
     * Who keeps the goals if this one does not.
     *
     * @return the other's name, if one was seen
     */
    public Optional<String> leader() {
        return leader;
    }

    /**
     * Looks at the lease and renews it, or takes it if it is free.
     *
     * @param servers the servers as they were seen just now
     * @return whether this one leads
     * @throws InterruptedException if the thread is interrupted while a claim settles
     */
    boolean look(List<Server> servers) throws InterruptedException {
        Optional<Server> bearer = bearer(servers);
        if (bearer.isEmpty()) {
            nothingToKeep = true;
            return true;
        }
        try {
            look(bearer.get());
        } finally {
            // not before it is clear who leads: who makes the first server is not to be stopped in the midst of it
            nothingToKeep = false;
        }
        return leads();
    }

    private void look(Server bearer) throws InterruptedException {
        Optional<String> value = value(bearer);
        Optional<String> holder = value.map(text -> text.split(" ", 2)[0]);
        boolean mine = holder.equals(Optional.of(me));
        if (mine || (holds() && value.isEmpty())) {
            renew(bearer, mine);
        } else if (free(value)) {
            claim(bearer);
        } else {
            follow(holder);
        }
    }

    /** None bears it that Nova lets nobody write to: one broken server must not make us blind to all others. */
    private static Optional<Server> bearer(List<Server> servers) {
        return servers.stream()
                .filter(server -> Marks.of(server.metadata()).node().isPresent())
                .filter(Server::writable)
                .filter(server ->
                        server.task().filter(task -> task.contains("delet")).isEmpty())
                .min(Comparator.comparing(server -> server.id().toString()));
    }

    private static Optional<String> value(Server server) {
        return Optional.ofNullable(server.metadata().get(KEY)).filter(text -> !text.isBlank());
    }

    private void renew(Server bearer, boolean written) {
        if (!written || !leading || pace.nanos() - writtenAt >= RENEW.toNanos()) {
            write(bearer);
        }
        lead();
    }

    private void lead() {
        if (!leading) {
            LOG.info("lease: this daemon leads and keeps the goals");
        }
        leading = true;
        leader = Optional.empty();
    }

    private void write(Server bearer) {
        long now = pace.nanos();
        cloud.setMetadata(bearer.id(), java.util.Map.of(KEY, me + " " + ++count));
        writtenAt = now;
    }

    /** Free is what nobody counts on, and, to a daemon that has never seen a lease, what is not there. */
    private boolean free(Optional<String> value) {
        boolean first = lastSeen.isEmpty() && lastSeenAt == 0;
        if (first && value.isEmpty()) {
            return true;
        }
        if (first || !value.equals(lastSeen)) {
            lastSeen = value;
            lastSeenAt = pace.nanos();
            return false;
        }
        return pace.nanos() - lastSeenAt >= SILENCE.toNanos();
    }

    private void claim(Server bearer) throws InterruptedException {
        write(bearer);
        pace.sleep(SETTLE);
        Optional<Server> there = bearer(cloud.servers());
        Optional<String> now = there.flatMap(Lease::value);
        if (now.filter(text -> text.startsWith(me + " ")).isPresent()) {
            lead();
        } else if (there.filter(other -> !other.id().equals(bearer.id())).isPresent() && now.isEmpty()) {
            claim(there.get()); // made meanwhile, as the first two servers of a site are: it is the bearer from now on
        } else {
            lastSeen = now;
            lastSeenAt = pace.nanos();
            follow(now.map(text -> text.split(" ", 2)[0]));
        }
    }

    private void follow(Optional<String> holder) {
        if (leading || !leader.equals(holder)) {
            LOG.info("lease: {} leads; this daemon keeps no goals", holder.orElse("nobody yet"));
        }
        leading = false;
        leader = holder;
    }
}
