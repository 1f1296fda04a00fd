package io.spillway.daemon;

import io.spillway.Spillway;
import io.spillway.cloud.Cloud;
import io.spillway.cloud.Ending;
import io.spillway.cloud.Migration;
import io.spillway.cloud.Presence;
import io.spillway.cloud.Server;
import io.spillway.cloud.ServerStatus;
import io.spillway.failure.RefusedException;
import io.spillway.failure.SpillwayException;
import io.spillway.failure.StoppedException;
import io.spillway.model.Bounds;
import io.spillway.model.Host;
import io.spillway.model.Hostlist;
import io.spillway.model.Job;
import io.spillway.model.NodeName;
import io.spillway.model.Pool;
import io.spillway.model.Size;
import io.spillway.policy.rules.Policies;
import io.spillway.reconcile.Pace;
import io.spillway.reconcile.Ports;
import io.spillway.slurm.Happenings;
import io.spillway.slurm.MinionKey;
import io.spillway.slurm.Probe;
import io.spillway.slurm.Processes;
import io.spillway.slurm.Provisioner;
import io.spillway.slurm.ResourceManager;
import io.spillway.slurm.SlurmNode;
import io.spillway.slurm.SlurmSite;
import io.spillway.slurm.Told;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A site in which every node that is there is ready at once, and which notes all that is asked of it. */
public final class FakeSite implements Site, Cloud, ResourceManager, Provisioner {
    /** Nobody needs to be waited for here. */
    private static final Pace QUICK = new Pace() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public void sleep(Duration time) throws InterruptedException {
            Thread.sleep(Math.min(time.toMillis(), 5));
        }
    };

    public final List<String> changes = Collections.synchronizedList(new ArrayList<>());
    public final Map<NodeName, Server> servers = Collections.synchronizedMap(new HashMap<>());
    final Map<NodeName, SlurmNode> nodes = Collections.synchronizedMap(new HashMap<>());

    public @Nullable SpillwayException broken;

    /** To be told when something happens; nobody listens before a daemon runs. */
    public volatile Consumer<String> happened = what -> {};
    /** How often Slurm, through Salt, and the hosts were asked. */
    public final AtomicInteger slurmLooks = new AtomicInteger();

    public final AtomicInteger hostLooks = new AtomicInteger();

    /** The answers wait for it. */
    public volatile CountDownLatch slow = new CountDownLatch(0);

    /** The hosts whose compute service is disabled, each with the reason. */
    public final Map<String, String> disabled = Collections.synchronizedMap(new HashMap<>());

    /** The hosts that an admin disables before we come to it. */
    public final Map<String, String> quicker = Collections.synchronizedMap(new HashMap<>());

    /** What a daemon goes by. */
    public Policies policies = Policies.NONE;

    private final Hostlist names;
    private final int maximum;

    public FakeSite() {
        this(Hostlist.parse("vn[01-08]"), 4);
    }

    public FakeSite(Hostlist names, int maximum) {
        this.names = names;
        this.maximum = maximum;
    }

    /** Where a daemon would listen; none does. */
    public Path socket = Path.of("no-daemon.sock");

    @Override
    public Path socket(Optional<Path> config) {
        return socket;
    }

    /** The site that the command means. */
    String name = "fake";

    @Override
    public Optional<String> name(Optional<Path> config) {
        return Optional.of(name);
    }

    @Override
    public Spillway connect(Optional<Path> config) {
        Pool htc = new Pool("htc", "htc", names, maximum);
        var ports = new Ports(this, this, this, this::listen);
        return Spillway.over("fake", Map.of("htc", htc), ports, QUICK, Bounds.DEFAULT, policies);
    }

    private Happenings.Listening listen(Consumer<String> listener) {
        happened = listener;
        return () -> happened = what -> {};
    }

    public void ready(String name) {
        NodeName node = NodeName.of(name);
        server(
                node,
                ServerStatus.ACTIVE,
                Map.of("spillway:node", name, "spillway:goal", "READY", "spillway:states", "applied"));
        nodes.put(node, new SlurmNode(node, "10.0.0.1", Set.of("IDLE"), "", true));
    }

    /** A line of slurm.conf for a physical node, of the name of a host. */
    public void physical(String name, Size size) {
        NodeName node = NodeName.of(name);
        nodes.put(node, new SlurmNode(node, "10.0.0.1", Set.of("IDLE"), "", false, size, Set.of()));
    }

    /** A line of slurm.conf with State=CLOUD and such a flag. */
    public void line(String name, String flag) {
        NodeName node = NodeName.of(name);
        nodes.put(node, new SlurmNode(node, "10.0.0.1", Set.of("IDLE", "CLOUD", flag), "", false));
    }

    private void server(NodeName node, ServerStatus status, Map<String, String> metadata) {
        Server old = servers.get(node);
        servers.put(
                node,
                new Server(
                        old == null ? UUID.randomUUID() : old.id(),
                        node.value(),
                        status,
                        Optional.empty(),
                        Optional.of("cn01"),
                        Optional.of("10.0.0.1"),
                        metadata,
                        Optional.empty(),
                        false,
                        Presence.THERE,
                        Optional.of(new Size(1, 700))));
    }

    private NodeName of(UUID id) {
        return servers.values().stream()
                .filter(server -> server.id().equals(id))
                .map(server -> NodeName.of(server.name()))
                .findFirst()
                .orElseThrow();
    }

    private void change(String what) {
        changes.add(what);
    }

    private void answer() {
        try {
            slow.await();
        } catch (InterruptedException interrupt) {
            throw new StoppedException(null, "interrupted");
        }
        if (broken != null) {
            throw broken;
        }
    }

    @Override
    public List<Server> servers() {
        answer();
        return List.copyOf(servers.values());
    }

    @Override
    public void setMetadata(UUID server, Map<String, String> metadata) {
        if (!metadata.containsKey("spillway:lease")) {
            change("metadata");
        }
        Server old = servers.get(of(server));
        Map<String, String> all = new HashMap<>(old == null ? Map.of() : old.metadata());
        all.putAll(metadata);
        server(of(server), old == null ? ServerStatus.ACTIVE : old.status(), all);
    }

    @Override
    public void removeMetadata(UUID server, List<String> keys) {
        change("remove metadata");
    }

    @Override
    public void suspend(UUID server) {
        change("suspend");
        NodeName node = of(server);
        Server old = servers.get(node);
        server(node, ServerStatus.SUSPENDED, old == null ? Map.of() : old.metadata());
    }

    @Override
    public void resume(UUID server) {
        change("resume");
        NodeName node = of(server);
        Server old = servers.get(node);
        server(node, ServerStatus.ACTIVE, old == null ? Map.of() : old.metadata());
    }

    @Override
    public void start(UUID server) {
        change("start");
    }

    @Override
    public Ending ending(UUID server) {
        return Ending.UNTOLD;
    }

    @Override
    public void pause(UUID server) {
        change("pause");
        NodeName node = of(server);
        Server old = servers.get(node);
        server(node, ServerStatus.PAUSED, old == null ? Map.of() : old.metadata());
    }

    @Override
    public void unpause(UUID server) {
        change("unpause");
    }

    @Override
    public void liveMigrate(UUID server, String host) {
        change("migrate");
    }

    @Override
    public Optional<Migration> newestMigration(UUID server) {
        return Optional.empty();
    }

    @Override
    public boolean hasPort(NodeName node) {
        return false;
    }

    @Override
    public List<Host> hosts() {
        hostLooks.incrementAndGet();
        answer();
        return Stream.of("cn01", "cn02")
                .map(host -> new Host(
                        host,
                        !disabled.containsKey(host),
                        Optional.of(new Size(16, 64_000)),
                        Optional.ofNullable(disabled.get(host)),
                        Optional.empty()))
                .toList();
    }

    @Override
    public void disable(String host, String reason) {
        theirs(host);
        change("disable %s %s".formatted(host, reason));
        disabled.put(host, reason);
    }

    @Override
    public void enable(String host) {
        theirs(host);
        change("enable " + host);
        disabled.remove(host);
    }

    private void theirs(String host) {
        String reason = quicker.getOrDefault(host, disabled.getOrDefault(host, Host.OURS));
        if (!reason.startsWith(Host.OURS)) {
            throw new RefusedException(host, "somebody else has disabled %s (%s)".formatted(host, reason));
        }
    }

    @Override
    public SlurmSite site() {
        slurmLooks.incrementAndGet();
        answer();
        Map<NodeName, MinionKey> keys = new HashMap<>();
        servers.keySet().forEach(node -> keys.put(node, MinionKey.ACCEPTED));
        return new SlurmSite(Instant.EPOCH, nodes, List.of(), keys, Set.of());
    }

    @Override
    public Told<Probe> probe(NodeName node, Duration patience) {
        return Told.alone(new Probe(true, Optional.of(Duration.ZERO), true, true, true, List.of(), List.of()));
    }

    @Override
    public Told<Processes> processes(NodeName node, Collection<String> jobs) {
        return Told.alone(new Processes(true, 0, 0));
    }

    @Override
    public Optional<SlurmSite> drain(NodeName node, String reason) {
        change("drain " + reason);
        nodes.put(node, new SlurmNode(node, "10.0.0.1", Set.of("IDLE", "DRAIN"), reason, true));
        return Optional.empty();
    }

    @Override
    public Optional<SlurmSite> down(NodeName node, String reason) {
        change("down " + reason);
        return Optional.empty();
    }

    @Override
    public Optional<SlurmSite> release(Collection<String> jobs) {
        change("release");
        return Optional.empty();
    }

    @Override
    public Optional<SlurmSite> requeue(Job job) {
        change("requeue " + job.id());
        return Optional.empty();
    }

    @Override
    public Optional<SlurmSite> cancel(Job job) {
        change("cancel " + job.id());
        return Optional.empty();
    }

    @Override
    public Optional<SlurmSite> undrain(NodeName node, boolean asked) {
        change("undrain");
        nodes.computeIfPresent(
                node,
                (name, was) -> was.reason().startsWith(SlurmNode.OURS)
                        ? new SlurmNode(name, "10.0.0.1", Set.of("IDLE"), "", true)
                        : was);
        return Optional.empty();
    }

    @Override
    public Optional<SlurmSite> suspend(Collection<String> jobs) {
        return Optional.empty();
    }

    @Override
    public Optional<SlurmSite> resume(Collection<String> jobs) {
        return Optional.empty();
    }

    @Override
    public Optional<SlurmSite> wake(NodeName node) {
        change("wake");
        return Optional.empty();
    }

    @Override
    public Optional<SlurmSite> delete(NodeName node) {
        change("delete");
        nodes.remove(node);
        return Optional.empty();
    }

    @Override
    public Optional<SlurmSite> create(
            NodeName node, String profile, Map<String, String> metadata, Optional<String> host) {
        change("create " + node + host.map(on -> " on " + on).orElse(""));
        ready(node.value());
        return Optional.empty();
    }

    @Override
    public Optional<SlurmSite> destroy(NodeName node, Optional<UUID> server) {
        change("destroy");
        servers.remove(node);
        return Optional.empty();
    }

    @Override
    public Optional<SlurmSite> applyStates(NodeName node) {
        change("states");
        return Optional.empty();
    }

    @Override
    public Set<String> profiles() {
        return Set.of("htc");
    }
}
