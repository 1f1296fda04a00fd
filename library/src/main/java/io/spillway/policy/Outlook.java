package io.spillway.policy;

import io.spillway.model.Goal;
import io.spillway.model.Host;
import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.Pool;
import io.spillway.model.SiteView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a policy decides on: a look at the site, and what else is known. Immutable. */
public final class Outlook {
    private final SiteView view;
    private final Basis basis;
    private final Map<NodeName, Node> nodes = new HashMap<>();
    private final Map<String, Host> hosts = new HashMap<>();
    private final Map<String, Pool> pools = new HashMap<>();
    private final Map<String, List<Node>> guests = new HashMap<>();
    private final Map<String, Job> jobs = new HashMap<>();

    private Outlook(SiteView view, Basis basis) {
        this.view = view;
        this.basis = basis;
        view.hosts().forEach(host -> hosts.put(host.name(), host));
        view.pools().forEach(pool -> pools.put(pool.name(), pool));
        for (Node node : view.nodes()) {
            nodes.put(node.name(), node);
            node.host()
                    .ifPresent(host -> guests.computeIfAbsent(host, unused -> new ArrayList<>())
                            .add(node));
            node.jobs().forEach(job -> jobs.put(job.id(), job));
        }
    }

    /**
     * An outlook on {@link Basis#DEFAULT}.
     *
     * @param view a look at the site
     * @return the outlook
     */
    public static Outlook of(SiteView view) {
        return new Outlook(view, Basis.DEFAULT);
    }

    /**
     * An outlook.
     *
     * @param view a look at the site
     * @param basis what else is known
     * @return the outlook
     */
    public static Outlook of(SiteView view, Basis basis) {
        return new Outlook(view, basis);
    }

    /**
     * The same on another look.
     *
     * @param other the look
     * @return the outlook
     */
    public Outlook on(SiteView other) {
        return new Outlook(other, basis);
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
        return Optional.ofNullable(nodes.get(name));
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
        return List.copyOf(guests.getOrDefault(host, List.of()));
    }

    /**
     * A job that is on a virtual node.
     *
     * @param id as users know it
     * @return the job, if there is one
     */
    public Optional<Job> job(String id) {
        return Optional.ofNullable(jobs.get(id));
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
        return Capacity.of(view, basis.reserve());
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
                node.goal().filter(goal -> !reached(node, goal)).isPresent();
        };
    }

    private static boolean reached(Node node, Goal goal) {
        boolean state = switch (goal.state()) {
            case READY -> node.phase() == Phase.READY || node.pause().isPresent();
            case HELD -> node.phase() == Phase.HELD;
            case CHECKPOINTED -> node.phase() == Phase.CHECKPOINTED;
            case ABSENT -> node.phase() == Phase.ABSENT;
        };
        return state
                && goal.host()
                        .filter(host -> !node.host().equals(Optional.of(host)))
                        .isEmpty();
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
