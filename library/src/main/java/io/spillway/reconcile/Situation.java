package io.spillway.reconcile;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;

import io.spillway.cloud.Server;
import io.spillway.model.Goal;
import io.spillway.model.Job;
import io.spillway.model.NodeName;
import io.spillway.reconcile.Observation.CloudSide;
import io.spillway.reconcile.Observation.Other;
import io.spillway.reconcile.Observation.SlurmSide;
import io.spillway.slurm.SlurmNode;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/** An observation whose server is there, with what the rules ask of it most. */
record Situation(Observation seen, SlurmSide slurm, CloudSide cloud, Server server, Marks marks, Goal goal) {
    NodeName name() {
        return seen.node();
    }

    Optional<SlurmNode> node() {
        return slurm.node();
    }

    boolean undrained() {
        return node().isPresent() && !node().get().drained();
    }

    boolean drainedByUs() {
        return node().filter(SlurmNode::drainedByUs).isPresent();
    }

    boolean elsewhere() {
        return goal.host().isPresent() && !goal.host().equals(server.host());
    }

    /** The ids of the jobs on the node that are so. */
    SortedSet<String> jobs(Predicate<Job> so) {
        return slurm.jobs().stream().filter(so).map(Job::id).collect(toCollection(TreeSet::new));
    }

    List<Job> jobsOnNode() {
        return slurm.jobs().stream().filter(Job::onNodes).toList();
    }

    /** The jobs that we hold on this node and that Slurm still holds suspended. */
    SortedSet<String> heldHere() {
        return both(marks.held(), jobs(Job::suspended));
    }

    /** The suspended jobs here that another node's checkpoint holds: ours as well. */
    SortedSet<String> heldThere() {
        SortedSet<String> shared = new TreeSet<>();
        cloud.others().forEach(other -> shared.addAll(other.held()));
        return both(shared, jobs(Job::suspended));
    }

    /** The other nodes that keep one of these jobs from running: they hold it and are not back, or are asleep. */
    List<Other> away(Collection<String> jobs) {
        return cloud.others().stream()
                .filter(other -> jobs.stream().anyMatch(job -> keeps(other, job)))
                .toList();
    }

    /** Those of these jobs that another node keeps from running. */
    SortedSet<String> waiting(Collection<String> jobs) {
        return jobs.stream()
                .filter(job -> cloud.others().stream().anyMatch(other -> keeps(other, job)))
                .collect(toCollection(TreeSet::new));
    }

    private boolean keeps(Other other, String job) {
        boolean spans = slurm.jobs().stream()
                .anyMatch(one -> one.id().equals(job) && one.nodes().contains(other.node()));
        return (other.held().contains(job) && !other.back()) || (spans && other.asleep());
    }

    static SortedSet<String> both(SortedSet<String> one, Collection<String> other) {
        SortedSet<String> both = new TreeSet<>(one);
        both.retainAll(other);
        return both;
    }

    static SortedSet<String> without(SortedSet<String> one, Collection<String> other) {
        SortedSet<String> left = new TreeSet<>(one);
        left.removeAll(other);
        return left;
    }

    /** Such as {@code job 12} or {@code jobs 12, 13 and 7 more}. */
    static String named(Collection<String> jobs) {
        int shown = 5;
        String list = jobs.stream().limit(shown).collect(joining(", "));
        String more = jobs.size() > shown ? " and " + (jobs.size() - shown) + " more" : "";
        return (jobs.size() == 1 ? "job " : "jobs ") + list + more;
    }
}
