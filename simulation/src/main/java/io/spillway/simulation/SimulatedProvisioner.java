package io.spillway.simulation;

import static io.spillway.simulation.Simulation.promise;

import io.spillway.cloud.ServerStatus;
import io.spillway.failure.NoCapacityException;
import io.spillway.failure.RefusedException;
import io.spillway.failure.UnreachableException;
import io.spillway.model.NodeName;
import io.spillway.slurm.Provisioner;
import io.spillway.slurm.SlurmSite;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** salt-cloud and highstates. */
final class SimulatedProvisioner implements Provisioner {
    /** The share of the time to create a server that it takes until Nova has the order. */
    private static final double ORDER = 0.25;

    private final Simulation site;
    private final SimulatedSlurm slurm;
    private final Wire wire;

    SimulatedProvisioner(Simulation site, SimulatedSlurm slurm, Wire wire) {
        this.site = site;
        this.slurm = slurm;
        this.wire = wire;
    }

    @Override
    public Optional<SlurmSite> create(
            NodeName node, String profile, Map<String, String> metadata, Optional<String> host) {
        return wire.call("create " + node, () -> {
            alone(node, () -> make(node, metadata, host));
            return Optional.of(slurm.seen());
        });
    }

    private void make(NodeName node, Map<String, String> metadata, Optional<String> wanted) {
        if (!site.vmsOf(node).isEmpty()) {
            throw new RefusedException(node.value(), "server %s exists".formatted(node));
        }
        promise(!known(node), "an address is used anew while Slurm still knows it");
        site.tell("create " + node);
        site.keys.add(node);
        site.ports.add(node);
        site.pass(Durations.time(site.durations.create() * ORDER));
        String host = wanted.orElseGet(() -> roomiest(node));
        Vm vm = new Vm(site.newId(), node, site.addressOf(node), host);
        vm.metadata.putAll(metadata);
        vm.status = ServerStatus.BUILD;
        site.vms.put(vm.id, vm);
        site.pass(Durations.time(site.durations.create() * (1 - ORDER)));
        if (vm.status == ServerStatus.BUILD) {
            vm.status = ServerStatus.ACTIVE;
            vm.awakeSince = site.time.nanos() + site.boot().toNanos();
            site.happens("salt/cloud/%s/created".formatted(node));
        }
    }

    /** Nova's choice: of the hosts that are enabled, the one with most memory that no server claims. */
    private String roomiest(NodeName node) {
        return Simulation.HOSTS.stream()
                .filter(name -> !site.disabled.containsKey(name) && site.unclaimed(name) >= Vm.SIZE.memory())
                .max(Comparator.comparingLong(site::unclaimed).thenComparing(Comparator.reverseOrder()))
                .orElseThrow(() -> new NoCapacityException(node.value(), "Nova: no valid host was found for " + node));
    }

    /** The master makes or removes a node's server for one caller at a time. */
    private void alone(NodeName node, Runnable work) {
        if (!site.inTheMaking.add(node)) {
            throw new RefusedException(node.value(), node + " is being created or destroyed by another call");
        }
        try {
            work.run();
        } finally {
            site.inTheMaking.remove(node);
        }
    }

    /** A line of slurm.conf keeps its address. */
    private boolean known(NodeName node) {
        Registration there = site.nodes.get(node);
        return there != null && !there.line;
    }

    @Override
    public Optional<SlurmSite> destroy(NodeName node, Optional<UUID> server) {
        long began = site.time.nanos();
        return wire.call("destroy " + node, () -> {
            alone(node, () -> remove(node, server, began));
            return Optional.of(slurm.seen());
        });
    }

    private void remove(NodeName node, Optional<UUID> server, long began) {
        boolean there = !site.vmsOf(node).isEmpty();
        if (there && server.isEmpty()) {
            throw new RefusedException(node.value(), "server %s exists: nothing deleted".formatted(node));
        }
        site.on(node)
                .forEach(
                        batch -> promise(site.news(batch.changed, began), "a server is deleted under job " + batch.id));
        promise(!known(node), "an address goes before Slurm has forgotten it");
        server.map(site.vms::get).ifPresent(vm -> {
            if (vm.locked) {
                throw new RefusedException(node.value(), "409: it is locked");
            }
            site.vms.remove(vm.id);
        });
        site.keys.remove(node);
        site.ports.remove(node);
        site.tell("destroy " + node);
        site.happens("salt/cloud/%s/destroyed".formatted(node));
    }

    @Override
    public Optional<SlurmSite> applyStates(NodeName node) {
        wire.call("apply states " + node, () -> {
            if (!site.awake(node) || site.deaf.contains(node)) {
                throw new UnreachableException(node.value(), "minion %s does not answer".formatted(node));
            }
            return node;
        });
        site.pass(Durations.time(site.durations.states()));
        if (site.awake(node)) {
            site.nodes.computeIfAbsent(node, added -> new Registration(node, site.addressOf(node))).poweringUp = false;
            site.tell("states of " + node + " are applied");
        }
        return Optional.of(slurm.seen());
    }

    @Override
    public Set<String> profiles() {
        return wire.call("profiles", () -> Set.of("htc"));
    }
}
