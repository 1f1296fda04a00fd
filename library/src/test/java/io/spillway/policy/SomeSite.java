package io.spillway.policy;

import io.spillway.model.Away;
import io.spillway.model.Goal;
import io.spillway.model.Host;
import io.spillway.model.Hostlist;
import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.PhysicalNode;
import io.spillway.model.Pool;
import io.spillway.model.Request;
import io.spillway.model.SiteView;
import io.spillway.model.Size;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** A site as a story tells it. What is said of a node holds for the one named last. */
public final class SomeSite {
    public static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

    private final Map<String, Host> hosts = new TreeMap<>();
    private final Map<NodeName, Node> nodes = new TreeMap<>();
    private final List<Job> waiting = new ArrayList<>();
    private final List<Pool> pools = new ArrayList<>();
    private final Map<NodeName, PhysicalNode> physical = new TreeMap<>();
    private NodeName last = NodeName.of("none");
    private Size shape = new Size(1, 1000);
    private Instant time = NOON;

    public static SomeSite site() {
        return new SomeSite();
    }

    /** Later, or earlier. */
    public SomeSite at(Instant when) {
        time = when;
        return this;
    }

    public SomeSite host(String name, int cpus, long memory) {
        hosts.put(name, new Host(name, true, Optional.of(new Size(cpus, memory))));
        return this;
    }

    public SomeSite hostOfUnknownSize(String name) {
        hosts.put(name, new Host(name, true));
        return this;
    }

    public SomeSite disabled(String host, String words) {
        hosts.computeIfPresent(host, (name, was) -> new Host(name, false, was.size(), Optional.of(words), was.ratio()));
        return this;
    }

    public SomeSite ratio(String host, double cpus, double memory) {
        hosts.computeIfPresent(
                host,
                (name, was) -> new Host(
                        name,
                        was.up(),
                        was.size(),
                        was.disabled(),
                        Optional.of(new Host.AllocationRatio(cpus, memory))));
        return this;
    }

    /** Pools and nodes that come after this have that size; 1 CPU and 1000 MiB before. */
    public SomeSite shape(int cpus, long memory) {
        shape = new Size(cpus, memory);
        return this;
    }

    /** Nodes of 1 CPU and 1000 MiB for the partitions {@code low} and {@code urgent}. */
    public SomeSite pool(String name, String names, int minimum, int warm) {
        Hostlist list = Hostlist.parse(names);
        var terms = new Pool.Terms(shape, Set.of("low", "urgent"), Set.of(name), minimum, warm);
        pools.add(new Pool(name, name, list, list.size(), Optional.of(terms)));
        return this;
    }

    /** A READY node, of 1 CPU and 1000 MiB, of the pool that has its name. */
    public SomeSite node(String name, String host) {
        last = NodeName.of(name);
        Optional<String> pool = pools.stream()
                .filter(one -> one.nodes().contains(last))
                .map(Pool::name)
                .findFirst();
        nodes.put(
                last,
                new Node(
                        last,
                        Phase.READY,
                        Optional.of(Goal.READY),
                        pool,
                        Optional.of(new UUID(0, name.hashCode())),
                        Optional.of(host),
                        Optional.empty(),
                        List.of(),
                        Optional.of(shape),
                        Optional.empty(),
                        ""));
        return this;
    }

    private SomeSite change(UnaryOperator<Node> change) {
        nodes.compute(last, (name, node) -> change.apply(node));
        return this;
    }

    public SomeSite is(Phase phase, Optional<Goal> goal) {
        return change(node -> with(node, phase, goal, node.jobs(), node.size(), node.intent()));
    }

    public SomeSite checkpointed() {
        return is(Phase.CHECKPOINTED, Optional.of(Goal.CHECKPOINTED));
    }

    public SomeSite held() {
        return is(Phase.HELD, Optional.of(Goal.HELD));
    }

    /** A node with a low job that the policy backfill has put on its host's disk. */
    public SomeSite aside(String name, String host, String job) {
        return node(name, host).checkpointed().away("backfill", host, true).job(job, "low");
    }

    /** A policy has put it away, or moved it, ten minutes ago. */
    public SomeSite away(String policy, String home, boolean aside) {
        Away away = new Away(policy, aside, NOON.minusSeconds(600), home);
        return change(node -> new Node(
                node.name(),
                node.phase(),
                node.goal(),
                node.pool(),
                node.server(),
                node.host(),
                node.address(),
                node.jobs(),
                node.size(),
                node.intent(),
                Optional.of(away),
                node.pause(),
                node.reason()));
    }

    /** It stands still for a job on its host; its goal is what it was. */
    public SomeSite paused() {
        return change(node -> new Node(
                node.name(),
                Phase.HELD,
                node.goal(),
                node.pool(),
                node.server(),
                node.host(),
                node.address(),
                node.jobs(),
                node.size(),
                node.intent(),
                node.away(),
                node.host(),
                node.reason()));
    }

    public SomeSite lost() {
        return is(Phase.LOST, Optional.of(Goal.READY));
    }

    public SomeSite wanted(String why) {
        return change(node -> with(node, node.phase(), node.goal(), node.jobs(), node.size(), Optional.of(why)));
    }

    public SomeSite of(int cpus, long memory) {
        return change(node ->
                with(node, node.phase(), node.goal(), node.jobs(), Optional.of(new Size(cpus, memory)), node.intent()));
    }

    public SomeSite ofUnknownSize() {
        return change(node -> with(node, node.phase(), node.goal(), node.jobs(), Optional.empty(), node.intent()));
    }

