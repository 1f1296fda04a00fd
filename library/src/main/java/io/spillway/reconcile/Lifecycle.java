package io.spillway.reconcile;

import static com.google.common.base.Strings.lenientFormat;
import static io.spillway.reconcile.Situation.named;

import io.spillway.cloud.Presence;
import io.spillway.cloud.Server;
import io.spillway.cloud.ServerStatus;
import io.spillway.failure.FailedException;
import io.spillway.failure.RefusedException;
import io.spillway.failure.SpillwayException;
import io.spillway.model.Goal;
import io.spillway.reconcile.Effect.SetGoal;
import io.spillway.reconcile.Observation.CloudSide;
import io.spillway.reconcile.Observation.SlurmSide;
import io.spillway.reconcile.Step.Look;
import io.spillway.reconcile.Step.Part;
import io.spillway.reconcile.Step.Refuse;
import io.spillway.reconcile.Step.Wait;
import io.spillway.slurm.SlurmNode;
import java.util.Optional;
import java.util.SortedSet;

/**
 * From what is seen of a node and what it should be to the next step. A pure function: no clock, no memory, no effect.
 * Its promises:
 *
 * <ul>
 *   <li>no server is suspended while a job on it runs in Slurm's eyes, or one of its processes does not stand still;
 *   <li>no server is paused while a job on it runs in Slurm's eyes;
 *   <li>no job is resumed before the guest's clock is right, munge decodes both ways, slurmd answers and the mounts do;
 *   <li>jobs that somebody else suspended are not resumed; an admin's drain, DOWN, reservation, lock or pin is not
 *       undone;
 *   <li>no step acts on a server by name; nothing is deleted, or done at all, while a part gives no answer;
 *   <li>a server whose machine may be where a broken-off move took it is left to an administrator of the cloud;
 *   <li>a node is set DOWN, and a server started, only when the server died for sure;
 *   <li>a server's address goes only with the server, and after Slurm has forgotten it;
 *   <li>before the first step towards a goal the goal stands in the server's metadata, where Nova lets it be written, and before a job is suspended
 *       its id does.
 * </ul>
 */
public final class Lifecycle {
    private Lifecycle() {}

    /**
     * The next step.
     *
     * @param seen what was seen
     * @param goal what should be
     * @return an effect to carry out, a part to look at, a wait, or the end
     */
    public static Step next(Observation seen, Goal goal) {
        if (seen.slurm() instanceof Seen.Unknown<SlurmSide> unknown) {
            return doubt("Slurm", unknown.failure());
        }
        if (seen.cloud() instanceof Seen.Unknown<CloudSide> unknown) {
            return doubt("the cloud", unknown.failure());
        }
        SlurmSide slurm = seen.slurm().toOptional().orElseThrow();
        CloudSide cloud = seen.cloud().toOptional().orElseThrow();
        if (slurm.node().filter(node -> !node.dynamic() && !node.cloud()).isPresent()) {
            return refuse(seen, "%s stands in slurm.conf: it is a physical node, which is not ours", seen.node());
        }
        Optional<Step> switched =
                slurm.node().filter(SlurmNode::cloud).flatMap(line -> PowerSaving.next(seen, slurm, cloud, line, goal));
        if (switched.isPresent()) {
            return switched.get();
        }
        if (cloud.server().isEmpty()) {
            return goal.state() == Goal.State.ABSENT
                    ? Departure.withoutServer(seen, slurm)
                    : Arrival.withoutServer(seen, slurm, goal);
        }
        if (!cloud.twins().isEmpty()) {
            return Twins.next(seen, slurm, cloud, goal);
        }
        Server server = cloud.server().get();
        Situation now = new Situation(seen, slurm, cloud, server, goal);
        return Guard.of(seen, server, withServer(now));
    }

