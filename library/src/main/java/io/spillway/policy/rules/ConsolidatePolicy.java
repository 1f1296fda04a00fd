package io.spillway.policy.rules;

import io.spillway.failure.BadInputException;
import io.spillway.model.Goal;
import io.spillway.model.Host;
import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.Phase;
import io.spillway.model.Size;
import io.spillway.policy.Action;
import io.spillway.policy.Capacity;
import io.spillway.policy.Cost;
import io.spillway.policy.Imagine;
import io.spillway.policy.Outlook;
import io.spillway.policy.Plan;
import io.spillway.policy.Policy;
import io.spillway.policy.Rung;
import io.spillway.policy.Why;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Little nodes are packed so that whole hosts are free for big jobs. While fewer than {@code free} hosts are empty, the
 * host with least on it is emptied by moving its nodes to hosts that are in use anyway: only if all of them find room
 * there, if the CPU time that it frees within {@code horizon} is {@code gain} times what the moves cost, if nothing moves
 * now and none of its nodes was moved within {@code settle}. One host at a time.
 *
 * @param free how many hosts should be empty
 * @param settle how long a node stays where it was moved
 * @param horizon how long an empty host is expected to be of use
 * @param gain how much more than its cost it must bring
 */
public record ConsolidatePolicy(int free, Duration settle, Duration horizon, double gain) implements Policy {
    /** The name. */
    public static final String NAME = "consolidate";

    /** One host, 30 minutes, an hour, ten times. */
    public static final ConsolidatePolicy DEFAULT =
            new ConsolidatePolicy(1, Duration.ofMinutes(30), Duration.ofHours(1), 10);

    /** Tried at one moment, of the hosts with least on them. */
    private static final int HOSTS = 16;

    public ConsolidatePolicy {
        if (free < 1 || settle.isNegative() || horizon.isNegative() || !(gain >= 1)) {
            throw new BadInputException(null, "consolidate: free and gain are 1 or more, times 0 or more");
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Plan plan(Outlook outlook) {
        Capacity room = outlook.capacity();
        List<Host> open = outlook.view().hosts().stream()
                .filter(host ->
                        StepAside.open(outlook, host.name()) && host.size().isPresent())
                .toList();
        long empty = open.stream().filter(host -> room.empty(host.name())).count();
        boolean moves = outlook.view().nodes().stream()
                .anyMatch(node -> node.phase() == Phase.MOVING
                        || (Outlook.inMotion(node)
                                && node.goal().flatMap(Goal::host).isPresent()));
        if (empty >= free || moves) {
            return Plan.of(outlook, List.of());
        }
        List<Action> actions = open.stream()
                .filter(host -> !room.empty(host.name()))
                .sorted(Comparator.comparingLong((Host host) -> room.activeMemory(host.name()))
                        .thenComparing(Host::name))
                .filter(host -> movable(host, outlook))
                .limit(HOSTS)
                .map(host -> emptied(host, outlook, room.copy()))
                .filter(list -> !list.isEmpty())
                .findFirst()
                .orElse(List.of());
        return Plan.of(outlook, actions);
    }

    /** Whether all that is on it is nodes that may be moved. */
    private boolean movable(Host host, Outlook outlook) {
        boolean physical = outlook.physical(host.name())
                .filter(node -> node.jobs().stream().anyMatch(Job::onNodes))
                .isPresent();
        return !physical && active(host, outlook).allMatch(node -> movable(node, outlook));
    }

    private boolean movable(Node node, Outlook outlook) {
        Instant last = outlook.basis().history().moved().getOrDefault(node.name(), Instant.EPOCH);
        return node.phase() == Phase.READY
                && Outlook.free(node)
                && outlook.basis().classes().ladder(node).rungs().contains(Rung.MIGRATE)
                && Duration.between(last, outlook.now()).compareTo(settle) >= 0;
    }

    private static Stream<Node> active(Host host, Outlook outlook) {
        return outlook.guests(host.name()).stream()
                .filter(node -> node.phase() != Phase.CHECKPOINTED || Outlook.inMotion(node));
    }

    private List<Action> emptied(Host host, Outlook outlook, Capacity room) {
        List<Action> actions = new ArrayList<>();
        List<Node> nodes = active(host, outlook)
                .sorted(Comparator.comparingLong(
                                (Node node) -> -node.size().orElseThrow().memory())
                        .thenComparing(Node::name))
                .toList();
        double spent = 0;
        for (Node node : nodes) {
            Size size = node.size().orElseThrow();
            Optional<String> target = room.tightest(
                    size, name -> !name.equals(host.name()) && !room.empty(name) && StepAside.open(outlook, name));
            if (target.isEmpty() || !outlook.basis().costs().movesRunning()) {
                return List.of();
            }
            Cost cost = outlook.basis().costs().cost(Rung.MIGRATE, node);
            spent += (cost.takes().toMillis() + cost.away().toMillis()) / 1000.0 * size.cpus();
            Action.Migrate move = new Action.Migrate(
                    node.name(),
                    target.get(),
                    new Why(
                            "%s can be empty: %d nodes find room elsewhere".formatted(host.name(), nodes.size()),
                            NAME + " " + Rung.MIGRATE,
                            cost));
            Imagine.begun(Optional.of(node), move, Optional.empty(), outlook.now())
                    .ifPresent(after -> room.change(Optional.of(node), after));
            actions.add(move);
        }
        double freed = (double) host.size().orElseThrow().cpus() * horizon.toSeconds();
        return freed >= gain * spent ? actions : List.of();
    }
}
