package io.spillway.simulation;

import static io.spillway.simulation.Simulation.promise;

import io.spillway.cloud.Ending;
import io.spillway.cloud.ServerStatus;
import io.spillway.failure.NotFoundException;
import io.spillway.failure.RefusedException;
import io.spillway.failure.UnreachableException;
import io.spillway.model.Fact;
import io.spillway.model.Job;
import io.spillway.model.NodeName;
import io.spillway.slurm.MinionKey;
import io.spillway.slurm.Probe;
import io.spillway.slurm.Processes;
import io.spillway.slurm.ResourceManager;
import io.spillway.slurm.SlurmFacts;
import io.spillway.slurm.SlurmFacts.Api;
import io.spillway.slurm.SlurmFacts.Controller;
import io.spillway.slurm.SlurmFacts.Listed;
import io.spillway.slurm.SlurmFacts.Master;
import io.spillway.slurm.SlurmFacts.OneNode;
import io.spillway.slurm.SlurmFacts.Profile;
import io.spillway.slurm.SlurmFacts.Software;
import io.spillway.slurm.SlurmNode;
import io.spillway.slurm.SlurmSite;
import io.spillway.slurm.Told;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** slurmctld and the minions, as Salt's runner tells of them. */
final class SimulatedSlurm implements ResourceManager {
    static final String SIZE = "small";
    static final String NETWORK = "cluster";

    private static final String VERSION = "24.11.5";
    private static final Software SOFTWARE = new Software("3008.3", "0.1.0", Fact.known(VERSION));
    private static final Map<String, String> SLURM_CONF = Map.of(
            "AuthInfo", "cred_expire=30",
            "InactiveLimit", "0 sec",
            "MaxNodeCount", "65536",
            "ReturnToService", "1",
            "SchedulerParameters", "batch_sched_delay=0,sched_min_interval=0",
            "SelectType", "select/cons_tres",
            "SlurmctldParameters", "enable_configless",
            "SlurmdTimeout", "0 sec",
            "SuspendTime", "INFINITE",
            "TreeWidth", "65533");

    /** So long a minion that does not answer is waited for. */
    private static final Duration SILENCE = Duration.ofSeconds(20);

    /** From one question to a node that is not well yet to the next. */
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Simulation site;
    private final Wire wire;

    SimulatedSlurm(Simulation site, Wire wire) {
        this.site = site;
        this.wire = wire;
    }

    @Override
    public SlurmSite site() {
        return wire.call("look at Slurm", this::seen);
    }

    SlurmSite seen() {
        Map<NodeName, SlurmNode> nodes = new HashMap<>();
        site.nodes.forEach((name, node) -> nodes.put(name, site.seen(node)));
        Map<NodeName, MinionKey> keys = new HashMap<>();
        site.keys.forEach(key -> keys.put(key, MinionKey.ACCEPTED));
        return new SlurmSite(
                site.clock(),
                nodes,
                site.jobs(),
                keys,
                site.batches.values().stream()
                        .filter(batch -> batch.marked)
                        .map(batch -> batch.id)
                        .collect(Collectors.toSet()));
    }

    @Override
    public Told<Probe> probe(NodeName node, Duration patience) {
        return wire.call("probe " + node, () -> {
            for (Duration waited = Duration.ZERO; waited.compareTo(SILENCE) < 0; waited = waited.plus(PAUSE)) {
                boolean silent = !answers(node);
                boolean soon = waited.compareTo(patience) < 0
                        && probed(node).obstacle().isPresent();
                if (!silent && !soon) {
                    break;
                }
                site.pass(PAUSE);
            }
            return new Told<>(probed(node), Optional.of(seen()));
        });
    }

    private boolean answers(NodeName node) {
        return site.awake(node) && !site.deaf.contains(node);
    }

    private Probe probed(NodeName node) {
        if (!answers(node)) {
            return Probe.SILENT;
        }
        boolean right = site.clockRight(node);
        return new Probe(
                true,
                Optional.of(right ? Duration.ofMillis(20) : Duration.ofMinutes(-6)),
                right,
                right,
                site.nodes.containsKey(node),
                List.of(),
                List.of());
    }

    @Override
    public Told<Processes> processes(NodeName node, Collection<String> jobs) {
        return wire.call("processes " + node, () -> {
            if (!answers(node)) {
                return new Told<>(new Processes(false, 0, 0), Optional.of(seen()));
            }
            int running = (int) site.on(node).stream()
                    .filter(batch -> jobs.contains(batch.id))
                    .filter(batch -> batch.state != Batch.State.SUSPENDED
                            || batch.unheard.contains(node)
                            || site.since(batch.changed).toMillis() < 2000)
                    .count();
            return new Told<>(new Processes(true, running, jobs.size() - running), Optional.of(seen()));
        });
    }