    /** A job on the node, running for ten minutes, or suspended where the node does not run. */
    public SomeSite job(String id, String partition) {
        return job(id, partition, Duration.ofMinutes(10), Duration.ZERO);
    }

    public SomeSite job(String id, String partition, Duration ran, Duration away) {
        Node node = nodes.get(last);
        boolean still = node.phase() == Phase.CHECKPOINTED || node.phase() == Phase.HELD;
        Job job = new Job(
                id,
                "job",
                "somebody",
                partition,
                Set.of(still ? "SUSPENDED" : "RUNNING"),
                Hostlist.of(last.value()),
                ran,
                still ? Optional.of(time) : Optional.empty(),
                false,
                Optional.of(time.minus(ran).minus(away)),
                "0:0",
                request(1, new Size(1, 100), 10));
        return change(one -> {
            List<Job> jobs = new ArrayList<>(one.jobs());
            jobs.add(job);
            return with(one, one.phase(), one.goal(), jobs, one.size(), one.intent());
        });
    }

    /** The job is on these nodes as well. */
    public SomeSite alsoOn(String job, String... names) {
        Hostlist all = Hostlist.of(java.util.stream.Stream.concat(
                        java.util.stream.Stream.of(last),
                        java.util.stream.Stream.of(names).map(NodeName::of))
                .toList());
        Job one = nodes.get(last).jobs().stream()
                .filter(some -> some.id().equals(job))
                .findFirst()
                .orElseThrow();
        Job wide = new Job(
                one.id(),
                one.name(),
                one.user(),
                one.partition(),
                one.states(),
                all,
                one.runTime(),
                one.suspendedAt(),
                false,
                one.started(),
                one.exit(),
                one.request());
        for (NodeName name : all) {
            nodes.computeIfPresent(name, (unused, node) -> {
                List<Job> jobs = new ArrayList<>(node.jobs());
                jobs.removeIf(some -> some.id().equals(job));
                jobs.add(wide);
                return with(node, node.phase(), node.goal(), jobs, node.size(), node.intent());
            });
        }
        return this;
    }

    /** A job that waits for one CPU. */
    public SomeSite waiting(String id, String partition) {
        return waiting(id, partition, 1, new Size(1, 100));
    }

    public SomeSite waiting(String id, String partition, int wants, Size size) {
        waiting.add(pending(id, partition, request(wants, size, partition.equals("urgent") ? 1000 : 10)));
        return this;
    }

    static Job pending(String id, String partition, Request request) {
        return new Job(
                id,
                "job",
                "somebody",
                partition,
                Set.of("PENDING"),
                Hostlist.empty(),
                Duration.ZERO,
                Optional.empty(),
                false,
                Optional.empty(),
                "0:0",
                request);
    }

    private Request request(int wants, Size size, long priority) {
        return new Request(
                "",
                "",
                priority,
                time.minusSeconds(60),
                Optional.of(Duration.ofHours(1)),
                wants,
                size,
                Set.of(),
                true,
                true,
                "Resources");
    }

    /** A physical node of a host's name, with one running job of that size. */
    public SomeSite physical(String name, Size size, Size job) {
        NodeName box = NodeName.of(name);
        Job running = new Job(
                "p" + name,
                "job",
                "somebody",
                "boxes",
                Set.of("RUNNING"),
                Hostlist.of(name),
                Duration.ofMinutes(1),
                Optional.empty(),
                false,
                Optional.of(time),
                "0:0",
                request(1, job, 10));
        List<Job> jobs = job.equals(Size.NONE) ? List.of() : List.of(running);
        physical.put(box, new PhysicalNode(box, size, Set.of("IDLE"), Set.of("boxes"), jobs, ""));
        return this;
    }

    private static Node with(
            Node node, Phase phase, Optional<Goal> goal, List<Job> jobs, Optional<Size> size, Optional<String> intent) {
        return new Node(
                node.name(),
                phase,
                goal,
                node.pool(),
                node.server(),
                node.host(),
                node.address(),
                jobs,
                size,
                intent,
                node.away(),
                node.pause(),
                node.reason());
    }

    public SiteView view() {
        List<Job> jobs = new ArrayList<>(waiting);
        nodes.values().stream()
                .flatMap(node -> node.jobs().stream())
                .distinct()
                .sorted(Comparator.comparing(Job::id))
                .forEach(jobs::add);
        return new SiteView(
                "lab",
                time,
                List.copyOf(nodes.values()),
                List.copyOf(hosts.values()),
                jobs,
                pools,
                List.copyOf(physical.values()));
    }

    /** Nothing of a host is kept back; {@code urgent} is urgent, {@code low} yields. */
    public static Basis basis() {
        return basis(Ladder.KEEPING);
    }

    public static Basis basis(Ladder low) {
        return Basis.DEFAULT
                .with(new Size(0, 0))
                .with(new JobClasses(List.of(
                        new JobClass("urgent", in("urgent"), true, false, Ladder.of(Rung.MIGRATE), Budget.DEFAULT),
                        new JobClass("low", in("low"), false, true, low, Budget.DEFAULT))));
    }

    public static JobClass.Match in(String partition) {
        return new JobClass.Match(Set.of(partition), Set.of(), Set.of(), Set.of());
    }

    public Outlook outlook() {
        return Outlook.of(view(), basis());
    }

    public Outlook outlook(Basis basis) {
        return Outlook.of(view(), basis);
    }
}
