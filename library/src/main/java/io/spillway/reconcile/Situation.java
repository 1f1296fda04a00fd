package io.spillway.reconcile;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;

import io.spillway.cloud.Presence;
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
record Situation(Observation seen, SlurmSide slurm, CloudSide cloud, Server server, Goal goal) {
    /** That of an observation whose two sides are known and whose server is there; it has no goal to speak of. */
    static Situation of(Observation seen) {
        SlurmSide slurm = seen.slurm().toOptional().orElseThrow();
        CloudSide cloud = seen.cloud().toOptional().orElseThrow();
        Server server = cloud.server().orElseThrow();
        return new Situation(seen, slurm, cloud, server, Goal.READY);
    }

    Marks marks() {
        return cloud.marks();
    }

    NodeName name() {
        return seen.node();
    }

    Optional<SlurmNode> node() {
        return slurm.node();
    }

    /** Whether a new job may start on it. What an admin holds down is closed, and keeps the admin's reason. */
    boolean open() {
        return node().filter(node -> !node.drained() && !node.heldDown() && !node.closedByUs())
                .isPresent();
    }

    boolean closedByUs() {
        return node().filter(SlurmNode::closedByUs).isPresent();
    }

    /** The jobs that run on, as far as anybody can see. */
    SortedSet<String> runOn() {
        boolean alive = server.presence() != Presence.GONE
                && node().filter(node -> !node.silent() && !node.down()).isPresent();
        return jobs(job -> alive && job.running());
    }

    /** The host that its server is on, in words. */
    String here() {
        return server.host().orElse("a host that the cloud does not tell us");
    }

    boolean elsewhere() {
        return goal.host().isPresent()
                && server.host().isPresent()
                && !goal.host().equals(server.host());
    }

    /** The job's host for which its server is to stand still, as long as it is there. */
    Optional<String> pausedFor() {
        return marks().pause().map(Pause::host).filter(host -> server.host().equals(Optional.of(host)));
    }

    /** The node whose address in Slurm its server has now. */
    Optional<NodeName> addressHolder() {
        return server.address()
                .flatMap(address -> Optional.ofNullable(slurm.addresses().get(address)))
                .filter(holder -> !holder.equals(name()));
    }

    /** A wait if Slurm does not say since when a job is suspended: then nobody knows whose suspension it is. */
    Optional<Step> undated() {
        return jobs(job -> job.suspended() && job.suspendedAt().isEmpty()).isEmpty()
                ? Optional.empty()
                : Optional.of(new Step.Wait(Party.SLURM, "Slurm does not say since when all its jobs are suspended"));
    }

    /** The ids of the jobs on the node that are so. */
    SortedSet<String> jobs(Predicate<Job> so) {
        SortedSet<String> ids = new TreeSet<>();
        for (Job job : slurm.jobs()) {
            if (so.test(job)) {
                ids.add(job.id());
            }
        }
        return ids;
    }

    /**
     * The jobs that Slurm holds suspended by our word and that are this node's to let go: those that stand in its
     * metadata, of a shared one another node may know the newer word; and those that stand in nobody's, for a request to
     * suspend them may have come late.
     */
    SortedSet<String> heldHere() {
        return jobs(job -> {
            boolean written = marks().held().jobs().containsKey(job.id());
            return marks().held().suspended(job)
                    || (written && heldThere(job))
                    || (marked(job) && (written || !keptThere(job)));
        });
    }

    /** Whether Slurm holds it suspended, and with our mark. */
    private boolean marked(Job job) {
        return job.suspended() && slurm.ours().contains(job.id());
    }

    /** Whether it stands in the metadata of another node of it. */
    private boolean keptThere(Job job) {
        return cloud.others().stream()
                .anyMatch(other ->
                        other.held().jobs().containsKey(job.id()) && job.nodes().contains(other.node()));
    }

    /** The suspended jobs here that another node's checkpoint holds: ours as well. */
    SortedSet<String> heldThere() {
        return jobs(this::heldThere);
    }

    private boolean heldThere(Job job) {
        // a job that left that node may have been suspended anew, by somebody else
        return cloud.others().stream()
                .anyMatch(other -> other.held().suspended(job) && job.nodes().contains(other.node()));
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

    /** The held jobs that no other node keeps from running. */
    SortedSet<String> free() {
        SortedSet<String> held = heldHere();
        return without(held, waiting(held));
    }

    /**
     * The other nodes of the jobs that are free to go on, without those that came back by our hand, which were proven
     * then. They run, but may have been away by somebody else's hand, and have a wrong clock.
     */
    SortedSet<NodeName> unproven() {
        SortedSet<String> free = free();
        SortedSet<NodeName> peers = slurm.jobs().stream()
                .filter(job -> free.contains(job.id()))
                .flatMap(job -> job.nodes().stream())
                .collect(toCollection(TreeSet::new));
        peers.remove(name());
        cloud.others().stream().filter(Other::back).map(Other::node).forEach(peers::remove);
        return peers;
    }

    private boolean keeps(Other other, String job) {
        boolean holds = other.held().jobs().containsKey(job) && !other.back();
        return (holds || other.asleep())
                && slurm.jobs().stream()
                        .anyMatch(one -> one.id().equals(job) && one.nodes().contains(other.node()));
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
