package io.spillway.policy;

import com.google.common.base.Suppliers;
import io.spillway.model.Goal;
import io.spillway.model.Host;
import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.PhysicalNode;
import io.spillway.model.Pool;
import io.spillway.model.SiteView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** What a policy decides on: a look at the site, and what else is known. Immutable. */
public final class Outlook {
    private final SiteView view;
    private final Basis basis;
    private final Map<String, Host> hosts = new HashMap<>();
    private final Map<String, Pool> pools = new HashMap<>();
    private final Map<String, PhysicalNode> physical = new HashMap<>();

    /** What not every policy asks for, and costs time on a big site; each is sorted once for all who do. */
    private final Supplier<Map<NodeName, Node>> nodes = Suppliers.memoize(this::byName);

    private final Supplier<Map<String, List<Node>>> guests = Suppliers.memoize(this::byHost);

    private final Supplier<Map<String, Job>> jobs = Suppliers.memoize(this::byId);
    private final Supplier<Capacity> capacity = Suppliers.memoize(this::counted);
    private final Supplier<List<Waiting>> waiting;

    private Outlook(SiteView view, Basis basis, Supplier<List<Waiting>> waiting) {
        this.view = view;
        this.basis = basis;
        this.waiting = waiting;
        view.hosts().forEach(host -> hosts.put(host.name(), host));
        view.pools().forEach(pool -> pools.put(pool.name(), pool));
        view.physical().forEach(node -> physical.put(node.name().value(), node));
    }

    private static Supplier<List<Waiting>> sorted(SiteView view, Basis basis) {
        return Suppliers.memoize(() -> Waiting.of(view.jobs(), basis.classes()));
    }

    private Map<NodeName, Node> byName() {
        Map<NodeName, Node> byName = new HashMap<>();
        view.nodes().forEach(node -> byName.put(node.name(), node));
        return byName;
    }

    private Map<String, List<Node>> byHost() {
        Map<String, List<Node>> byHost = new HashMap<>();
        for (Node node : view.nodes()) {
            if (node.host().isPresent()) {
                byHost.computeIfAbsent(node.host().get(), unused -> new ArrayList<>())
                        .add(node);
            }
        }
        byHost.replaceAll((host, there) -> List.copyOf(there));
        return byHost;
    }

    private Map<String, Job> byId() {
        Map<String, Job> byId = new HashMap<>();
        view.nodes().forEach(node -> node.jobs().forEach(job -> byId.put(job.id(), job)));
        return byId;
    }

    private Capacity counted() {
        return Capacity.of(view, basis.reserve());
    }

    /**
     * An outlook on {@link Basis#DEFAULT}.
     *
     * @param view a look at the site
     * @return the outlook
     */
    public static Outlook of(SiteView view) {
        return of(view, Basis.DEFAULT);
    }

    /**
     * An outlook.
     *
     * @param view a look at the site
     * @param basis what else is known
     * @return the outlook
     */
    public static Outlook of(SiteView view, Basis basis) {
        return new Outlook(view, basis, sorted(view, basis));
    }

    /**
     * The same on another look.
     *
     * @param other the look
     * @return the outlook
     */
    @SuppressWarnings("ReferenceEquality") // the very same list of jobs needs no second look; an equal one may have it
    public Outlook on(SiteView other) {
        return new Outlook(other, basis, other.jobs() == view.jobs() ? waiting : sorted(other, basis));
    }

    /**
     * The look at the site.
     *
     * @return the view
     */
    public SiteView view() {
        return view;
    }

    /**
     * What else is known.
     *
     * @return history, costs, classes, reserve and limits
     */
    public Basis basis() {
        return basis;
    }

    /**
     * The controller's clock at that look.
     *
     * @return the moment that is decided for
     */
    public Instant now() {
        return view.time();
    }

    /**
     * A virtual node.
     *
     * @param name its name
     * @return the node; empty if it is not there in any way
     */
    public Optional<Node> node(NodeName name) {
        return Optional.ofNullable(nodes.get().get(name));
    }

    /**
     * A hypervisor.
     *
     * @param name its name
     * @return the host, if there is one
     */
    public Optional<Host> host(String name) {
        return Optional.ofNullable(hosts.get(name));
    }

    /**
     * A pool.
     *
     * @param name its name
     * @return the pool, if there is one
     */
    public Optional<Pool> pool(String name) {
        return Optional.ofNullable(pools.get(name));
    }

    /**
     * The virtual nodes on a host, checkpointed ones included.
     *
     * @param host its name
     * @return its nodes, in order
     */
    public List<Node> guests(String host) {
        return guests.get().getOrDefault(host, List.of());
    }

    /**
     * The physical node that is a hypervisor, too.
     *
     * @param host the host's name
     * @return the node, if Slurm has one of that name
     */
    public Optional<PhysicalNode> physical(String host) {
        return Optional.ofNullable(physical.get(host));
    }

    /**
     * A job that is on a virtual node.
     *
     * @param id as users know it
     * @return the job, if there is one
     */
    public Optional<Job> job(String id) {
        return Optional.ofNullable(jobs.get().get(id));
    }

    /**
     * How a job is treated.
     *
     * @param job the job, on its nodes or waiting
     * @return its class
     */
    public JobClass classOf(Job job) {
        Optional<String> pool = job.nodes().stream()
                .flatMap(name -> node(name).stream())
                .flatMap(node -> node.pool().stream())
                .findFirst();
        return basis.classes().of(job, pool);
    }

    /**
     * What is in use on each host.
     *
     * @return a ledger of the caller's own
     */
    public Capacity capacity() {
        return capacity.get().copy();
    }

    /**
     * The jobs that would run if there were nodes, those together that are of one class and ask for the same.
     *
     * @return they, those first whose first job is the most pressing
     */
    public List<Waiting> waiting() {
        return waiting.get();
    }

    /**
     * Whether a node's goal or the cloud has it on its way to something else than it is. One that stands still for a
     * physical job is not: it may wait long.
     *
     * @param node the node
     * @return true if no policy should touch it now
     */
    public static boolean inMotion(Node node) {
        return switch (node.phase()) {
            case BUILDING, JOINING, MOVING, RETURNING, LEAVING -> true;
            case ABSENT, LOST -> false;
            case READY, HELD, CHECKPOINTED ->
                node.goal().isPresent() && !reached(node, node.goal().get());
        };
    }

    private static boolean reached(Node node, Goal goal) {
        boolean state = switch (goal.state()) {
            case READY -> node.phase() == Phase.READY || node.pause().isPresent();
            case HELD -> node.phase() == Phase.HELD;
            case CHECKPOINTED -> node.phase() == Phase.CHECKPOINTED;
            case ABSENT -> node.phase() == Phase.ABSENT;
        };
        return state && (goal.host().isEmpty() || goal.host().equals(node.host()));
    }

    /**
     * Whether a policy may think of doing something to a node: all of it is known, it stands still, and no admin wants
     * it left as it is.
     *
     * @param node the node
     * @return true if so
     */
    public static boolean free(Node node) {
        return node.phase() != Phase.LOST
                && node.phase() != Phase.ABSENT
                && node.intent().isEmpty()
                && node.host().isPresent()
                && node.size().isPresent()
                && !inMotion(node);
    }
}
