package io.spillway.daemon.api;

import io.spillway.Draft;
import io.spillway.Drafts;
import io.spillway.Spillway;
import io.spillway.failure.BadInputException;
import io.spillway.model.Hostlist;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants done.
 *
 * @param operation {@code up}, {@code down}, {@code checkpoint}, {@code restore}, {@code migrate}, {@code hold},
 *     {@code release}, {@code drain}, {@code undrain}, {@code maintain} or {@code end-maintenance}
 * @param nodes a hostlist; left out where a pool is named, and for a maintenance
 * @param pool for {@code up}: the pool to take names from
 * @param count for {@code up} with a pool: how many; 1
 * @param host for {@code migrate}, {@code restore} and {@code up} with nodes: where to; for a maintenance: which
 * @param reason shown by Slurm where a node is drained
 * @param timeoutSeconds give up after that; the goal stands
 */
public record Order(
        String operation,
        @Nullable String nodes,
        @Nullable String pool,
        @Nullable Integer count,
        @Nullable String host,
        @Nullable String reason,
        @Nullable Long timeoutSeconds) {
    private static final long LONGEST = 1_000_000;
    private static final Set<String> TAKE_HOST = Set.of("up", "migrate", "restore");

    /** The operation, checked. */
    Draft draft(Spillway site) {
        Spillway limited = timeoutSeconds == null ? site : site.within(limit(timeoutSeconds));
        Spillway because = reason == null ? limited : limited.because(reason);
        return draft(because.drafts());
    }

    /**
     * Whether it is about a host, and the nodes follow from that.
     *
     * @return true for a maintenance
     */
    public boolean ofHost() {
        return operation.equals("maintain") || operation.equals("end-maintenance");
    }

    private static Duration limit(long seconds) {
        if (seconds < 1 || seconds > LONGEST) {
            throw new BadInputException(null, "a timeout of %d s is none; 1 to %d s are".formatted(seconds, LONGEST));
        }
        return Duration.ofSeconds(seconds);
    }

    private Draft draft(Drafts drafts) {
        if (operation == null) {
            throw new BadInputException(null, "an order has an operation, such as checkpoint");
        }
        if (host != null && !ofHost() && !TAKE_HOST.contains(operation)) {
            throw new BadInputException(null, operation + " takes no host; up, migrate and restore do");
        }
        if (nodes != null && ofHost()) {
            throw new BadInputException(null, operation + " takes a host and no nodes");
        }
        if ((pool != null || count != null) && !operation.equals("up")) {
            throw new BadInputException(null, operation + " takes no pool and no count; up does");
        }
        return switch (operation) {
            case "up" -> up(drafts);
            case "down" -> drafts.deprovision(hostlist());
            case "checkpoint" -> drafts.checkpoint(hostlist());
            case "restore" -> host == null ? drafts.restore(hostlist()) : drafts.restore(hostlist(), host);
            case "migrate" -> drafts.migrate(hostlist(), required("migrate", "to go to", host));
            case "hold" -> drafts.hold(hostlist());
            case "release" -> drafts.release(hostlist());
            case "drain" -> drafts.drain(hostlist());
            case "undrain" -> drafts.undrain(hostlist());
            case "maintain" -> drafts.maintain(required(operation, "to work on", host));
            case "end-maintenance" -> drafts.endMaintenance(required(operation, "that was worked on", host));
            default ->
                throw new BadInputException(
                        null,
                        "there is no such operation; up, down, checkpoint, restore, migrate, hold, release, drain,"
                                + " undrain, maintain and end-maintenance are");
        };
    }

    private Draft up(Drafts drafts) {
        if ((nodes == null) == (pool == null)) {
            throw new BadInputException(null, "up wants either NODES or --pool POOL --count N");
        }
        if (nodes != null && count != null) {
            throw new BadInputException(null, "--count goes with --pool, not with NODES");
        }
        if (pool != null && host != null) {
            throw new BadInputException(null, "--host goes with NODES, not with --pool");
        }
        if (pool != null) {
            return drafts.provision(pool, count == null ? 1 : count);
        }
        return host == null ? drafts.provision(hostlist()) : drafts.provision(hostlist(), host);
    }

    private static String required(String operation, String what, @Nullable String host) {
        if (host == null) {
            throw new BadInputException(null, "%s wants the host %s".formatted(operation, what));
        }
        return host;
    }

    private Hostlist hostlist() {
        return Hostlist.parse(nodes == null ? "" : nodes);
    }
}
