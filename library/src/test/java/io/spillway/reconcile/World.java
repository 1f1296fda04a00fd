package io.spillway.reconcile;

import io.spillway.cloud.Cloud;
import io.spillway.cloud.Ending;
import io.spillway.cloud.Migration;
import io.spillway.cloud.Presence;
import io.spillway.cloud.Server;
import io.spillway.cloud.ServerStatus;
import io.spillway.failure.NotFoundException;
import io.spillway.failure.RefusedException;
import io.spillway.model.Host;
import io.spillway.model.Hostlist;
import io.spillway.model.Job;
import io.spillway.model.NodeName;
import io.spillway.model.Request;
import io.spillway.model.Size;
import io.spillway.slurm.MinionKey;
import io.spillway.slurm.Probe;
import io.spillway.slurm.Processes;
import io.spillway.slurm.Provisioner;
import io.spillway.slurm.ResourceManager;
import io.spillway.slurm.SlurmNode;
import io.spillway.slurm.SlurmSite;
import io.spillway.slurm.Told;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A small faithful site: Nova takes its time, SIGSTOP comes 2 s after the answer, a guest wakes with an old clock.
 * Breaking a promise fails at the moment it is broken. Each look and each sleep lets time pass.
 */
class World implements Cloud, ResourceManager, Provisioner, Pace {
    /** One virtual node. */
    static final class Vm {
        final UUID id = UUID.randomUUID();
        ServerStatus status = ServerStatus.ACTIVE;

        @Nullable String task;

        String host = "cn01";
        Map<String, String> metadata = new HashMap<>();
        long settles;

        @Nullable Runnable then;

        long awakeSince;

        Presence presence = Presence.THERE;
        Ending ending = Ending.UNTOLD;
    }

    /** One job: where, and since when it is suspended, if so. */
    static final class Task {
        final String id;
        final Set<NodeName> nodes = new TreeSet<>();
        boolean over;
        boolean suspended;
        boolean byAdmin;

        /** Whether it is suspended with our mark. */
        boolean marked;

        /** It was on its nodes when one of them was set DOWN, and waits to start anew. */
        boolean requeued;

        /** It does not start before somebody says so. */
        boolean held;

        long suspendedAt;

        /** Nanoseconds that it still wants to run. */
        long left = Long.MAX_VALUE;

        Task(String id, String... on) {
            this.id = id;
            for (String node : on) {
                nodes.add(NodeName.of(node));
            }
        }
    }

    /** A Slurm node's drain reason; empty for none. */
    static final class Reg {
        String drain = "";
        boolean silent;

        /** Of a line of slurm.conf with State=CLOUD: how Slurm's power saving has it, empty for on. */
        @Nullable String power;

        boolean down;

        boolean off() {
            return power != null && power.startsWith("POWER");
        }
    }

    static final Instant EPOCH = Instant.ofEpochSecond(1_800_000_000);

    final Map<NodeName, Vm> vms = new TreeMap<>();
    final Map<NodeName, Reg> slurm = new TreeMap<>();
    final Set<NodeName> keys = new TreeSet<>();
    final Set<NodeName> ports = new TreeSet<>();
    final Map<String, Task> tasks = new TreeMap<>();
    final Map<UUID, Migration> migrations = new HashMap<>();
    final List<String> done = new ArrayList<>();
    Consumer<String> before = what -> {};
    Supplier<Set<UUID>> off = Set::of;
    boolean migrationsFail;
    long nanos;

    // --- setting the scene

    Vm ready(String name) {
        NodeName node = NodeName.of(name);
        Vm vm = new Vm();
        vm.metadata.putAll(Map.of(Marks.NODE, name, Marks.POOL, "htc", Marks.STATES, "applied"));
        vm.metadata.putAll(Marks.writing(io.spillway.model.Goal.READY));
        vms.put(node, vm);
        slurm.put(node, new Reg());
        keys.add(node);
        ports.add(node);
        return vm;
    }

    /** A line of slurm.conf that Slurm's power saving has so. */
    Reg line(String name, String power) {
        Reg line = new Reg();
        line.power = power;
        slurm.put(NodeName.of(name), line);
        return line;
    }

    Task job(String id, String... nodes) {
        Task task = new Task(id, nodes);
        tasks.put(id, task);
        return task;
    }

    Ports ports() {
        return new Ports(this, this, this);
    }

    // --- time

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public void sleep(Duration time) {
        pass(time.toMillis());
    }