    @Override
    public Optional<SlurmSite> drain(NodeName node, String reason) {
        return wire.call("drain " + node, () -> {
            promise(reason.startsWith(SlurmNode.OURS), "a drain does not say that it is ours");
            Registration there = node(node);
            boolean theirs = !there.reason.startsWith(SlurmNode.OURS) || there.reason.startsWith(SlurmNode.ASKED);
            // who has closed it since we looked is left alone
            if (!(there.drained || (there.down && !there.silent)) || !theirs) {
                there.drained = true;
                there.reason = reason;
            }
            site.tell("drain " + node);
            return Optional.of(seen());
        });
    }

    @Override
    public Optional<SlurmSite> down(NodeName node, String reason) {
        long began = site.time.nanos();
        return wire.call("set DOWN " + node, () -> {
            promise(reason.startsWith(SlurmNode.OURS), "a DOWN does not say that it is ours");
            boolean dead = site.vmsOf(node).stream()
                    .allMatch(vm -> (vm.dead && vm.ending == Ending.DIED && vm.status == ServerStatus.SHUTOFF)
                            || site.news(vm.changed, began));
            promise(dead, "a node is set DOWN whose server may live");
            Registration there = node(node);
            boolean theirs = (there.drained || there.down) && !there.reason.startsWith(SlurmNode.OURS);
            if (there.down && (theirs || there.drained)) {
                return Optional.of(seen());
            }
            there.reason = theirs ? there.reason : reason;
            there.drained = true;
            there.down = true;
            site.tell("set DOWN " + node);
            site.on(node).forEach(batch -> site.lose(batch, node));
            return Optional.of(seen());
        });
    }

    @Override
    public Optional<SlurmSite> release(Collection<String> jobs) {
        long began = site.time.nanos();
        return wire.call("release jobs " + jobs, () -> {
            for (String id : jobs) {
                Batch batch = site.batches.get(id);
                if (batch != null && batch.requeued && batch.held) {
                    promise(
                            !batch.byOthers || site.news(batch.changed, began),
                            "job %s is released, which somebody else suspended".formatted(id));
                    batch.held = false;
                }
            }
            site.tell("release jobs " + jobs);
            return Optional.of(seen());
        });
    }

    @Override
    public Optional<SlurmSite> requeue(Job job) {
        return end("requeue", job, false);
    }

    @Override
    public Optional<SlurmSite> cancel(Job job) {
        return end("cancel", job, true);
    }

    private Optional<SlurmSite> end(String verb, Job job, boolean forGood) {
        return wire.call("%s job %s".formatted(verb, job.id()), () -> {
            Batch batch = site.batches.get(job.id());
            if (batch == null || batch.state == Batch.State.PENDING) {
                throw new NotFoundException(job.id(), "job %s is on no node any more".formatted(job.id()));
            }
            Job seen = batch.seen(site.time.nanos());
            boolean other = !seen.user().equals(job.user())
                    || !seen.nodes().equals(job.nodes())
                    || !seen.started().equals(job.started());
            if (other) {
                throw new RefusedException(job.id(), "job %s is not the one that was meant".formatted(job.id()));
            }
            if (batch.state == Batch.State.COMPLETING) {
                return Optional.of(seen());
            }
            boolean suspended = batch.state == Batch.State.SUSPENDED;
            if (batch.held || batch.byOthers || (suspended && !(forGood && batch.marked))) {
                throw new RefusedException(job.id(), "somebody holds or has suspended job %s".formatted(job.id()));
            }
            batch.requeued = !forGood;
            site.complete(batch);
            site.tell("%s job %s".formatted(verb, job.id()));
            return Optional.of(seen());
        });
    }

    @Override
    public Optional<SlurmSite> undrain(NodeName node, boolean asked) {
        long began = site.time.nanos();
        return wire.call("undrain " + node, () -> {
            Registration there = node(node);
            boolean theirs = there.reason.startsWith(SlurmNode.ASKED) && !asked;
            if (there.drained && there.reason.startsWith(SlurmNode.OURS) && !theirs) {
                boolean awake = site.clockRight(node);
                boolean justGone = site.vmsOf(node).stream().anyMatch(vm -> site.news(vm.changed, began));
                promise(awake || justGone, "a node is opened before its clock is right");
                // the reason stands on, as in Slurm
                there.drained = false;
                there.down = false;
            }
            there.silent &= !answers(node);
            site.tell("undrain " + node);
            return Optional.of(seen());
        });
    }

    private Registration node(NodeName node) {
        Registration there = site.nodes.get(node);
        if (there == null) {
            throw new NotFoundException(node.value(), "Slurm: no node " + node);
        }
        return there;
    }

