package io.spillway;

import io.spillway.cloud.OpenStackCloud;
import io.spillway.config.SpillwayConfig;
import io.spillway.failure.BadInputException;
import io.spillway.model.Host;
import io.spillway.model.Hostlist;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Pool;
import io.spillway.model.SiteView;
import io.spillway.reconcile.Forecast;
import io.spillway.reconcile.Looks;
import io.spillway.reconcile.NodeOutcome;
import io.spillway.reconcile.Pace;
import io.spillway.reconcile.Ports;
import io.spillway.reconcile.Reconciler;
import io.spillway.reconcile.Step;
import io.spillway.salt.SaltNetApi;
import io.spillway.slurm.SaltProvisioner;
import io.spillway.slurm.SaltResourceManager;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A site's virtual nodes.
 *
 * <pre>{@code
 * try (Spillway site = Spillway.connect(Path.of("/etc/spillway/spillway.yaml"))) {
 *     site.provision(Hostlist.parse("vn[01-02]")).await().orThrow();
 *     site.checkpoint(Hostlist.parse("vn01")).await().orThrow();
 *     site.restore(Hostlist.parse("vn01"), "cn02").await().orThrow();
 * }
 * }</pre>
 *
 * All state is in Slurm, Nova and Salt: an operation that was cut off at any moment goes on when it is asked for again,
 * here or elsewhere. This class is threadsafe.
 */
public final class Spillway implements AutoCloseable {
    /** How many nodes go side by side. */
    private static final int SIDE_BY_SIDE = 16;

    private final String site;
    private final Map<String, Pool> pools;
    private final Ports ports;
    private final Pace pace;
    private final Reconciler reconciler;
    private final ExecutorService threads;
    private final Optional<Duration> timeout;
    private final Optional<String> note;

    private Spillway(
            String site,
            Map<String, Pool> pools,
            Ports ports,
            Pace pace,
            Reconciler reconciler,
            ExecutorService threads,
            Optional<Duration> timeout,
            Optional<String> note) {
        this.site = site;
        this.pools = pools;
        this.ports = ports;
        this.pace = pace;
        this.reconciler = reconciler;
        this.threads = threads;
        this.timeout = timeout;
        this.note = note;
    }

    /**
     * Connects to the site that a configuration file describes. Nothing is sent before the first call that needs it.
     *
     * @param config a spillway.yaml
     * @return the site
     * @throws BadInputException if the file has a mistake
     */
    public static Spillway connect(Path config) {
        return connect(SpillwayConfig.load(config));
    }

    /**
     * Connects to a site.
     *
     * @param config its configuration
     * @return the site
     */
    public static Spillway connect(SpillwayConfig config) {
        var salt = new SaltNetApi(config.salt());
        Ports ports =
                new Ports(new OpenStackCloud(config.cloud()), new SaltResourceManager(salt), new SaltProvisioner(salt));
        return over(config.site(), config.pools(), ports, Pace.REAL);
    }

