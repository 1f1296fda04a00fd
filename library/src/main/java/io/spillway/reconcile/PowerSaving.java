package io.spillway.reconcile;

import static io.spillway.reconcile.Lifecycle.refuse;
import static io.spillway.reconcile.Situation.named;

import io.spillway.cloud.Server;
import io.spillway.cloud.ServerStatus;
import io.spillway.failure.NotFoundException;
import io.spillway.model.Goal;
import io.spillway.model.Job;
import io.spillway.reconcile.Effect.Destroy;
import io.spillway.reconcile.Effect.Undrain;
import io.spillway.reconcile.Observation.CloudSide;
import io.spillway.reconcile.Observation.SlurmSide;
import io.spillway.reconcile.Step.Done;
import io.spillway.reconcile.Step.Refuse;
import io.spillway.reconcile.Step.Wait;
import io.spillway.slurm.SlurmNode;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * A node whose place is a line of slurm.conf with {@code State=CLOUD}. Whether it is on is Slurm's to say, and
 * slurmctld's flags are how it says so: switched on, it gets a fresh server; switched off, it loses it. In between it is
 * held, checkpointed and moved like any other. Nobody else makes or removes its server: Slurm would count a node that
 * came up unasked as rebooted, and one that went as lost.
 */
final class PowerSaving {
    private PowerSaving() {}

    /**
     * What such a node should be.
     *
     * @param seen what was seen of it
     * @param stands the goal in its server's metadata, if there is one
     * @return what Slurm says by its flags, else the goal that stands
     */
    static Optional<Goal> goal(Observation seen, Optional<Goal> stands) {
        Optional<SlurmNode> line =
                seen.slurm().toOptional().flatMap(SlurmSide::node).filter(SlurmNode::cloud);
        if (line.isEmpty()) {
            return stands;
        }
        SlurmNode node = line.get();
        boolean server = seen.cloud().toOptional().flatMap(CloudSide::server).isPresent();
        if (!server) {
            return node.poweringUp() ? Optional.of(Goal.READY) : Optional.empty();
        }
        boolean off = node.poweringDown() || node.notResumed();
        return stands.map(goal -> off && goal.state() == Goal.State.READY ? Goal.ABSENT : goal);
    }

    /** Empty where the node goes the way that all nodes go. */
    static Optional<Step> next(Observation seen, SlurmSide slurm, CloudSide cloud, SlurmNode line, Goal goal) {
        if (cloud.server().isEmpty()) {
            return Optional.of(withoutServer(seen, slurm, line, goal));
        }
        Server server = cloud.server().get();
        Marks marks = cloud.marks();
        if (marks.node().filter(seen.node()::equals).isEmpty()) {
            return Optional.empty();
        }
        boolean starting = line.poweringUp() || (line.poweredDown() && busy(slurm));
        if (!cloud.twins().isEmpty()) {
            // a drain now would throw the job out that it is switched on for
            return starting ? Optional.of(starting(line)) : Optional.empty();
        }
        return switch (goal.state()) {
            case READY -> line.poweringDown() ? Optional.of(off(seen)) : asleep(seen, line, server);
            case HELD, CHECKPOINTED ->
                line.poweringDown() || starting
                        ? Optional.of(refuse(
                                seen,
                                "Slurm's power saving is switching %s; it can be held when that is over",
                                seen.node()))
                        : Optional.empty();
            case ABSENT -> {
                boolean left = marks.goal().filter(goal::equals).isPresent();
                boolean ours = line.switchedOff() || (line.poweringUp() && left);
                yield ours ? Optional.empty() : Optional.of(slurms(seen, line));
            }
        };
    }

    private static boolean busy(SlurmSide slurm) {
        return slurm.jobs().stream().anyMatch(Job::onNodes);
    }

    private static Wait starting(SlurmNode line) {
        return line.poweringUp()
                ? new Wait(Party.SLURM, "Slurm's power saving is switching it on")
                : new Wait(Party.JOBS, "Slurm has a job for it, and will switch it on or let the job end");
    }

    private static Optional<Step> asleep(Observation seen, SlurmNode line, Server server) {
        return line.poweringUp() && server.status() == ServerStatus.SUSPENDED
                ? Optional.of(refuse(
                        seen,
                        "Slurm switches %s on and waits for a fresh boot, which a memory on disk is not; it gives up"
                                + " after ResumeTimeout, and then the server goes",
                        seen.node()))
                : Optional.empty();
    }

    private static Refuse off(Observation seen) {
        return refuse(
                seen,
                "Slurm's power saving has switched %s off; `scontrol update nodename=%s state=power_up` switches it on",
                seen.node(),
                seen.node());
    }

    private static Refuse slurms(Observation seen, SlurmNode line) {
        return refuse(
                seen,
                "Slurm's power saving switches %s; `scontrol update nodename=%s state=%s` takes it down",
                seen.node(),
                seen.node(),
                line.poweringUp() ? "power_down_force" : "power_down_asap");
    }

    private static Step withoutServer(Observation seen, SlurmSide slurm, SlurmNode line, Goal goal) {
        boolean ready = goal.state() == Goal.State.READY;
        if (goal.state() == Goal.State.HELD || goal.state() == Goal.State.CHECKPOINTED) {
            return new Refuse(new NotFoundException(seen.node().value(), seen.node() + " has no server"));
        }
        if (line.poweringUp() && ready && seen.pool().isPresent()) {
            return Arrival.make(seen, slurm, seen.pool().get(), goal);
        }
        if (line.poweringUp()) {
            return ready
                    ? refuse(seen, "%s is in no pool, so nobody knows how to make its server", seen.node())
                    : new Done("it has no server yet; Slurm's power saving is switching it on");
        }
        if (line.switchedOn()) {
            return refuse(
                    seen,
                    "%s is lost: Slurm counts it as up, but its server is gone; `scontrol update nodename=%s"
                            + " state=power_down_force` ends it, and the jobs on it",
                    seen.node(),
                    seen.node());
        }
        if (busy(slurm)) {
            return starting(line);
        }
        if (ready) {
            return off(seen);
        }
        if (line.drainedByUs()) {
            return new Undrain(seen.node(), "its server is gone; Slurm may switch it on again");
        }
        return Arrival.clear(seen, slurm).orElseGet(() -> new Done("nothing of it is left but its line in slurm.conf"));
    }

    /** To ABSENT, its server there: what Slurm has switched off goes at once, and its address stays its own. */
    static Step leave(Situation now) {
        List<Job> jobs = now.slurm().jobs().stream().filter(Job::onNodes).toList();
        // what is switched on anew still has the server of before, on which no job can have begun
        boolean begun = !now.node().orElseThrow().poweringUp()
                || jobs.stream().anyMatch(job -> !job.states().contains("CONFIGURING"));
        if (begun && !jobs.isEmpty()) {
            SortedSet<String> ids = now.jobs(Job::onNodes);
            return new Wait(Party.JOBS, "for the end of " + named(ids));
        }
        return new Destroy(now.name(), Optional.of(now.server().id()), "Slurm's power saving has switched it off");
    }
}