    @Override
    public Optional<SlurmSite> suspend(Collection<String> jobs) {
        long began = site.time.nanos();
        // when it is asked for: it may come late, and nobody awaits it then
        jobs.forEach(id -> promise(written(id), "job %s is suspended before it is written down".formatted(id)));
        return wire.call("suspend jobs " + jobs, () -> {
            for (String id : jobs) {
                Batch batch = site.batches.get(id);
                if (batch == null || batch.state != Batch.State.RUNNING) {
                    // both have suspended it at once: Slurm does not say whose word came first
                    if (batch != null && batch.byOthers && site.news(batch.changed, began)) {
                        batch.byOthers = false;
                    }
                    continue;
                }
                site.change(batch, Batch.State.SUSPENDED);
                batch.marked = true;
                batch.byOthers = false;
            }
            site.tell("suspend jobs " + jobs);
            return Optional.of(seen());
        });
    }

    private boolean written(String id) {
        return site.vms.values().stream()
                .anyMatch(vm -> site.marks(vm).held().ids().contains(id));
    }

    @Override
    public Optional<SlurmSite> resume(Collection<String> jobs) {
        long began = site.time.nanos();
        return wire.call("resume jobs " + jobs, () -> {
            for (String id : jobs) {
                Batch batch = site.batches.get(id);
                if (batch == null || batch.state != Batch.State.SUSPENDED) {
                    continue;
                }
                boolean news = site.news(batch.changed, began);
                promise(!batch.byOthers || news, "job %s is resumed, which somebody else suspended".formatted(id));
                for (NodeName node : batch.nodes) {
                    boolean changed = site.vmsOf(node).stream().anyMatch(vm -> site.news(vm.changed, began));
                    promise(
                            site.vmsOf(node).isEmpty() || site.clockRight(node) || changed,
                            "job %s is resumed before %s is right".formatted(id, node));
                }
                site.change(batch, Batch.State.RUNNING);
                batch.byOthers = false;
            }
            site.tell("resume jobs " + jobs);
            return Optional.of(seen());
        });
    }

    @Override
    public Optional<SlurmSite> wake(NodeName node) {
        return wire.call("wake " + node, () -> {
            if (!site.awake(node) || site.deaf.contains(node)) {
                throw new UnreachableException(node.value(), "minion %s does not answer".formatted(node));
            }
            Registration there = node(node);
            there.silent = false;
            site.tell("wake " + node);
            return Optional.of(seen());
        });
    }

    @Override
    public Optional<SlurmSite> delete(NodeName node) {
        long began = site.time.nanos();
        return wire.call("delete node " + node, () -> {
            for (Batch batch : site.on(node)) {
                promise(site.news(batch.changed, began), "a node is deleted under job " + batch.id);
                throw new RefusedException(node.value(), "jobs are on it");
            }
            Registration there = site.nodes.get(node);
            if (there != null && there.reserved) {
                promise(site.news(there.adminChanged, began), "a node is deleted out of its reservation");
                throw new RefusedException(node.value(), "it is in a reservation");
            }
            site.nodes.remove(node);
            site.tell("delete node " + node);
            return Optional.of(seen());
        });
    }

    /** A cluster that is set up as it should be; the nodes that may be asked tell of themselves. */
    @Override
    public SlurmFacts examine(Set<NodeName> leave) {
        return wire.call("examine Slurm", () -> {
            Map<String, String> keys = new HashMap<>();
            site.keys.forEach(key -> keys.put(key.value(), "accepted"));
            Map<String, Fact<OneNode>> told = new HashMap<>();
            Map<String, String> left = new HashMap<>();
            site.nodes.keySet().forEach(node -> {
                if (leave.contains(node)) {
                    left.put(node.value(), "it is away or in motion");
                } else {
                    told.put(node.value(), facts(node));
                }
            });
            List<String> names =
                    site.nodes.keySet().stream().map(NodeName::value).toList();
            return new SlurmFacts(
                    Fact.known(controller()),
                    Fact.known(new Master(
                            SOFTWARE,
                            Fact.known(List.of("runner", "runner_async")),
                            Fact.known(Map.of()),
                            Fact.known(new Api("127.0.0.1", false)))),
                    Fact.known(Map.of("htc", new Profile(SIZE, NETWORK, names))),
                    Fact.known(keys),
                    told,
                    left);
        });
    }

    private Controller controller() {
        return new Controller(
                SOFTWARE,
                Fact.known(SLURM_CONF),
                Fact.known(site.nodes.values().stream()
                        .map(site::seen)
                        .map(node -> new Listed(node.name().value(), node.states(), node.dynamic(), VERSION))
                        .toList()),
                Fact.known(List.of()));
    }

    private Fact<OneNode> facts(NodeName node) {
        if (!site.awake(node) || site.deaf.contains(node)) {
            return Fact.unknown("minion %s does not answer".formatted(node));
        }
        boolean right = site.clockRight(node);
        return Fact.known(new OneNode(
                SOFTWARE,
                Fact.known(right ? Duration.ofMillis(20) : Duration.ofMinutes(-6)),
                Fact.known(right),
                Fact.known(right),
                true,
                List.of(),
                List.of(),
                Optional.of(true),
                Optional.empty()));
    }
}