    /**
     * A site over ports of one's own, such as a simulated one.
     *
     * @param site its name
     * @param pools its pools by their names
     * @param ports the ports
     * @param pace its time
     * @return the site
     */
    public static Spillway over(String site, Map<String, Pool> pools, Ports ports, Pace pace) {
        AtomicInteger number = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(SIDE_BY_SIDE, work -> {
            Thread thread = new Thread(work, "spillway-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        return new Spillway(
                site,
                new TreeMap<>(pools),
                ports,
                pace,
                new Reconciler(ports, pace),
                threads,
                Optional.empty(),
                Optional.empty());
    }

    /**
     * The same connection with a time limit for each operation that is started through it.
     *
     * @param limit how long an operation may take; without one it may take 30 minutes, and a deprovision for ever,
     *     since it waits for users' jobs
     * @return the same site; closing either closes both
     */
    public Spillway within(Duration limit) {
        return new Spillway(site, pools, ports, pace, reconciler, threads, Optional.of(limit), note);
    }

    /**
     * The same connection with a reason that other admins see in Slurm where a node is drained.
     *
     * @param reason one line
     * @return the same site; closing either closes both
     * @throws BadInputException if it is no line
     */
    public Spillway because(String reason) {
        if (reason.isBlank() || reason.length() > 120 || reason.chars().anyMatch(Character::isISOControl)) {
            throw new BadInputException(null, "a reason is one line of 1 to 120 characters");
        }
        return new Spillway(site, pools, ports, pace, reconciler, threads, timeout, Optional.of(reason));
    }

    /**
     * Makes nodes, or brings them back to READY.
     *
     * @param nodes names from the pools
     * @return the operation under way
     */
    public Operation provision(Hostlist nodes) {
        return plans().provision(nodes).start();
    }

    /**
     * Makes so many more nodes.
     *
     * @param pool the pool's name
     * @param count how many
     * @return the operation under way
     */
    public Operation provision(String pool, int count) {
        return plans().provision(pool, count).start();
    }

    /**
     * Suspends the nodes' jobs and puts their memory on disk.
     *
     * @param nodes names from the pools
     * @return the operation under way
     */
    public Operation checkpoint(Hostlist nodes) {
        return plans().checkpoint(nodes).start();
    }

    /**
     * Brings nodes back, where they are.
     *
     * @param nodes names from the pools
     * @return the operation under way
     */
    public Operation restore(Hostlist nodes) {
        return plans().restore(nodes).start();
    }

    /**
     * Brings nodes back, on that host.
     *
     * @param nodes names from the pools
     * @param host the host's name
     * @return the operation under way
     */
    public Operation restore(Hostlist nodes, String host) {
        return plans().restore(nodes, host).start();
    }

    /**
     * Moves nodes: running ones with their jobs running, checkpointed ones so that they are checkpointed again after.
     *
     * @param nodes names from the pools
     * @param host the host's name
     * @return the operation under way
     */
    public Operation migrate(Hostlist nodes, String host) {
        return plans().migrate(nodes, host).start();
    }

    /**
     * Drains nodes, waits for the end of their jobs, and removes them without a trace.
     *
     * @param nodes names from the pools
     * @return the operation under way
     */
    public Operation deprovision(Hostlist nodes) {
        return plans().deprovision(nodes).start();
    }

    /**
     * The same operations, checked and not yet begun.
     *
     * @return what makes plans
     */
    public Plans plans() {
        return new Plans(this);
    }

    /**
     * The virtual nodes that are there in any way.
     *
     * @return the nodes, in order
     */
    public List<Node> nodes() {
        return reconciler.looks().view(names()).nodes();
    }

    /**
     * The whole site.
     *
     * @return nodes, hosts and jobs at one moment
     */
    public SiteView view() {
        Looks.View view = reconciler.looks().view(names());
        return new SiteView(site, view.time(), view.nodes(), hosts(), view.jobs());
    }

    /**
     * The hypervisors.
     *
     * @return all that run a compute service
     */
    public List<Host> hosts() {
        return ports.cloud().hosts();
    }

    /**
     * The pools.
     *
     * @return all that the configuration names
     */
    public Collection<Pool> pools() {
        return List.copyOf(pools.values());
    }

    Pool pool(String name) {
        Pool pool = pools.get(name);
        if (pool == null) {
            throw new BadInputException(
                    name, "there is no pool '%s'; the pools are %s".formatted(name, String.join(", ", pools.keySet())));
        }
        return pool;
    }

    Optional<Pool> poolOf(NodeName node) {
        return pools.values().stream()
                .filter(pool -> pool.nodes().contains(node))
                .findFirst();
    }

    Hostlist names() {
        List<NodeName> all = new ArrayList<>();
        pools.values().forEach(pool -> all.addAll(pool.nodes().names()));
        return Hostlist.of(all);
    }

    SortedMap<NodeName, List<Step>> foretell(Plan plan) {
        SortedMap<NodeName, List<Step>> steps = new TreeMap<>();
        Looks looks = reconciler.looks();
        plan.aims()
                .forEach((node, aim) ->
                        steps.put(node, Forecast.of(looks.observe(node, aim.pool()), aim.goal(), looks)));
        return steps;
    }

    Operation start(Plan plan) {
        boolean patient = plan.aims().values().stream()
                .allMatch(aim -> aim.goal().state() == io.spillway.model.Goal.State.ABSENT);
        Duration limit = timeout.orElse(patient ? Duration.ofDays(10_000) : Duration.ofMinutes(30));
        long deadline = pace.nanos() + limit.toNanos();
        Operation operation = new Operation(plan.name());
        var limits = new Reconciler.Limits(deadline, operation::stopped, operation::tell, note);
        List<CompletableFuture<NodeOutcome>> ways = new ArrayList<>();
        plan.aims()
                .forEach((node, aim) -> ways.add(CompletableFuture.supplyAsync(
                        () -> reconciler.bring(node, aim.goal(), aim.pool(), limits), threads)));
        operation.follow(ways);
        return operation;
    }

    /** Ends the connection. Operations under way are stopped; their goals stand. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
