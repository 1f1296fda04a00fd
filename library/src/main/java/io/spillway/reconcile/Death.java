package io.spillway.reconcile;

import static io.spillway.reconcile.Lifecycle.refuse;
import static io.spillway.reconcile.Lifecycle.unseen;
import static io.spillway.reconcile.Situation.both;
import static io.spillway.reconcile.Situation.named;

import io.spillway.cloud.Ending;
import io.spillway.cloud.Presence;
import io.spillway.cloud.Server;
import io.spillway.cloud.ServerStatus;
import io.spillway.model.Goal;
import io.spillway.model.Job;
import io.spillway.reconcile.Effect.NoteDeath;
import io.spillway.reconcile.Effect.ReleaseJobs;
import io.spillway.reconcile.Effect.SetDown;
import io.spillway.reconcile.Effect.StartServer;
import io.spillway.reconcile.Step.Part;
import io.spillway.reconcile.Step.Wait;
import io.spillway.slurm.SlurmNode;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;

/**
 * A server that died: Slurm is told, and requeues the jobs by its own rules; those that we held are released; the server
 * is started with the disk it has. What follows is a node's return, with all its states applied anew.
 */
final class Death {
    private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);

    private Death() {}

    /** Whether the server is off, so that the question is why. */
    static boolean asks(Server server) {
        return server.status() == ServerStatus.SHUTOFF && server.task().isEmpty();
    }

    /** Empty once it is known why the server is off. */
    static Optional<Step> look(Situation now) {
        if (now.server().presence() == Presence.THERE) {
            return Optional.of(new Wait(Party.NOVA, "Nova says that its server is off, its host says that it runs"));
        }
        return unseen(now.seen().ending(), Part.ENDING, "whether its server died or was stopped", "the cloud");
    }

    /** Why the server is a person's matter; empty if it died for sure. */
    static Optional<String> others(Situation now) {
        return switch (now.seen().ending().toOptional().orElse(Ending.UNTOLD)) {
            case DIED -> Optional.empty();
            case STOPPED ->
                Optional.of("somebody stopped its server, see `openstack server event list "
                        + now.server().id() + "`");
            case UNTOLD -> Optional.of("its server is SHUTOFF, and Nova's record does not say why");
        };
    }

    /** With a server that died for sure. */
    static Step next(Situation now) {
        Optional<Step> bury = bury(now);
        if (bury.isPresent()) {
            return bury.get();
        }
        return now.goal().state() == Goal.State.READY
                ? new StartServer(now.server().id(), "it died, and Slurm has no job on it")
                : refuse(
                        now.seen(),
                        "%s cannot be %s: its server died; `restore` would start it anew, `down` would remove it",
                        now.name(),
                        now.goal());
    }

    /** Empty once Slurm has taken all jobs off the node, and nobody but their users and admins holds them. */
    static Optional<Step> bury(Situation now) {
        if (now.node().filter(SlurmNode::powering).isPresent()) {
            return Optional.of(new Wait(Party.SLURM, "Slurm's power saving is switching it"));
        }
        Optional<Step> undated = now.undated();
        if (undated.isPresent()) {
            return undated;
        }
        if (!now.marks().died()) {
            return Optional.of(new NoteDeath(now.server().id(), ours(now), "its server died"));
        }
        if (now.node().filter(node -> !closed(node)).isPresent()) {
            String minute = MINUTE.format(now.slurm().time().atOffset(ZoneOffset.UTC));
            return Optional.of(new SetDown(
                    now.name(),
                    "spillway: its server died (SHUTOFF), seen %s UTC".formatted(minute),
                    "its server died, so Slurm is to requeue what was on it"));
        }
        SortedSet<String> jobs = now.jobs(Job::onNodes);
        return jobs.isEmpty()
                ? release(now)
                : Optional.of(new Wait(Party.SLURM, "Slurm takes %s off it".formatted(named(jobs))));
    }

    private static boolean closed(SlurmNode node) {
        return node.down() && (node.drained() || node.heldDown());
    }

    /** The jobs here that are suspended by our word and that nobody else wants held. */
    private static Held ours(Situation now) {
        SortedSet<String> ours = now.heldHere();
        ours.addAll(now.heldThere());
        return Held.of(now.slurm().jobs().stream()
                .filter(job -> ours.contains(job.id()) && !job.held())
                .toList());
    }

    /** Empty unless jobs are still to be released that we held when the server died. */
    static Optional<Step> release(Situation now) {
        SortedSet<String> held = now.marks().held().ids();
        boolean lost = now.marks().died() && both(held, now.jobs(Job::onNodes)).isEmpty();
        return held.isEmpty() || !lost
                ? Optional.empty()
                : Optional.of(new ReleaseJobs(
                        now.server().id(),
                        held,
                        Marks.heldKeys(now.server().metadata()),
                        "we held %s when its server died".formatted(named(held))));
    }
}
