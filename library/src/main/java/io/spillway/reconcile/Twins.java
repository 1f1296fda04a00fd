package io.spillway.reconcile;

import static io.spillway.reconcile.Lifecycle.refuse;
import static io.spillway.reconcile.Situation.named;

import io.spillway.cloud.Server;
import io.spillway.cloud.ServerStatus;
import io.spillway.model.Goal;
import io.spillway.model.Job;
import io.spillway.model.NodeName;
import io.spillway.reconcile.Effect.Drain;
import io.spillway.reconcile.Effect.RemoveTwin;
import io.spillway.reconcile.Observation.CloudSide;
import io.spillway.reconcile.Observation.SlurmSide;
import io.spillway.reconcile.Step.Wait;
import io.spillway.slurm.SlurmNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Several servers that say they are one node. The one that Slurm's node runs on stays; another is removed when no job
 * can be on it. Until one is left nothing else is done: a minion of that name may be either's.
 */
final class Twins {
    private Twins() {}

    static Step next(Observation seen, SlurmSide slurm, CloudSide cloud, Goal goal) {
        List<Server> all = new ArrayList<>(cloud.twins());
        cloud.server().ifPresent(server -> all.add(0, server));
        if (all.stream().anyMatch(Server::busy)) {
            return new Wait(Party.NOVA, all.size() + " servers are " + seen.node() + ", and Nova is at work on one");
        }
        SortedSet<String> jobs = new TreeSet<>();
        slurm.jobs().stream().filter(Job::onNodes).map(Job::id).forEach(jobs::add);
        Optional<Server> running = running(slurm, all);
        if (running.isEmpty() && !jobs.isEmpty()) {
            return refuse(
                    seen,
                    "%s servers are %s (%s) and Slurm's address for it fits none alone, so nobody knows which has %s",
                    all.size(),
                    seen.node(),
                    ids(all),
                    named(jobs));
        }
        Server stays = running.orElseGet(() -> best(all));
        Server goes = all.stream().filter(one -> !one.equals(stays)).findFirst().orElseThrow();
        return Guard.of(seen, goes, remove(seen, slurm, goal, stays, goes, jobs));
    }

    private static Step remove(
            Observation seen, SlurmSide slurm, Goal goal, Server stays, Server goes, SortedSet<String> jobs) {
        SortedSet<String> held = Situation.both(Marks.of(goes.metadata()).held().ids(), jobs);
        if (!held.isEmpty()) {
            return refuse(
                    seen,
                    "%s runs on server %s, but its twin %s holds %s; cancel them, or delete the wrong server",
                    seen.node(),
                    stays.id(),
                    goes.id(),
                    named(held));
        }
        Situation now =
                new Situation(seen, slurm, new CloudSide(Optional.of(stays), List.of(), List.of()), stays, goal);
        if (now.open()) {
            return new Drain(
                    seen.node(),
                    "spillway: twin",
                    "two servers are %s: no new job until one is left".formatted(seen.node()));
        }
        // what stands in its metadata was suspended on the one that stays, before the other was there
        SortedSet<String> anywhere =
                Situation.without(jobs, now.jobs(now.marks().held()::suspended));
        if (!anywhere.isEmpty()) {
            return new Wait(
                    Party.JOBS,
                    "for the end of %s: a second server is %s, and one of its processes may be there"
                            .formatted(named(anywhere), seen.node()));
        }
        return new RemoveTwin(goes.id(), "%s is %s; no job is on this one".formatted(stays.id(), seen.node()));
    }

    /** The one at the address where Slurm reaches the node. */
    private static Optional<Server> running(SlurmSide slurm, List<Server> all) {
        String address = slurm.node().map(SlurmNode::address).orElse("");
        List<Server> there = all.stream()
                .filter(server -> server.address().filter(address::equals).isPresent())
                .toList();
        return there.size() == 1 ? Optional.of(there.get(0)) : Optional.empty();
    }

    /** No job is anywhere: the first that runs, else the first; all who look choose the same. */
    private static Server best(List<Server> all) {
        return all.stream()
                .filter(server -> server.status() == ServerStatus.ACTIVE)
                .findFirst()
                .orElse(all.get(0));
    }

    /** For people. */
    static String told(NodeName node, CloudSide cloud) {
        List<Server> all = new ArrayList<>(cloud.twins());
        cloud.server().ifPresent(server -> all.add(0, server));
        return "%d servers say that they are %s: %s".formatted(all.size(), node, ids(all));
    }

    private static String ids(List<Server> all) {
        return String.join(", ", all.stream().map(one -> one.id().toString()).toList());
    }
}
