package io.spillway.simulation;

import io.spillway.Spillway;
import io.spillway.cloud.Ending;
import io.spillway.cloud.Presence;
import io.spillway.cloud.ServerStatus;
import io.spillway.failure.BadInputException;
import io.spillway.failure.NotFoundException;
import io.spillway.model.Bounds;
import io.spillway.model.Hostlist;
import io.spillway.model.Job;
import io.spillway.model.NodeName;
import io.spillway.model.Pool;
import io.spillway.model.Request;
import io.spillway.model.Size;
import io.spillway.policy.Action;
import io.spillway.policy.rules.Policies;
import io.spillway.reconcile.Marks;
import io.spillway.reconcile.Ports;
import io.spillway.slurm.Happenings;
import io.spillway.slurm.SlurmNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A cluster, a cloud and a Salt master in one memory. They take the time that real ones take, answer what real ones
 * answer, and throw {@link BrokenPromise} at the moment when somebody does through their ports what Spillway promises
 * never to do. What an admin does comes by {@link #admin}. This class is not threadsafe; see {@link VirtualTime}.
 */
public final class Simulation {
    /** The controller's clock at the beginning. */
    static final Instant EPOCH = Instant.ofEpochSecond(1_800_000_000);

    /** The hypervisors. */
    static final List<String> HOSTS = List.of("cn01", "cn02");

    /** So many times a host's memory Nova lets servers claim. */
    static final double MEMORY_RATIO = 1.5;

    /** How big each host is. */
    static final Size HOST = new Size(16, 65_536);

    /** A caller may not know yet what somebody else has done so short a time before its call. */
    static final Duration NEWS = Duration.ofSeconds(6);

    /** So long after a machine's death Nova looks at it and stops its server. */
    private static final Duration NOVA_LOOKS = Duration.ofSeconds(15);

    /** A requeued job does not start before its first credential is void. */
    private static final Duration REQUEUE = Duration.ofSeconds(41);

    /** So long Slurm tells of a job that is over: its MinJobAge. */
    private static final Duration OVER = Duration.ofMinutes(5);

    /** From what happens in Slurm until who listens on Salt's bus hears of it. */
    private static final Duration EVENT = Duration.ofMillis(200);

    /** Whoever tries again lets so many seconds pass at least. */
    private static final double SOONEST = 0.1;

    /** More at one moment is no work that comes to an end. */
    private static final int MOST_AT_ONCE = 100_000;

    final VirtualTime time;
    final Durations durations;
    final Map<UUID, Vm> vms = new TreeMap<>();
    final Map<NodeName, Registration> nodes = new TreeMap<>();
    final Set<NodeName> keys = new TreeSet<>();
    final Set<NodeName> ports = new TreeSet<>();
    /** The nodes that a call is making or removing: the master lets nobody else begin that. */
    final Set<NodeName> inTheMaking = new TreeSet<>();

    final Map<String, Batch> batches = new TreeMap<>();
    final Map<NodeName, String> addresses = new TreeMap<>();
    /** The hosts whose compute service is disabled, each with the reason. */
    final Map<String, String> disabled = new TreeMap<>();

    /** Jobs that are over, and that Slurm has not forgotten. */
    private final Map<String, Job> over = new TreeMap<>();

    private final List<Consumer<String>> listeners = new ArrayList<>();
    private final List<Watch> watches = new ArrayList<>();
    final Set<NodeName> deaf = new TreeSet<>();
    final List<String> story = new ArrayList<>();
    boolean nextMigrationFails;
    private long numbers;
    private int jobNumbers;

    /** The partitions that only virtual nodes are in. */
    private final Set<String> virtualOnly = new TreeSet<>();

    private Optional<Action> decided = Optional.empty();
    private long moment = -1;
    private int atThisMoment;

    /**
     * An empty site.
     *
     * @param time its time
     */
    public Simulation(VirtualTime time) {
        this(time, Durations.USUAL);
    }

    /**
     * An empty site that is as quick as another one.
     *
     * @param time its time
     * @param durations how long things take
     */
    public Simulation(VirtualTime time, Durations durations) {
        this.time = time;
        this.durations = durations;
    }

    Duration boot() {
        return Durations.time(durations.boot());
    }

    private Duration schedule() {
        return Durations.time(Math.max(SOONEST, durations.schedule()));
    }

    /**
     * The site through one caller's wire.
     *
     * @param wire the wire
     * @return the ports
     */
    public Ports ports(Wire wire) {
        return ports(wire, wire);
    }

    private Ports ports(Wire cloud, Wire salt) {
        SimulatedSlurm slurm = new SimulatedSlurm(this, salt);
        return new Ports(
                new SimulatedCloud(this, cloud), slurm, new SimulatedProvisioner(this, slurm, salt), this::listen);
    }

    /**
     * A wire to Salt without faults.
     *
     * @return the wire
     */
    public Wire wire() {
        return wire(durations.salt());
    }

    private Wire wire(double seconds) {
        Duration half = Durations.time(seconds / 2);
        return new Wire() {
            @Override
            public <T> T call(String what, Supplier<T> work) {
                pass(half);
                T answer = work.get();
                pass(half);
                return answer;
            }
        };
    }

    /**
     * The library's front door to this site, with one pool {@code htc}. Its operations go on while time passes: to wait for
     * one, {@code await()} it from the thread that lets time pass; to join its future waits for ever.
     *
     * @param pool the names of the pool's nodes
     * @return the site
     */
    public Spillway spillway(Hostlist pool) {
        return spillway(pool(pool), Policies.NONE);
    }

    /**
     * The library's front door to this site, with a pool and policies of one's own: what a {@link SimulatedDaemon} goes by.
     *
     * @param pool the pool
     * @param policies the policies
     * @return the site
     */
    public Spillway spillway(Pool pool, Policies policies) {
        return front(pool, policies, ports(wire(durations.nova()), wire()));
    }

    private static Pool pool(Hostlist nodes) {
        return new Pool("htc", "htc", nodes, nodes.size());
    }

    /**
     * Somebody who looks at this site each second, for a timeline, and costs it no time.
     *
     * @return who watches from now on
     */
    public Watch watch() {
        Wire atOnce = new Wire() {
            @Override
            public <T> T call(String what, Supplier<T> work) {
                return work.get();
            }
        };
        Watch watch = new Watch(time, front(pool(Hostlist.parse("vn[01-99]")), Policies.NONE, ports(atOnce)));
        watches.add(watch);
        return watch;
    }

    private Spillway front(Pool pool, Policies policies, Ports ports) {
        return Spillway.over("simulated", Map.of(pool.name(), pool), ports, time, Bounds.DEFAULT, policies);
    }

    /**
     * The admin of this site.
     *
     * @return the admin
     */
    public SimulatedAdmin admin() {
        return new SimulatedAdmin(this);
    }

    /**
     * What was done through the ports and by the admin, in order.
     *
     * @return a line for each, with its second
     */
    public List<String> story() {
        return List.copyOf(story);
    }

    /** As the extension's engine does; a wire's faults are not its. */
    Happenings.Listening listen(Consumer<String> happened) {
        listeners.add(happened);
        time.after(EVENT, () -> tellIfThere(happened, "connected to Salt's events"));
        return () -> listeners.remove(happened);
    }

    private void tellIfThere(Consumer<String> listener, String what) {
        if (listeners.contains(listener)) {
            listener.accept(what);
        }
    }

    void happens(String tag) {
        time.after(EVENT, () -> List.copyOf(listeners).forEach(listener -> tellIfThere(listener, tag)));
    }

    List<Job> jobs() {
        return Stream.concat(batches.values().stream().map(batch -> batch.seen(time.nanos())), over.values().stream())
                .toList();
    }

    /** How many of a node's CPUs jobs use. */
    int busy(NodeName node) {
        return on(node).stream()
                .filter(Batch::busy)
                .mapToInt(batch -> batch.cpus)
                .sum();
    }

    SlurmNode seen(Registration node) {
        Set<String> partitions = new TreeSet<>(Set.of(Submission.ALL));
        if (node.virtual()) {
            partitions.addAll(virtualOnly);
        }
        return node.seen(busy(node.name), partitions);
    }

    /** What a policy has begun. */
    void decided(Action action) {
        decided = Optional.of(action);
    }

    /** Who works on and on at one moment, as on a wire that takes no time, would do so for ever. */
    private void progress(String what) {
        if (time.nanos() != moment) {
            moment = time.nanos();
            atThisMoment = 0;
        }
        if (++atThisMoment > MOST_AT_ONCE) {
            throw new BadInputException(
                    null,
                    "%d things were done at %s, second %.1f of the simulation, and no time passes; the last: %s%s"
                            .formatted(
                                    MOST_AT_ONCE,
                                    clock(),
                                    moment / 1e9,
                                    what,
                                    decided.map(one -> " (policy %s: %s %s)"
                                                    .formatted(one.why().policy(), one.verb(), one.subject()))
                                            .orElse("")));
        }
    }

    void tell(String what) {
        progress(what);
        story.add("%6.2f s  %s".formatted(time.nanos() / 1e9, what));
        watches.forEach(Watch::wake);
    }

    /**
     * Lets time pass.
     *
     * @param some how much
     */
    public void pass(Duration some) {
        try {
            time.sleep(some);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("nobody interrupts here", interrupted);
        }
    }

    static void promise(boolean kept, String broken) {
        if (!kept) {
            throw new BrokenPromise(broken);
        }
    }

    /** Whether a caller that decided at that moment may not have known of a change. */
    boolean news(long changed, long began) {
        return changed > began - NEWS.toNanos();
    }

    UUID newId() {
        return new UUID(0x5117_0000_0000_4000L, 0x8000_0000_0000_0000L + ++numbers);
    }

    String addressOf(NodeName node) {
        return addresses.computeIfAbsent(node, added -> "10.0.0." + (addresses.size() + 1));
    }

    Vm vm(UUID id) {
        Vm vm = vms.get(id);
        if (vm == null) {
            throw new NotFoundException(id.toString(), "Nova: no server " + id);
        }
        return vm;
    }

    List<Vm> vmsOf(NodeName node) {
        return vms.values().stream().filter(vm -> vm.node.equals(node)).toList();
    }

    /** A host's memory that no server claims, in MiB. A suspended server keeps its claim. */
    long unclaimed(String host) {
        long claimed = vms.values().stream().filter(vm -> vm.host.equals(host)).count() * Vm.SIZE.memory();
        return (long) (HOST.memory() * MEMORY_RATIO) - claimed;
    }

    List<Batch> on(NodeName node) {
        return batches.values().stream().filter(batch -> batch.on(node)).toList();
    }

    /** The machine that Slurm's node runs on: the one at its address. */
    boolean carries(Vm vm, Batch batch) {
        Registration node = nodes.get(vm.node);
        return batch.on(vm.node) && node != null && node.address.equals(vm.address);
    }

    boolean awake(NodeName node) {
        return vmsOf(node).stream()
                .anyMatch(vm -> vm.runs() && since(vm.awakeSince).toMillis() > 1000);
    }

    /** The guest's service steps the clock within three seconds. */
    boolean clockRight(NodeName node) {
        return vmsOf(node).stream()
                .anyMatch(
                        vm -> vm.runs() && (!vm.wasAway || since(vm.awakeSince).toMillis() > 3000));
    }

    Duration since(long moment) {
        return Duration.ofNanos(time.nanos() - moment);
    }

    Instant clock() {
        return time.now();
    }

    void change(Batch batch, Batch.State state) {
        Batch.State before = batch.state;
        batch.ran = batch.runTime(time.nanos()).toNanos();
        batch.state = state;
        batch.marked = false;
        batch.changed = time.nanos();
        batch.second = clock().getEpochSecond();
        batch.unheard.clear();
        if (state == Batch.State.RUNNING) {
            happens("spillway/slurm/job/" + (before == Batch.State.SUSPENDED ? "resumed" : "started"));
            long since = batch.changed;
            batch.length.ifPresent(length ->
                    time.after(length.minusNanos(batch.ran), () -> doneIf(batch, () -> batch.changed == since)));
        } else if (state == Batch.State.SUSPENDED) {
            // slurmctld tells each node once; seen on the lab with a guest whose clock was wrong: munge refuses the
            // word
            batch.nodes.stream()
                    .filter(node -> awake(node) && (deaf.contains(node) || !clockRight(node)))
                    .forEach(batch.unheard::add);
            happens("spillway/slurm/job/suspended");
        }
    }

    /** It has run for as long as it was to, and tells so as soon as all its nodes are awake. */
    private void doneIf(Batch batch, BooleanSupplier sameRun) {
        if (batches.get(batch.id) != batch || !sameRun.getAsBoolean()) {
            return;
        }
        if (batch.nodes.stream().allMatch(node -> vmsOf(node).isEmpty() || awake(node))) {
            end(batch, "COMPLETED");
        } else {
            time.after(schedule(), () -> doneIf(batch, sameRun));
        }
    }

    /** A job is over: it leaves its nodes. */
    void end(Batch batch, String word) {
        Job last = batch.seen(time.nanos());
        batches.remove(batch.id);
        over.put(
                batch.id,
                new Job(
                        last.id(),
                        last.name(),
                        last.user(),
                        last.partition(),
                        Set.of(word),
                        batch.state == Batch.State.PENDING ? Hostlist.of(List.of()) : batch.nodes,
                        last.runTime(),
                        Optional.empty(),
                        false,
                        last.started(),
                        "0:0",
                        last.request()));
        time.after(OVER, () -> over.remove(batch.id));
        tell("job %s is %s".formatted(batch.id, word));
        happens("spillway/slurm/job/ended");
    }

    /** A cancelled job ends when all its nodes have heard of it. */
    void complete(Batch batch) {
        change(batch, Batch.State.COMPLETING);
        tryToEnd(batch);
    }

    /** A node that Slurm does not hear from is told nothing, though it may be awake. */
    private void tryToEnd(Batch batch) {
        boolean heard = batch.nodes.stream()
                .allMatch(node -> batch.left.contains(node)
                        || vmsOf(node).isEmpty()
                        || (awake(node) && nodes.containsKey(node) && !nodes.get(node).silent));
        time.after(Duration.ofSeconds(1), () -> {
            if (heard && batch.requeued) {
                change(batch, Batch.State.PENDING);
                tryToStart(batch);
            } else if (heard) {
                end(batch, "CANCELLED");
            } else if (batches.containsKey(batch.id)) {
                tryToEnd(batch);
            }
        });
    }

    /** Its node is set DOWN: a job that may be requeued is, and one that was suspended is held from then on. */
    void lose(Batch batch, NodeName node) {
        batch.held |= batch.state == Batch.State.SUSPENDED;
        batch.requeued |= batch.state != Batch.State.COMPLETING;
        batch.left.add(node);
        if (batch.state != Batch.State.COMPLETING) {
            complete(batch);
        }
    }

    private void tryToStart(Batch batch) {
        time.after(REQUEUE, () -> {
            boolean open = batch.nodes.stream()
                    .allMatch(node -> nodes.containsKey(node) && nodes.get(node).open());
            if (batches.get(batch.id) != batch || batch.state != Batch.State.PENDING) {
                return;
            }
            if (open && !batch.held) {
                batch.left.clear();
                batch.requeued = false;
                batch.byOthers = false;
                batch.ran = 0;
                change(batch, Batch.State.RUNNING);
                batch.started = clock();
                tell("job " + batch.id + " starts anew");
            } else {
                tryToStart(batch);
            }
        });
    }

    /** Its machine is no more. Nova sees that when it looks, and when it is not at work on the server. */
    void die(Vm vm) {
        vm.dead = true;
        time.after(NOVA_LOOKS, () -> novaLooksAt(vm));
    }

    private void novaLooksAt(Vm vm) {
        if (!vm.dead || !vms.containsKey(vm.id) || vm.status == ServerStatus.SHUTOFF) {
            return;
        }
        if (vm.task != null) {
            time.after(NOVA_LOOKS, () -> novaLooksAt(vm));
            return;
        }
        task(vm, "powering-off", Duration.ofSeconds(1), () -> off(vm, Ending.DIED));
    }

    void off(Vm vm, Ending ending) {
        vm.dead = true;
        vm.status = ServerStatus.SHUTOFF;
        vm.presence = vm.presence == Presence.UNKNOWN ? vm.presence : Presence.GONE;
        vm.ending = ending;
        vm.changed = time.nanos();
        tell("server of " + vm.node + " is SHUTOFF: " + ending);
    }

    void boot(Vm vm) {
        vm.dead = false;
        awaken(vm);
        vm.awakeSince = time.nanos() + boot().toNanos();
    }

    /** A server does something for a while. */
    void task(Vm vm, String task, Duration takes, Runnable then) {
        vm.task = task;
        time.after(takes, () -> {
            if (vms.containsKey(vm.id)) {
                vm.task = null;
                then.run();
            }
        });
    }

    void awaken(Vm vm) {
        if (vm.dead) {
            return;
        }
        vm.status = ServerStatus.ACTIVE;
        vm.presence = Presence.THERE;
        vm.awakeSince = time.nanos();
        vm.wasAway = true;
        Registration node = nodes.get(vm.node);
        if (node != null) {
            node.silent = true;
            // slurmctld pings its nodes now and then
            time.after(Duration.ofSeconds(30), () -> node.silent &= !awake(vm.node));
        }
    }

    /**
     * A virtual node that is READY, as if it had been made long ago.
     *
     * @param name its name
     */
    public void ready(String name) {
        NodeName node = NodeName.of(name);
        Vm vm = new Vm(newId(), node, addressOf(node), "cn01");
        vm.metadata.putAll(Map.of(
                "spillway:node", name, "spillway:pool", "htc", "spillway:states", "applied", "spillway:goal", "READY"));
        vms.put(vm.id, vm);
        nodes.put(node, new Registration(node, vm.address));
        keys.add(node);
        ports.add(node);
    }

    /**
     * A physical node that takes jobs. One of a host's name is that host.
     *
     * @param name its name
     */
    public void physical(String name) {
        NodeName node = NodeName.of(name);
        Registration there = new Registration(node, "");
        there.dynamic = false;
        nodes.put(node, there);
    }

    /**
     * A virtual node that stands in slurm.conf, and that Slurm's power saving has switched on.
     *
     * @param name its name
     */
    public void switchedOn(String name) {
        NodeName node = NodeName.of(name);
        Registration line = new Registration(node, addressOf(node));
        line.dynamic = false;
        line.line = true;
        line.poweringUp = true;
        nodes.put(node, line);
    }

    /**
     * A job that runs from now on, for ever.
     *
     * @param id its id
     * @param on its nodes
     */
    public void running(String id, String on) {
        batches.put(id, new Batch(id, "job", Hostlist.parse(on), time.nanos(), clock()));
    }

    /**
     * Submits a job of one core a node. Slurm tries each second whether it can start, physical nodes first.
     *
     * @param name what its user calls it
     * @param on the nodes that it wants, all of them; empty if any one will do
     * @param length how long it runs; suspended or away it does not
     * @return its id
     */
    public String submit(String name, Optional<Hostlist> on, Duration length) {
        return submit(new Submission(name, Submission.ALL, on, 1, Optional.of(length)));
    }

    /**
     * A partition that only virtual nodes are in.
     *
     * @param name its name
     */
    public void virtualPartition(String name) {
        virtualOnly.add(name);
    }

    /**
     * Submits a job. Slurm tries again and again whether it can start, physical nodes first.
     *
     * @param asked what its user asks for
     * @return its id
     */
    public String submit(Submission asked) {
        String id = Integer.toString(++jobNumbers);
        if (batches.containsKey(id)) {
            return submit(asked);
        }
        int nodes = Math.max(1, asked.nodes().orElse(Hostlist.empty()).size());
        Request request = new Request(
                "",
                "",
                1,
                clock(),
                Optional.empty(),
                nodes,
                new Size(asked.cpus() * nodes, 0),
                Set.of(),
                true,
                true,
                "");
        Batch batch = new Batch(id, asked, request, time.nanos(), clock());
        batch.state = Batch.State.PENDING;
        batches.put(id, batch);
        tell("job %s (%s) is submitted".formatted(id, asked.name()));
        time.after(schedule(), () -> place(batch));
        return id;
    }

    /**
     * Lets a job end that runs until somebody says so. One that does not run ends when it does.
     *
     * @param id the job
     */
    public void finish(String id) {
        Batch batch = batches.get(id);
        if (batch == null) {
            throw new NotFoundException(id, "there is no job " + id);
        }
        batch.length = Optional.of(batch.runTime(time.nanos()).plus(schedule()));
        if (batch.state == Batch.State.RUNNING) {
            long since = batch.changed;
            time.after(schedule(), () -> doneIf(batch, () -> batch.changed == since));
        }
    }

    private void place(Batch batch) {
        if (batches.get(batch.id) != batch || batch.state != Batch.State.PENDING) {
            return;
        }
        Hostlist places = batch.nodes.isEmpty()
                ? Hostlist.of(nodes.keySet().stream()
                        .filter(node -> hasRoom(node, batch))
                        .limit(1)
                        .toList())
                : batch.nodes;
        if (batch.held || places.isEmpty() || !places.stream().allMatch(node -> hasRoom(node, batch))) {
            time.after(schedule(), () -> place(batch));
            return;
        }
        batch.nodes = places;
        batch.started = clock();
        change(batch, Batch.State.RUNNING);
        tell("job %s starts on %s".formatted(batch.id, places));
    }

    private boolean hasRoom(NodeName name, Batch batch) {
        Registration node = nodes.get(name);
        return node != null
                && node.open()
                && (node.virtual() || !virtualOnly.contains(batch.partition))
                && busy(name) + batch.cpus <= node.size().cpus();
    }

    Marks marks(Vm vm) {
        return Marks.of(vm.metadata);
    }
}