    /** One thing after the other. */
    @Override
    public void beside(Runnable work) {
        work.run();
    }

    private void pass(long millis) {
        nanos += millis * 1_000_000;
        tasks.values().stream().filter(task -> !task.suspended).forEach(task -> {
            task.left -= millis * 1_000_000;
            task.over |= task.left < 0;
        });
        vms.values().forEach(vm -> {
            if (vm.then != null && nanos >= vm.settles) {
                Runnable then = vm.then;
                vm.then = null;
                vm.task = null;
                then.run();
            }
        });
        slurm.forEach((node, reg) -> {
            Vm vm = vms.get(node);
            if (vm != null && vm.status == ServerStatus.ACTIVE && vm.then == null && reg.silent) {
                reg.silent = nanos - vm.awakeSince < seconds(30);
            }
        });
    }

    private static long seconds(long number) {
        return number * 1_000_000_000;
    }

    private void act(String what) {
        before.accept(what);
        done.add(what);
        pass(30);
    }

    private void later(Vm vm, String task, long wait, Runnable then) {
        vm.task = task;
        vm.settles = nanos + seconds(wait);
        vm.then = then;
    }

    private static void promise(boolean kept, String promise) {
        if (!kept) {
            throw new AssertionError("broken: " + promise);
        }
    }

