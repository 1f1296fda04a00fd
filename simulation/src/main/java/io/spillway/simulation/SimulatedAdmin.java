package io.spillway.simulation;

import io.spillway.cloud.Ending;
import io.spillway.cloud.Presence;
import io.spillway.cloud.ServerStatus;
import io.spillway.model.NodeName;
import io.spillway.reconcile.Marks;
import java.time.Duration;
import java.util.function.Consumer;

/** What people and accidents do to the site behind Spillway's back. What makes no sense at the moment does nothing. */
public final class SimulatedAdmin {
    private static final String WHY = "disk is odd";

    private final Simulation site;

    SimulatedAdmin(Simulation site) {
        this.site = site;
    }

    private void node(String what, String name, Consumer<Registration> change) {
        Registration node = site.nodes.get(NodeName.of(name));
        if (node != null) {
            node.adminChanged = site.time.nanos();
            change.accept(node);
            site.tell("ADMIN " + what + " " + name);
        }
    }

    private void server(String what, String name, Consumer<Vm> change) {
        site.vmsOf(NodeName.of(name)).stream().findFirst().ifPresent(vm -> {
            vm.changed = site.time.nanos();
            change.accept(vm);
            site.tell("ADMIN " + what + " " + name);
        });
    }

    private void job(String what, String id, Consumer<Batch> change) {
        Batch batch = site.batches.get(id);
        if (batch != null) {
            change.accept(batch);
            site.tell("ADMIN " + what + " " + id);
        }
    }

    /**
     * Drains a node for a reason of one's own.
     *
     * @param name the node
     */
    public void drains(String name) {
        node("drains", name, node -> {
            node.drained = true;
            node.reason = WHY;
        });
    }

    /**
     * Ends any drain of a node.
     *
     * @param name the node
     */
    public void undrains(String name) {
        node("undrains", name, node -> {
            node.drained = false;
            node.reason = node.down ? node.reason : "";
        });
    }

    /**
     * Puts a node into a reservation.
     *
     * @param name the node
     */
    public void reserves(String name) {
        node("reserves", name, node -> node.reserved = true);
    }

    /**
     * Locks a server in Nova.
     *
     * @param name its node
     */
    public void locks(String name) {
        server("locks", name, vm -> vm.locked = true);
    }

    /**
     * Unlocks a server in Nova.
     *
     * @param name its node
     */
    public void unlocks(String name) {
        server("unlocks", name, vm -> vm.locked = false);
    }

    /**
     * Pins a server.
     *
     * @param name its node
     */
    public void pins(String name) {
        server("pins", name, vm -> {
            vm.metadata.put(Marks.PIN, "being debugged");
        });
    }

    /**
     * Unpins a server.
     *
     * @param name its node
     */
    public void unpins(String name) {
        server("unpins", name, vm -> vm.metadata.remove(Marks.PIN));
    }

    /**
     * Pauses a running server in Nova.
     *
     * @param name its node
     */
    public void pauses(String name) {
        server("pauses", name, vm -> {
            if (vm.status == ServerStatus.ACTIVE && vm.task == null) {
                vm.status = ServerStatus.PAUSED;
            }
        });
    }

    /**
     * Kills a server's machine, if one runs; nobody else's work on it is under way.
     *
     * @param name its node
     */
    public void kills(String name) {
        server("kills", name, vm -> {
            if ((vm.runs() || vm.status == ServerStatus.PAUSED) && vm.task == null) {
                site.die(vm);
            }
        });
    }

    /**
     * Stops a server in Nova, if one runs.
     *
     * @param name its node
     */
    public void stops(String name) {
        server("stops", name, vm -> {
            if (vm.runs() && vm.task == null) {
                site.task(vm, "powering-off", Duration.ofSeconds(2), () -> site.off(vm, Ending.STOPPED));
            }
        });
    }

    /**
     * Suspends a job that runs.
     *
     * @param id the job
     */
    public void suspends(String id) {
        job("suspends job", id, batch -> {
            if (batch.state == Batch.State.RUNNING) {
                site.change(batch, Batch.State.SUSPENDED);
                batch.byOthers = true;
            }
        });
    }

    /**
     * Resumes a job, whoever suspended it.
     *
     * @param id the job
     */
    public void resumes(String id) {
        job("resumes job", id, batch -> {
            if (batch.state == Batch.State.SUSPENDED) {
                site.change(batch, Batch.State.RUNNING);
                batch.byOthers = false;
            }
        });
    }

    /**
     * Holds a job: it runs on, and would not start anew.
     *
     * @param id the job
     */
    public void holds(String id) {
        job("holds job", id, batch -> batch.held = true);
    }

    /**
     * Disables a host's compute service.
     *
     * @param host the host
     * @param why the reason that stands there then
     */
    public void disables(String host, String why) {
        site.disabled.put(host, why);
        site.tell("ADMIN disables %s: %s".formatted(host, why));
    }

    /**
     * Enables a host's compute service, whoever disabled it.
     *
     * @param host the host
     */
    public void enables(String host) {
        site.disabled.remove(host);
        site.tell("ADMIN enables " + host);
    }

    /**
     * Cancels a job.
     *
     * @param id the job
     */
    public void cancels(String id) {
        job("cancels job", id, batch -> {
            batch.requeued = false;
            if (batch.state == Batch.State.PENDING) {
                site.end(batch, "CANCELLED");
            } else {
                site.complete(batch);
            }
        });
    }

    /**
     * Submits a job that starts at once if its node is open.
     *
     * @param id the job
     * @param name the node it wants
     */
    public void submits(String id, String name) {
        Registration node = site.nodes.get(NodeName.of(name));
        if (node != null && node.open() && !site.batches.containsKey(id)) {
            site.running(id, name);
            site.tell("ADMIN submits job " + id + " to " + name);
        }
    }

    /**
     * Makes a second server of a node, as two provisioners at once might.
     *
     * @param name the node
     */
    public void doubles(String name) {
        server("doubles", name, vm -> {
            Vm twin = new Vm(site.newId(), vm.node, "10.0.1." + site.vms.size(), "cn02");
            twin.metadata.putAll(vm.metadata);
            twin.metadata.keySet().removeIf(key -> key.startsWith("spillway:held") || key.equals("spillway:states"));
            site.vms.put(twin.id, twin);
        });
    }

    /**
     * A minion hears nothing for 20 s.
     *
     * @param name its node
     */
    public void deafens(String name) {
        NodeName node = NodeName.of(name);
        site.deaf.add(node);
        site.time.after(Duration.ofSeconds(20), () -> site.deaf.remove(node));
        site.tell("ADMIN deafens " + name);
    }

    /**
     * A server's host does not answer Nova for 20 s.
     *
     * @param name the server's node
     */
    public void unplugs(String name) {
        server("unplugs", name, vm -> {
            vm.presence = Presence.UNKNOWN;
            site.time.after(
                    Duration.ofSeconds(20),
                    () -> vm.presence =
                            vm.status == ServerStatus.SHUTOFF && vm.task == null ? Presence.GONE : Presence.THERE);
        });
    }

    /** The next live migration fails. */
    public void spoilsTheNextMigration() {
        site.nextMigrationFails = true;
    }
}
