package io.spillway;

import io.spillway.Draft.Aim;
import io.spillway.cloud.OpenStackCloud;
import io.spillway.config.SpillwayConfig;
import io.spillway.doctor.Doctor;
import io.spillway.doctor.Finding;
import io.spillway.doctor.SiteFacts;
import io.spillway.failure.BadInputException;
import io.spillway.failure.SpillwayException;
import io.spillway.model.Bounds;
import io.spillway.model.Fact;
import io.spillway.model.Goal;
import io.spillway.model.Host;
import io.spillway.model.Hostlist;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.Pool;
import io.spillway.model.SiteView;
import io.spillway.policy.Plan;
import io.spillway.policy.rules.Policies;
import io.spillway.reconcile.Drains;
import io.spillway.reconcile.Forecast;
import io.spillway.reconcile.Keeper;
import io.spillway.reconcile.Lanes;
import io.spillway.reconcile.Lease;
import io.spillway.reconcile.Looks;
import io.spillway.reconcile.NodeOutcome;
import io.spillway.reconcile.Pace;
import io.spillway.reconcile.Ports;
import io.spillway.reconcile.Progress;
import io.spillway.reconcile.Reconciler;
import io.spillway.reconcile.Step;
import io.spillway.salt.SaltNetApi;
import io.spillway.slurm.SaltHappenings;
import io.spillway.slurm.SaltProvisioner;
import io.spillway.slurm.SaltResourceManager;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

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
    private final Core core;
    private final Optional<Duration> timeout;
    private final Optional<String> note;

    private Spillway(Core core, Optional<Duration> timeout, Optional<String> note) {
        this.core = core;
        this.timeout = timeout;
        this.note = note;
    }

    /** What all views of one connection share. */
    private record Core(
            String site,
            Map<String, Pool> pools,
            Ports ports,
            Pace pace,
            Reconciler reconciler,
            Lanes lanes,
            Policies policies,
            Optional<SiteFacts.Caller> caller) {}

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
        Ports ports = new Ports(
                new OpenStackCloud(config.cloud()),
                new SaltResourceManager(salt),
                new SaltProvisioner(salt),
                new SaltHappenings(salt));
        var caller = new SiteFacts.Caller(config.salt().eauth(), config.salt().username());
        return over(
                config.site(),
                config.pools(),
                ports,
                Pace.REAL,
                config.daemon().bounds(),
                config.policies(),
                Optional.of(caller));
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
        return over(site, pools, ports, pace, Bounds.DEFAULT);
    }

    /**
     * A site over ports of one's own, with bounds of one's own.
     *
     * @param site its name
     * @param pools its pools by their names
     * @param ports the ports
     * @param pace its time
     * @param bounds how much is done at once
     * @return the site
     */
    public static Spillway over(String site, Map<String, Pool> pools, Ports ports, Pace pace, Bounds bounds) {
        return over(site, pools, ports, pace, bounds, Policies.NONE);
    }

    /**
     * A site over ports of one's own, with bounds and policies of one's own.
     *
     * @param site its name
     * @param pools its pools by their names
     * @param ports the ports
     * @param pace its time
     * @param bounds how much is done at once
     * @param policies what it goes by, see {@link #pilot}
     * @return the site
     */
    public static Spillway over(
            String site, Map<String, Pool> pools, Ports ports, Pace pace, Bounds bounds, Policies policies) {
        return over(site, pools, ports, pace, bounds, policies, Optional.empty());
    }

    private static Spillway over(
            String site,
            Map<String, Pool> pools,
            Ports ports,
            Pace pace,
            Bounds bounds,
            Policies policies,
            Optional<SiteFacts.Caller> caller) {
        Reconciler reconciler = new Reconciler(ports, pace, bounds);
        return new Spillway(
                new Core(site, new TreeMap<>(pools), ports, pace, reconciler, new Lanes(reconciler), policies, caller),
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
        return new Spillway(core, Optional.of(limit), note);
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
        return new Spillway(core, timeout, Optional.of(reason));
    }

    /**
     * Makes nodes, or brings them back to READY.
     *
     * @param nodes names from the pools
     * @return the operation under way
     */
    public Operation provision(Hostlist nodes) {
        return drafts().provision(nodes).start();
    }

    /**
     * Makes nodes on that host, or brings them back to READY there.
     *
     * @param nodes names from the pools
     * @param host the host's name
     * @return the operation under way
     */
    public Operation provision(Hostlist nodes, String host) {
        return drafts().provision(nodes, host).start();
    }

    /**
     * Makes so many more nodes.
     *
     * @param pool the pool's name
     * @param count how many
     * @return the operation under way
     */
    public Operation provision(String pool, int count) {
        return drafts().provision(pool, count).start();
    }

    /**
     * Suspends the nodes' jobs and puts their memory on disk.
     *
     * @param nodes names from the pools
     * @return the operation under way
     */
    public Operation checkpoint(Hostlist nodes) {
        return drafts().checkpoint(nodes).start();
    }

    /**
     * Brings nodes back, where they are.
     *
     * @param nodes names from the pools
     * @return the operation under way
     */
    public Operation restore(Hostlist nodes) {
        return drafts().restore(nodes).start();
    }

    /**
     * Brings nodes back, on that host.
     *
     * @param nodes names from the pools
     * @param host the host's name
     * @return the operation under way
     */
    public Operation restore(Hostlist nodes, String host) {
        return drafts().restore(nodes, host).start();
    }

    /**
     * Moves nodes: running ones with their jobs running, checkpointed ones so that they are checkpointed again after.
     *
     * @param nodes names from the pools
     * @param host the host's name
     * @return the operation under way
     */
    public Operation migrate(Hostlist nodes, String host) {
        return drafts().migrate(nodes, host).start();
    }

    /**
     * Suspends the nodes' jobs; their memory stays where it is.
     *
     * @param nodes names from the pools
     * @return the operation under way
     */
    public Operation hold(Hostlist nodes) {
        return drafts().hold(nodes).start();
    }

    /**
     * Lets held nodes' jobs go on.
     *
     * @param nodes names from the pools
     * @return the operation under way
     */
    public Operation release(Hostlist nodes) {
        return drafts().release(nodes).start();
    }

    /**
     * Drains nodes, waits for the end of their jobs, and removes them without a trace.
     *
     * @param nodes names from the pools
     * @return the operation under way
     */
    public Operation deprovision(Hostlist nodes) {
        return drafts().deprovision(nodes).start();
    }

    /**
     * The same operations, checked and not yet begun.
     *
     * @return what makes drafts
     */
    public Drafts drafts() {
        return new Drafts(this);
    }

    /**
     * Begins what a plan says, whoever made it and when: each action is checked once more against the site as it is now,
     * one that cannot be is left out with its reason, and the rest goes on. Nodes are drained with the action's reason.
     * First hosts are disabled and enabled, then jobs ended: when this returns, Nova and Slurm have accepted that, or refused
     * it. To wait for the nodes, {@code carryOut(plan).operation().await()}.
     *
     * @param plan the plan
     * @return the operation under way, and what was left out
     */
    public CarriedOut carryOut(Plan plan) {
        return carryOut(plan, view());
    }

    /**
     * The same, checked against a look at the site that was just taken: nothing is asked anew.
     *
     * @param plan the plan
     * @param view the look
     * @return the operation under way, and what was left out
     */
    public CarriedOut carryOut(Plan plan, SiteView view) {
        Carrying carrying = Carrying.of(plan, this, view);
        carrying.begin();
        return new CarriedOut(start(new Draft(this, "plan", carrying.aims, carrying.notes)), carrying.refused);
    }

    /**
     * Takes a host out of service for somebody to work on it: disables its compute service, and empties it with all jobs
     * alive. Its nodes move where there is room, and go to disk where there is none.
     *
     * @param host the host's name
     * @return the operation under way
     */
    public Operation maintain(String host) {
        return drafts().maintain(host).start();
    }

    /**
     * Ends what {@link #maintain} began: enables the host, and brings back what was put away for it.
     *
     * @param host the host's name
     * @return the operation under way
     */
    public Operation endMaintenance(String host) {
        return drafts().endMaintenance(host).start();
    }

    /**
     * The policies that this site is to go by.
     *
     * @return as the configuration has them
     */
    public Policies policies() {
        return core.policies();
    }

    /**
     * What has the site go by its policies.
     *
     * @param memory what an earlier pilot of this site remembered
     * @return the pilot; it does nothing until it is asked for a round
     */
    public Pilot pilot(Pilot.Memory memory) {
        return new Pilot(this, policies(), memory);
    }

    /**
     * The virtual nodes that are there in any way.
     *
     * @return the nodes, in order
     */
    public List<Node> nodes() {
        return core.reconciler().looks().view(names()).nodes();
    }

    /**
     * The whole site.
     *
     * @return nodes, hosts and jobs at one moment
     */
    public SiteView view() {
        return view(core.reconciler().looks().view(names()));
    }

    /**
     * The whole site, of a look at it that was just taken: only the hosts are asked. Nodes that this connection just begins
     * to make are in it as such, though the look does not show their servers yet.
     *
     * @param seen the look, such as a {@link Keeper}'s
     * @return nodes, hosts and jobs at one moment
     */
    public SiteView view(Looks.View seen) {
        SortedMap<NodeName, Node> nodes = new TreeMap<>();
        core.lanes().coming().forEach(node -> nodes.put(node.name(), node));
        // what else there is of one without a server is of its making: its minion's key comes first
        seen.nodes().stream()
                .filter(node -> node.server().isPresent() || !nodes.containsKey(node.name()))
                .forEach(node -> nodes.put(node.name(), node));
        return new SiteView(
                core.site(),
                seen.time(),
                List.copyOf(nodes.values()),
                hosts(),
                seen.jobs(),
                List.copyOf(pools()),
                seen.physical());
    }

    /**
     * The hypervisors.
     *
     * @return all that run a compute service
     */
    public List<Host> hosts() {
        return core.ports().cloud().hosts();
    }

    /**
     * The pools.
     *
     * @return all that the configuration names
     */
    public Collection<Pool> pools() {
        return List.copyOf(core.pools().values());
    }

    /**
     * The salt-cloud profiles that the Salt master knows.
     *
     * @return their names
     */
    public Set<String> profiles() {
        return core.ports().provisioner().profiles();
    }

    /**
     * The site's name.
     *
     * @return as the configuration gives it
     */
    public String name() {
        return core.site();
    }

    Pool pool(String name) {
        Pool pool = core.pools().get(name);
        if (pool == null) {
            throw new BadInputException(
                    name,
                    "there is no pool '%s'; the pools are %s"
                            .formatted(name, String.join(", ", core.pools().keySet())));
        }
        return pool;
    }

    Optional<Pool> poolOf(NodeName node) {
        return core.pools().values().stream()
                .filter(pool -> pool.nodes().contains(node))
                .findFirst();
    }

    Hostlist names() {
        List<NodeName> all = new ArrayList<>();
        core.pools().values().forEach(pool -> all.addAll(pool.nodes().names()));
        return Hostlist.of(all);
    }

    Ports ports() {
        return core.ports();
    }

    Instant now() {
        return core.pace().now();
    }

    Optional<String> note() {
        return note;
    }

    SortedMap<NodeName, List<Step>> foretell(Draft draft) {
        SortedMap<NodeName, List<Step>> steps = new TreeMap<>();
        draft.aims().forEach((node, aim) -> steps.put(node, foretell(node, aim)));
        draft.refused()
                .forEach((node, outcome) ->
                        outcome.failure().ifPresent(failure -> steps.put(node, List.of(new Step.Refuse(failure)))));
        return steps;
    }

    private List<Step> foretell(NodeName node, Aim aim) {
        if (aim instanceof Aim.Reach reach) {
            Looks looks = core.reconciler().looks();
            return Forecast.of(looks.observe(node, reach.pool()), reach.goal(), looks);
        }
        try {
            return List.of(drainStep(node, aim));
        } catch (SpillwayException refused) {
            return List.of(new Step.Refuse(refused));
        }
    }

    private Step drainStep(NodeName node, Aim aim) {
        Drains drains = new Drains(core.reconciler());
        return aim instanceof Aim.Drain drain ? drains.drain(node, drain.reason()) : drains.undrain(node);
    }

    Operation start(Draft draft) {
        boolean patient = draft.aims().values().stream()
                .allMatch(aim -> aim instanceof Aim.Reach reach && reach.goal().state() == Goal.State.ABSENT);
        Duration limit = timeout.orElse(patient ? Duration.ofDays(10_000) : Duration.ofMinutes(30));
        long deadline = core.pace().nanos() + limit.toNanos();
        Operation operation = new Operation(draft.name(), core.pace());
        SortedMap<NodeName, CompletableFuture<NodeOutcome>> ways = new TreeMap<>();
        draft.aims().forEach((node, aim) -> {
            Optional<String> why = note.or(() -> draft.note(node));
            ways.put(node, start(node, aim, new Reconciler.Limits(deadline, operation::stopped, operation::tell, why)));
        });
        draft.refused().forEach((node, outcome) -> {
            operation.tell(new Progress(node, Progress.Kind.FAILED, "refused", outcome.reason()));
            ways.put(node, CompletableFuture.completedFuture(outcome));
        });
        operation.follow(List.copyOf(ways.values()));
        return operation;
    }

    private CompletableFuture<NodeOutcome> start(NodeName node, Aim aim, Reconciler.Limits limits) {
        if (aim instanceof Aim.Reach reach) {
            return core.lanes().go(node, reach.goal(), reach.pool(), limits.by(reach.by()));
        }
        return core.lanes().beside(() -> new Drains(core.reconciler()).take(node, () -> drainStep(node, aim), limits));
    }

    /**
     * What keeps the goals that stand in the servers' metadata, and follows Slurm's power saving, for a process that
     * stays.
     *
     * @param me this process's name in the lease, see {@link Lease}
     * @param interval the time between two full looks
     * @param progress told what happens on the ways to kept goals
     * @return the keeper, not yet running
     */
    public Keeper keeper(String me, Duration interval, Consumer<Progress> progress) {
        Lease lease = new Lease(core.ports().cloud(), me, core.pace());
        return new Keeper(core.reconciler(), core.lanes(), pools(), lease, interval, progress);
    }

    /**
     * The pools that make no servers now, since there is no room or their image is broken.
     *
     * @return the pools' names, each with the reason
     */
    public Map<String, String> closedPools() {
        return core.reconciler().closedPools();
    }

    /**
     * Lets a pool make servers again whose image was broken.
     *
     * @param pool its name
     * @throws BadInputException if there is no such pool
     */
    public void reopen(String pool) {
        core.reconciler().reopen(pool(pool).name());
    }

    /**
     * Looks whether all of the site is as Spillway needs it, and changes nothing. Nodes that are away or in motion are not
     * asked. Takes seconds, on a slow site a minute; a part that does not answer is a finding and no failure.
     *
     * @return a finding for each check
     */
    public List<Finding> examine() {
        Fact<List<Node>> nodes = Fact.of(this::nodes);
        Set<NodeName> leave = new TreeSet<>(names().names());
        nodes.value().orElse(List.of()).stream()
                .filter(node -> node.phase() == Phase.READY)
                .forEach(node -> leave.remove(node.name()));
        leave.addAll(inMotion());
        return Doctor.findings(new SiteFacts(
                pools(),
                closedPools(),
                nodes,
                core.caller(),
                Fact.of(() -> core.ports().slurm().examine(leave)),
                Fact.of(() -> core.ports().cloud().examine())));
    }

    /**
     * The nodes that are on their way to a goal, by this connection.
     *
     * @return their names
     */
    public Set<NodeName> inMotion() {
        return core.lanes().inMotion();
    }

    /**
     * Stops all operations before their next step, and waits for the steps in hand. Their goals stand.
     *
     * @param patience how long to wait at most
     * @return whether all steps came to their end
     */
    public boolean finish(Duration patience) {
        return core.lanes().finish(patience);
    }

    /** Ends the connection. Operations under way are stopped in the midst of their steps; their goals stand. */
    @Override
    public void close() {
        core.lanes().close();
    }
}