    private NodeName nodeOf(Vm vm) {
        return vms.entrySet().stream()
                .filter(entry -> entry.getValue() == vm)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    private Vm vm(UUID id) {
        return vms.values().stream()
                .filter(vm -> vm.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new NotFoundException(id.toString(), "no such server"));
    }

    private List<Task> on(NodeName node) {
        return tasks.values().stream()
                .filter(task -> !task.over && !task.requeued && task.nodes.contains(node))
                .toList();
    }

    /** Every node has its own. */
    private static String address(NodeName node) {
        return "10.0.0." + node.value().replaceAll("\\D", "");
    }

    // --- Cloud

    @Override
    public List<Server> servers() {
        pass(20);
        List<Server> all = new ArrayList<>();
        vms.forEach((name, vm) -> all.add(new Server(
                vm.id,
                name.value(),
                vm.status,
                Optional.ofNullable(vm.task),
                Optional.of(vm.host),
                Optional.of(address(name)),
                vm.metadata,
                Optional.empty(),
                false,
                vm.presence,
                Optional.empty())));
        return all;
    }

    @Override
    public void setMetadata(UUID server, Map<String, String> metadata) {
        Vm vm = vm(server);
        if (vm.status == ServerStatus.ERROR || vm.status == ServerStatus.BUILD) {
            throw new RefusedException(server.toString(), "409: cannot update metadata while it is " + vm.status);
        }
        act("metadata " + new TreeMap<>(metadata));
        vm.metadata.putAll(metadata);
    }

    @Override
    public void removeMetadata(UUID server, List<String> removed) {
        Vm vm = vm(server);
        act("remove " + removed);
        removed.forEach(vm.metadata::remove);
    }

    @Override
    public void suspend(UUID server) {
        Vm vm = calm(server, ServerStatus.ACTIVE);
        for (Task task : on(nodeOf(vm))) {
            promise(task.suspended, "no server is suspended while job " + task.id + " runs");
            promise(
                    nanos - task.suspendedAt >= seconds(2),
                    "no server is suspended before all processes stand still for certain");
            promise(
                    task.byAdmin || Marks.of(vm.metadata).held().ids().contains(task.id),
                    "a job is written down before it goes to disk with its node");
        }
        promise(
                !slurm.containsKey(nodeOf(vm)) || !slurm.get(nodeOf(vm)).drain.isEmpty(),
                "no server is suspended undrained");
        act("suspend");
        later(vm, "suspending", 3, () -> vm.status = ServerStatus.SUSPENDED);
    }

    @Override
    public void resume(UUID server) {
        Vm vm = calm(server, ServerStatus.SUSPENDED);
        promise(!slurm.get(nodeOf(vm)).drain.isEmpty(), "no server wakes up undrained");
        act("resume");
        later(vm, "resuming", 2, () -> {
            vm.status = ServerStatus.ACTIVE;
            vm.awakeSince = nanos;
        });
        slurm.get(nodeOf(vm)).silent = true;
    }

    /** The server's machine goes, with all that was in its memory. */
    void die(String name, Ending ending) {
        Vm vm = vms.get(NodeName.of(name));
        vm.status = ServerStatus.SHUTOFF;
        vm.presence = Presence.GONE;
        vm.ending = ending;
    }

    @Override
    public Set<UUID> stopped() {
        return off.get();
    }

    @Override
    public Ending ending(UUID server) {
        pass(20);
        return vm(server).ending;
    }

    @Override
    public void start(UUID server) {
        Vm vm = calm(server, ServerStatus.SHUTOFF);
        promise(vm.ending == Ending.DIED, "no server is started but one that died");
        promise(on(nodeOf(vm)).isEmpty(), "no server is started under jobs that Slurm has on it");
        promise(
                !slurm.containsKey(nodeOf(vm)) || !slurm.get(nodeOf(vm)).drain.isEmpty(),
                "no server is started with its node open");
        act("start");
        vm.presence = Presence.THERE;
        later(vm, "powering-on", 5, () -> {
            vm.status = ServerStatus.ACTIVE;
            vm.awakeSince = nanos + seconds(20);
        });
    }

    @Override
    public void pause(UUID server) {
        Vm vm = calm(server, ServerStatus.ACTIVE);
        on(nodeOf(vm)).forEach(task -> promise(task.suspended, "no server is paused while job " + task.id + " runs"));
        promise(!slurm.get(nodeOf(vm)).drain.isEmpty(), "no server is paused undrained");
        promise(vm.metadata.containsKey(Marks.PAUSE), "no server is paused before its metadata say why");
        act("pause");
        later(vm, "pausing", 0, () -> vm.status = ServerStatus.PAUSED);
    }

    @Override
    public void unpause(UUID server) {
        Vm vm = calm(server, ServerStatus.PAUSED);
        act("unpause");
        later(vm, "unpausing", 1, () -> {
            vm.status = ServerStatus.ACTIVE;
            vm.awakeSince = nanos;
        });
    }

    @Override
    public void liveMigrate(UUID server, String host) {
        ServerStatus status = vm(server).status == ServerStatus.PAUSED ? ServerStatus.PAUSED : ServerStatus.ACTIVE;
        Vm vm = calm(server, status);
        promise(!vm.host.equals(host), "nobody is moved to where it is");
        act("migrate " + host);
        long id = migrations.values().stream().mapToLong(Migration::id).max().orElse(0) + 1;
        migrations.put(server, new Migration(id, "running", host));
        later(vm, "migrating", 8, () -> {
            boolean failed = migrationsFail;
            migrations.put(server, new Migration(id, failed ? "error" : "completed", host));
            vm.host = failed ? vm.host : host;
            vm.status = status;
        });
        vm.status = ServerStatus.MIGRATING;
    }

    private Vm calm(UUID server, ServerStatus wanted) {
        Vm vm = vm(server);
        if (vm.task != null || vm.status != wanted) {
            throw new RefusedException(server.toString(), "409: it is " + vm.status + " " + vm.task);
        }
        return vm;
    }

    @Override
    public Optional<Migration> newestMigration(UUID server) {
        return Optional.ofNullable(migrations.get(server));
    }

    @Override
    public boolean hasPort(NodeName node) {
        return ports.contains(node);
    }

    @Override
    public List<Host> hosts() {
        return List.of(
                new Host("cn01", true, Optional.of(new Size(16, 64_000))),
                new Host("cn02", true, Optional.of(new Size(16, 64_000))));
    }

    // --- Slurm

    @Override
    public SlurmSite site() {
        pass(50);
        Map<NodeName, SlurmNode> nodes = new HashMap<>();
        slurm.forEach((name, reg) -> {
            Set<String> states = new TreeSet<>(Set.of(reg.down ? "DOWN" : "IDLE"));
            if (reg.power != null) {
                states.add("CLOUD");
                states.add(reg.power.isEmpty() ? "CLOUD" : reg.power);
            }
            if (!reg.drain.isEmpty()) {
                states.add("DRAIN");
            }
            if (reg.silent) {
                states.add("NOT_RESPONDING");
            }
            String reason = reg.down && reg.power != null ? "ResumeTimeout reached" : reg.drain;
            nodes.put(name, new SlurmNode(name, address(name), states, reason, reg.power == null));
        });
        List<Job> jobs = tasks.values().stream()
                .filter(task -> !task.over)
                .map(task -> task.requeued
                        ? pending(task)
                        : new Job(
                                task.id,
                                "j",
                                "u",
                                "p",
                                Set.of(task.suspended ? "SUSPENDED" : starting(task) ? "CONFIGURING" : "RUNNING"),
                                Hostlist.of(task.nodes),
                                Duration.ZERO,
                                task.suspended
                                        ? Optional.of(EPOCH.plusSeconds(task.suspendedAt / seconds(1)))
                                        : Optional.empty()))
                .toList();
        Map<NodeName, MinionKey> minions = new HashMap<>();
        keys.forEach(key -> minions.put(key, MinionKey.ACCEPTED));
        Set<String> ours = new TreeSet<>();
        tasks.values().stream().filter(task -> task.suspended && task.marked).forEach(task -> ours.add(task.id));
        return new SlurmSite(EPOCH.plusNanos(nanos), nodes, jobs, minions, ours);
    }

    private boolean starting(Task task) {
        return task.nodes.stream().map(slurm::get).anyMatch(reg -> reg != null && "POWERING_UP".equals(reg.power));
    }

    private static Job pending(Task task) {
        return new Job(
                task.id,
                "j",
                "u",
                "p",
                Set.of("PENDING"),
                Hostlist.of(List.of()),
                Duration.ZERO,
                Optional.empty(),
                task.held,
                Optional.empty(),
                "0:0",
                Request.UNKNOWN);
    }

    private boolean awake(NodeName node) {
        Vm vm = vms.get(node);
        return vm != null
                && (vm.status == ServerStatus.ACTIVE || vm.status == ServerStatus.MIGRATING)
                && nanos - vm.awakeSince > seconds(1);
    }

    private boolean clockRight(NodeName node) {
        Vm vm = vms.get(node);
        return awake(node) && vm != null && (vm.awakeSince == 0 || nanos - vm.awakeSince > seconds(3));
    }

    @Override
    public Told<Probe> probe(NodeName node, Duration patience) {
        Probe probe = probe(node);
        return new Told<>(probe, Optional.of(site()));
    }

    private Probe probe(NodeName node) {
        pass(200);
        if (!awake(node)) {
            return Probe.SILENT;
        }
        boolean right = clockRight(node);
        return new Probe(
                true,
                Optional.of(right ? Duration.ofMillis(20) : Duration.ofMinutes(-6)),
                right,
                right,
                slurm.containsKey(node),
                List.of(),
                List.of());
    }

    @Override
    public Told<Processes> processes(NodeName node, Collection<String> jobs) {
        SlurmSite before = site();
        return new Told<>(count(node), Optional.of(before));
    }

    private Processes count(NodeName node) {
        pass(100);
        if (!awake(node)) {
            return new Processes(false, 0, 0);
        }
        int running = (int) on(node).stream()
                .filter(task -> !task.suspended || nanos - task.suspendedAt < seconds(2))
                .count();
        return new Processes(true, running, on(node).size() - running);
    }

    @Override
    public Optional<SlurmSite> drain(NodeName node, String reason) {
        promise(reason.startsWith(SlurmNode.OURS), "our drains say that they are ours");
        Reg reg = reg(node);
        promise(!"POWERING_UP".equals(reg.power), "no job is thrown out that a node is switched on for");
        act("drain " + node);
        if (reg.drain.isEmpty()) {
            reg.drain = reason;
        }
        return Optional.of(site());
    }

    @Override
    public Optional<SlurmSite> down(NodeName node, String reason) {
        promise(reason.startsWith("spillway: its server died (SHUTOFF), seen "), "a DOWN says why and when");
        promise(vms.get(node).ending == Ending.DIED, "no node is set DOWN while its server may live");
        Reg reg = reg(node);
        act("down " + node);
        reg.down = true;
        if (reg.drain.isEmpty() || reg.drain.startsWith(SlurmNode.OURS)) {
            reg.drain = reason;
        }
        on(node).forEach(task -> {
            task.requeued = true;
            task.held |= task.suspended;
            task.suspended = false;
        });
        return Optional.of(site());
    }

    @Override
    public Optional<SlurmSite> release(Collection<String> jobs) {
        act("release jobs " + jobs);
        jobs.forEach(id -> {
            Task task = tasks.get(id);
            if (task != null && task.requeued) {
                promise(!task.byAdmin, "no job is released that somebody else suspended: " + id);
                task.held = false;
            }
        });
        return Optional.of(site());
    }

    @Override
    public Optional<SlurmSite> requeue(Job job) {
        throw new AssertionError("no lifecycle ends a job");
    }

    @Override
    public Optional<SlurmSite> cancel(Job job) {
        throw new AssertionError("no lifecycle ends a job");
    }

    @Override
    public Optional<SlurmSite> undrain(NodeName node, boolean asked) {
        Reg reg = reg(node);
        promise(clockRight(node) || reg.off(), "no node is opened before its clock is right");
        act("undrain " + node);
        if (reg.drain.startsWith(SlurmNode.OURS)) {
            reg.drain = "";
            reg.down = false;
        }
        return Optional.of(site());
    }

    private Reg reg(NodeName node) {
        Reg reg = slurm.get(node);
        if (reg == null) {
            throw new NotFoundException(node.value(), "no such node");
        }
        return reg;
    }

    @Override
    public Optional<SlurmSite> suspend(Collection<String> jobs) {
        act("suspend jobs " + jobs);
        jobs.forEach(id -> {
            Task task = tasks.get(id);
            if (task != null && !task.over && !task.suspended) {
                promise(
                        task.nodes.stream()
                                .anyMatch(node -> vms.containsKey(node)
                                        && Marks.of(vms.get(node).metadata)
                                                .held()
                                                .ids()
                                                .contains(id)),
                        "a job is written down before it is suspended");
                task.suspended = true;
                task.marked = true;
                task.suspendedAt = nanos;
            }
        });
        return Optional.of(site());
    }

    @Override
    public Optional<SlurmSite> resume(Collection<String> jobs) {
        for (String id : jobs) {
            Task task = tasks.get(id);
            promise(task != null && !task.byAdmin, "nobody else's suspension is ended: " + id);
            if (task != null) {
                task.nodes.forEach(node -> promise(
                        !vms.containsKey(node) || clockRight(node), "no job is resumed before " + node + " is right"));
            }
        }
        act("resume jobs " + jobs);
        jobs.forEach(id -> {
            Task task = tasks.get(id);
            if (task != null) {
                task.suspended = false;
            }
        });
        return Optional.of(site());
    }

    @Override
    public Optional<SlurmSite> wake(NodeName node) {
        act("wake " + node);
        Reg reg = reg(node);
        reg.silent = false;
        if ("POWERED_DOWN".equals(reg.power)) {
            reg.power = "";
        }
        return Optional.of(site());
    }

    @Override
    public Optional<SlurmSite> delete(NodeName node) {
        promise(on(node).isEmpty(), "no node is deleted under its jobs");
        promise(reg(node).power == null, "no line of slurm.conf is deleted");
        act("delete " + node);
        slurm.remove(node);
        return Optional.of(site());
    }

    // --- Provisioner

    @Override
    public Optional<SlurmSite> create(
            NodeName node, String profile, Map<String, String> metadata, Optional<String> host) {
        promise(!vms.containsKey(node), "no twin is made");
        promise(!keys.contains(node) && !ports.contains(node), "what an earlier attempt left is cleared first");
        act("create " + node);
        Vm vm = new Vm();
        vm.metadata.putAll(metadata);
        vm.awakeSince = nanos + seconds(20);
        vms.put(node, vm);
        keys.add(node);
        ports.add(node);
        return Optional.of(site());
    }

    @Override
    public Optional<SlurmSite> destroy(NodeName node, Optional<UUID> server) {
        Reg reg = slurm.get(node);
        boolean up = reg != null && "POWERING_UP".equals(reg.power);
        promise(on(node).isEmpty() || up, "no server is deleted under its jobs");
        promise(reg == null || reg.off(), "Slurm forgets a node, or has it off, before its address goes");
        Vm vm = vms.get(node);
        if (vm != null && server.isEmpty()) {
            throw new RefusedException(node.value(), "a server of that name is there");
        }
        promise(vm == null || server.filter(vm.id::equals).isPresent(), "a server is deleted by its UUID only");
        act("destroy " + node);
        vms.remove(node);
        keys.remove(node);
        ports.remove(node);
        return Optional.of(site());
    }

    @Override
    public Optional<SlurmSite> applyStates(NodeName node) {
        promise(awake(node), "states are applied to a node that answers");
        act("states " + node);
        Reg reg = slurm.computeIfAbsent(node, fresh -> new Reg());
        if ("POWERING_UP".equals(reg.power)) {
            reg.power = "";
        }
        return Optional.of(site());
    }

    @Override
    public Set<String> profiles() {
        return Set.of("htc");
    }
}
