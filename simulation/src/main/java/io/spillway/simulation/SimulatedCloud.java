package io.spillway.simulation;

import static io.spillway.simulation.Simulation.promise;

import io.spillway.cloud.Cloud;
import io.spillway.cloud.CloudFacts;
import io.spillway.cloud.CloudFacts.Account;
import io.spillway.cloud.CloudFacts.ComputeService;
import io.spillway.cloud.CloudFacts.Inventory;
import io.spillway.cloud.CloudFacts.Limit;
import io.spillway.cloud.CloudFacts.Quota;
import io.spillway.cloud.Ending;
import io.spillway.cloud.Migration;
import io.spillway.cloud.Presence;
import io.spillway.cloud.Right;
import io.spillway.cloud.Server;
import io.spillway.cloud.ServerStatus;
import io.spillway.failure.RefusedException;
import io.spillway.model.Fact;
import io.spillway.model.Host;
import io.spillway.model.NodeName;
import io.spillway.reconcile.Marks;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/** Nova and Neutron, as far as Spillway asks them. */
final class SimulatedCloud implements Cloud {
    private static final Set<ServerStatus> WRITABLE = Set.of(
            ServerStatus.ACTIVE,
            ServerStatus.PAUSED,
            ServerStatus.SUSPENDED,
            ServerStatus.SHUTOFF,
            ServerStatus.MIGRATING);

    private final Simulation site;
    private final Wire wire;

    SimulatedCloud(Simulation site, Wire wire) {
        this.site = site;
        this.wire = wire;
    }

    @Override
    public List<Server> servers() {
        return wire.call(
                "list servers", () -> site.vms.values().stream().map(Vm::seen).toList());
    }

    /** Something is asked of a server: refused while it is locked, busy or in a state that forbids it. */
    private void ask(String what, UUID id, Set<ServerStatus> from, boolean busyToo, Consumer<Vm> then) {
        long began = site.time.nanos();
        wire.call(what, () -> {
            Vm vm = site.vm(id);
            promise(Marks.of(vm.metadata).node().isPresent(), what + " of a server that is not ours");
            if (vm.locked) {
                throw new RefusedException(id.toString(), "409: Instance %s is locked".formatted(id));
            }
            promise(!vm.metadata.containsKey(Marks.PIN) || site.news(vm.changed, began), what + " of a pinned server");
            if (!from.contains(vm.status) || (vm.task != null && !busyToo)) {
                throw new RefusedException(id.toString(), "409: it is %s %s".formatted(vm.status, vm.task));
            }
            promise(
                    vm.presence != Presence.UNKNOWN || busyToo || site.news(vm.changed, began),
                    what + " of a server whose host is silent");
            then.accept(vm);
            site.tell(what + " " + vm.node);
            return vm;
        });
    }

    @Override
    public void setMetadata(UUID server, Map<String, String> metadata) {
        ask("write " + metadata, server, WRITABLE, true, vm -> vm.metadata.putAll(metadata));
    }

    @Override
    public void removeMetadata(UUID server, List<String> keys) {
        ask("forget " + keys, server, WRITABLE, true, vm -> keys.forEach(vm.metadata::remove));
    }

    @Override
    public void suspend(UUID server) {
        long began = site.time.nanos();
        ask("suspend server", server, Set.of(ServerStatus.ACTIVE), false, vm -> {
            for (Batch batch : site.on(vm.node)) {
                boolean news = site.news(batch.changed, began);
                boolean othersWord = batch.state != Batch.State.SUSPENDED && news;
                promise(
                        batch.state == Batch.State.SUSPENDED || news,
                        "a server is suspended while job %s is %s".formatted(batch.id, batch.state));
                promise(
                        site.since(batch.changed).toMillis() >= 2000 || batch.byOthers || othersWord,
                        "a server is suspended before the processes of job %s stand still".formatted(batch.id));
                promise(
                        batch.byOthers
                                || news
                                || site.marks(vm).held().ids().contains(batch.id)
                                || batch.nodes.stream()
                                        .flatMap(node -> site.vmsOf(node).stream())
                                        .anyMatch(one ->
                                                site.marks(one).held().ids().contains(batch.id)),
                        "job %s goes to disk and nobody knows that we hold it".formatted(batch.id));
            }
            Registration node = site.nodes.get(vm.node);
            promise(
                    node == null || node.drained || node.down || site.news(node.adminChanged, began),
                    "a server is suspended while its node is open");
            site.task(
                    vm,
                    "suspending",
                    Durations.time(site.durations.suspend()),
                    () -> vm.status = vm.dead ? vm.status : ServerStatus.SUSPENDED);
        });
    }

    @Override
    public void resume(UUID server) {
        long began = site.time.nanos();
        ask("resume server", server, Set.of(ServerStatus.SUSPENDED), false, vm -> {
            Registration node = site.nodes.get(vm.node);
            promise(
                    node == null || node.drained || node.down || site.news(node.adminChanged, began),
                    "a server wakes up with its node open");
            site.task(vm, "resuming", Durations.time(site.durations.resume()), () -> site.awaken(vm));
        });
    }

    @Override
    public void start(UUID server) {
        long began = site.time.nanos();
        ask("start server", server, Set.of(ServerStatus.SHUTOFF), false, vm -> {
            boolean news = site.news(vm.changed, began);
            promise(vm.ending == Ending.DIED || news, "a server is started that somebody has stopped");
            site.on(vm.node)
                    .forEach(batch ->
                            promise(site.news(batch.changed, began), "a server is started under job " + batch.id));
            Registration node = site.nodes.get(vm.node);
            promise(
                    node == null || node.drained || node.down || site.news(node.adminChanged, began),
                    "a server is started with its node open");
            vm.presence = Presence.THERE;
            site.task(vm, "powering-on", Duration.ofSeconds(3), () -> site.boot(vm));
        });
    }

