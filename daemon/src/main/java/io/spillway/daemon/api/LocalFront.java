package io.spillway.daemon.api;

import io.spillway.Draft;
import io.spillway.Operation;
import io.spillway.Outcome;
import io.spillway.Pilot;
import io.spillway.Spillway;
import io.spillway.failure.RefusedException;
import io.spillway.failure.SpillwayException;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Pool;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** By the library, within this process. This class is threadsafe. */
public final class LocalFront implements Front {
    private static final long LOOK_SECONDS = 5;

    private final Spillway site;
    private volatile Optional<Operation> underWay = Optional.empty();

    /**
     * By this site.
     *
     * @param site closed with this
     */
    public LocalFront(Spillway site) {
        this.site = site;
    }

    @Override
    public Documents.Nodes nodes() {
        return Documents.nodes(site.nodes());
    }

    @Override
    public Documents.Hosts hosts() {
        return Documents.hosts(site.hosts(), site.nodes());
    }

    @Override
    public Documents.Policy policy() {
        Pilot pilot = site.pilot(Pilot.Memory.NONE);
        return Documents.policy(site.policies().names(), () -> Optional.of(pilot.plan(site.view())));
    }

    @Override
    public Documents.Pools pools() {
        List<Pool> pools =
                site.pools().stream().sorted(Comparator.comparing(Pool::name)).toList();
        return Documents.pools(pools, site.nodes(), site.closedPools());
    }

    @Override
    public void reopen(String pool) {
        site.reopen(pool);
    }

    @Override
    public Documents.Doctor doctor() {
        return Documents.doctor(site.examine());
    }

    @Override
    public String timeline(Duration since) {
        throw new RefusedException(
                null, "nobody watched: a timeline is drawn from what spillwayd saw, and none answers here");
    }

    @Override
    public Documents.Report report() {
        throw new RefusedException(null, "nobody watched: spillwayd counts what it sees, and none answers here");
    }

    @Override
    public Documents.Plan plan(Order order) {
        return Documents.plan(order.draft(site));
    }

    @Override
    public Documents.Operation carryOut(Order order, Watcher watcher) {
        Draft draft = order.draft(site);
        watcher.begin(Documents.begin(draft));
        Operation operation = draft.start();
        underWay = Optional.of(operation);
        Outcome outcome = operation.onProgress(watcher::progress).await();
        return ended(operation.name(), outcome);
    }

    /**
     * Begins an order and returns at once. If what comes before its nodes' ways is refused, that is thrown, after the
     * watcher has heard of the beginning.
     *
     * @param order what to do
     * @param watcher told how it goes on, by other threads
     * @param end told the end, by another thread
     */
    public void begin(Order order, Watcher watcher, Consumer<Documents.Operation> end) {
        Draft draft = order.draft(site);
        watcher.begin(Documents.begin(draft));
        Operation operation = draft.start();
        operation.onProgress(watcher::progress);
        var unused = operation.outcome().thenAccept(outcome -> end.accept(ended(operation.name(), outcome)));
    }

    private Documents.Operation ended(String name, Outcome outcome) {
        return Documents.operation(name, outcome, now());
    }

    /** For the document only: a failure here must not hide the outcome. */
    private Map<NodeName, Node> now() {
        try {
            Map<NodeName, Node> nodes = new HashMap<>();
            site.nodes().forEach(node -> nodes.put(node.name(), node));
            return nodes;
        } catch (SpillwayException unseen) {
            return Map.of();
        }
    }

    @Override
    public String leave() {
        underWay.ifPresent(Operation::stop);
        return "stopped; the goal stands in the server's metadata, run the same command to go on";
    }

    @Override
    public void events(Consumer<Documents.Event> told) {
        PhaseChanges changes = new PhaseChanges(told);
        try {
            while (!Thread.currentThread().isInterrupted()) {
                changes.seen(site.nodes());
                TimeUnit.SECONDS.sleep(LOOK_SECONDS);
            }
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        site.close();
    }
}