    private static Step withServer(Situation now) {
        Server server = now.server();
        if (now.marks().node().filter(now.name()::equals).isEmpty()) {
            return refuse(
                    now.seen(),
                    "a server named %s is there (%s) that Spillway did not make: its metadata lack %s",
                    now.name(),
                    server.id(),
                    Marks.NODE);
        }
        if (server.task().filter(task -> task.contains("delet")).isPresent()) {
            return new Wait(Party.NOVA, "its server is being deleted");
        }
        if (server.status() == ServerStatus.UNKNOWN) {
            return new Wait(Party.DOUBT, "Nova cannot say how its server is");
        }
        boolean leaving = now.goal().state() == Goal.State.ABSENT;
        Optional<Step> astray = Astray.next(now);
        if (astray.isPresent()) {
            return astray.get();
        }
        Optional<String> lost = lost(server);
        if (lost.isPresent() && !leaving) {
            return refuse(now.seen(), "%s: %s; %s", now.name(), lost.get(), removal(now));
        }
        boolean off = Death.asks(server);
        if (off && !leaving) {
            Optional<Step> look = Death.look(now);
            if (look.isPresent()) {
                return look.get();
            }
            Optional<String> others = Death.others(now);
            if (others.isPresent()) {
                return refuse(
                        now.seen(),
                        "%s: %s; `openstack server start %s` would bring it back, %s",
                        now.name(),
                        others.get(),
                        server.id(),
                        removal(now));
            }
        }
        // Nova writes nothing into the metadata of a server that it makes or that has failed
        if (server.writable() && !now.marks().goal().equals(Optional.of(now.goal()))) {
            return new SetGoal(
                    server.id(), now.goal(), "so that any later run knows: " + now.name() + " should be " + now.goal());
        }
        if (server.busy() && !(leaving && lost.isPresent())) {
            return new Wait(
                    Party.NOVA,
                    "its server is " + server.task().orElse(server.status().name()));
        }
        Optional<Step> release = Death.release(now);
        if (release.isPresent() && server.writable()) {
            return release.get();
        }
        if (off && !leaving) {
            return Death.next(now);
        }
        if (!leaving && now.goal().host().isPresent() && server.host().isEmpty()) {
            return refuse(
                    now.seen(),
                    "nobody knows whether %s is on %s: the cloud does not tell us where servers are",
                    now.name(),
                    now.goal().host().get());
        }
        if (lost.isEmpty() && Hold.stands(now)) {
            return Hold.paused(now);
        }
        return switch (now.goal().state()) {
            case READY -> Return.next(now);
            case HELD, CHECKPOINTED -> Hold.next(now);
            case ABSENT ->
                now.node().filter(SlurmNode::cloud).isPresent()
                        ? PowerSaving.leave(now)
                        : Departure.withServer(now, lost);
        };
    }

    /** What `down` would do. A node may be alive although Nova has lost hold of its server. */
    private static String removal(Situation now) {
        SortedSet<String> running = now.runOn();
        return running.isEmpty()
                ? "`down` would remove it"
                : "in Slurm %s on, and `down` would wait for the end before it removes it"
                        .formatted(named(running) + (running.size() == 1 ? " runs" : " run"));
    }

    /** Why a server can never again be what it was. */
    private static Optional<String> lost(Server server) {
        if (server.presence() == Presence.GONE && !Death.asks(server)) {
            return Optional.of("its host has no such machine any more, its memory is gone");
        }
        return switch (server.status()) {
            case ERROR ->
                Optional.of("its server is in ERROR"
                        + server.fault().map(fault -> ": " + fault).orElse(""));
            case OTHER ->
                server.task().isPresent()
                        ? Optional.empty()
                        : Optional.of("its server is in a state that Spillway never asks for");
            case BUILD, ACTIVE, SUSPENDED, PAUSED, SHUTOFF, MIGRATING, UNKNOWN -> Optional.empty();
        };
    }

    /** The look at what nobody has looked at, or the wait while who knows it does not answer; empty once it is known. */
    static Optional<Step> unseen(Seen<?> seen, Part part, String why, String knower) {
        if (seen instanceof Seen.Unasked<?>) {
            return Optional.of(new Look(part, why));
        }
        return seen instanceof Seen.Unknown<?> unknown
                ? Optional.of(doubt(knower, unknown.failure()))
                : Optional.empty();
    }

    static Wait doubt(String part, SpillwayException failure) {
        return new Wait(Party.DOUBT, "no answer about it from " + part + ": " + failure.getMessage());
    }

    /** A format of %s alone: ten times as fast as the JDK's, and all states are walked in every build. */
    static Refuse refuse(Observation seen, String format, Object... words) {
        return new Refuse(new RefusedException(seen.node().value(), lenientFormat(format, words)));
    }

    static Refuse failed(Observation seen, String format, Object... words) {
        return new Refuse(new FailedException(seen.node().value(), lenientFormat(format, words)));
    }
}