    @Override
    public Ending ending(UUID server) {
        return wire.call("ending", () -> site.vm(server).ending);
    }

    @Override
    public void pause(UUID server) {
        long began = site.time.nanos();
        ask("pause server", server, Set.of(ServerStatus.ACTIVE), false, vm -> {
            site.on(vm.node)
                    .forEach(batch -> promise(
                            batch.state == Batch.State.SUSPENDED || site.news(batch.changed, began),
                            "a server is paused while job %s is %s".formatted(batch.id, batch.state)));
            Registration node = site.nodes.get(vm.node);
            promise(
                    node == null || node.drained || node.down || site.news(node.adminChanged, began),
                    "a server is paused while its node is open");
            promise(site.marks(vm).pause().isPresent(), "a server is paused before its metadata say why");
            site.task(vm, "pausing", Duration.ofMillis(200), () -> vm.status = ServerStatus.PAUSED);
        });
    }

    @Override
    public void unpause(UUID server) {
        ask(
                "unpause server",
                server,
                Set.of(ServerStatus.PAUSED),
                false,
                vm -> site.task(vm, "unpausing", Duration.ofMillis(300), () -> site.awaken(vm)));
    }

    @Override
    public void liveMigrate(UUID server, String host) {
        ask("live-migrate to " + host, server, Set.of(ServerStatus.ACTIVE, ServerStatus.PAUSED), false, vm -> {
            promise(!vm.host.equals(host), "a server is moved to where it is");
            ServerStatus before = vm.status;
            long id = vm.migration == null ? 1 : vm.migration.id() + 1;
            boolean fails = site.nextMigrationFails || vm.dead;
            site.nextMigrationFails = false;
            vm.migration = new Migration(id, "running", host);
            site.task(vm, "migrating", site.durations.migration(Vm.SIZE.memory()), () -> {
                vm.migration = new Migration(id, fails ? "error" : "completed", host);
                vm.host = fails ? vm.host : host;
                vm.status = before;
            });
            vm.status = ServerStatus.MIGRATING;
        });
    }

    @Override
    public void delete(UUID server) {
        long began = site.time.nanos();
        ask("delete twin", server, Set.of(ServerStatus.values()), true, vm -> {
            site.on(vm.node)
                    .forEach(batch -> promise(
                            !site.carries(vm, batch) || site.news(batch.changed, began),
                            "the server that job %s runs on is deleted".formatted(batch.id)));
            promise(site.vmsOf(vm.node).size() > 1, "the last server of a node is deleted as a twin");
            site.vms.remove(vm.id);
        });
    }

    @Override
    public Optional<Migration> newestMigration(UUID server) {
        return wire.call("newest migration", () -> Optional.ofNullable(site.vm(server).migration));
    }

    @Override
    public boolean hasPort(NodeName node) {
        return wire.call("has port", () -> site.ports.contains(node));
    }

    @Override
    public List<Host> hosts() {
        return wire.call(
                "hosts",
                () -> Simulation.HOSTS.stream()
                        .map(name -> new Host(
                                name,
                                !site.disabled.containsKey(name),
                                Optional.of(Simulation.HOST),
                                Optional.ofNullable(site.disabled.get(name)),
                                Optional.empty()))
                        .toList());
    }

    @Override
    public void disable(String host, String reason) {
        wire.call("disable " + host, () -> {
            promise(reason.startsWith(Host.OURS), "a host is disabled without our word");
            theirs(host);
            site.tell("disable " + host);
            return Optional.ofNullable(site.disabled.put(host, reason));
        });
    }

    @Override
    public void enable(String host) {
        wire.call("enable " + host, () -> {
            theirs(host);
            site.tell("enable " + host);
            return Optional.ofNullable(site.disabled.remove(host));
        });
    }

    private void theirs(String host) {
        String reason = site.disabled.getOrDefault(host, Host.OURS);
        if (!reason.startsWith(Host.OURS)) {
            throw new RefusedException(host, "somebody else has disabled %s (%s)".formatted(host, reason));
        }
    }

    /** A cloud that is set up as it should be. */
    @Override
    public CloudFacts examine() {
        return wire.call("examine the cloud", () -> {
            Map<Right, Fact<Boolean>> rights = new EnumMap<>(Right.class);
            for (Right right : Right.values()) {
                rights.put(right, Fact.known(true));
            }
            long servers = site.vms.size();
            return new CloudFacts(
                    Fact.known(new Account("spillway", "cluster", Set.of("member", "spillway_operator"))),
                    Fact.known(CloudFacts.NEEDED),
                    rights,
                    Fact.known(Simulation.HOSTS.stream()
                            .map(host -> new ComputeService(host, true, true))
                            .toList()),
                    Fact.known(new Quota(new Limit(-1, servers), new Limit(-1, servers), new Limit(-1, servers))),
                    Fact.known(Map.of(SimulatedSlurm.SIZE, Vm.SIZE)),
                    Fact.known(Map.of(SimulatedSlurm.NETWORK, true)),
                    Fact.known(Simulation.HOSTS.stream()
                            .map(host -> new Inventory(host, 16, Simulation.MEMORY_RATIO))
                            .toList()));
        });
    }
}
