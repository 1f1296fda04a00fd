package io.spillway.policy.rules;

import io.spillway.model.Away;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.policy.Action;
import io.spillway.policy.Capacity;
import io.spillway.policy.Cost;
import io.spillway.policy.Imagine;
import io.spillway.policy.Outlook;
import io.spillway.policy.Plan;
import io.spillway.policy.Rung;
import io.spillway.policy.Why;
import io.spillway.policy.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The way back of what a policy put away: as soon as there is room, those that went first; where they are, if there is
 * room, else on the host that has room first. What an admin put away stays away.
 */
final class Homeward {
    private static final Duration SETTLE = Duration.ofMinutes(10);

    private final Outlook outlook;
    private final Capacity room;
    private final String policy;
    private final List<Action> actions = new ArrayList<>();
    private final List<Plan.Refused> refused = new ArrayList<>();

    private Homeward(Outlook outlook, Capacity room, String policy) {
        this.outlook = outlook;
        this.room = room;
        this.policy = policy;
    }

    /**
     * Whether no urgent job waits for a node that the hosts could bear: while one does, nothing comes back, so that nothing
     * has to go twice.
     */
    static boolean free(Outlook outlook) {
        return Demand.of(outlook, Demand.urgent(outlook)).isEmpty();
    }

    /** The nodes that none of these actions is for: what has just been sent away does not come back by the same plan. */
    static Predicate<Node> untouched(List<Action> actions) {
        Set<NodeName> touched = actions.stream()
                .filter(Action.OnNode.class::isInstance)
                .map(action -> ((Action.OnNode) action).node())
                .collect(Collectors.toSet());
        return node -> !touched.contains(node.name());
    }

    /**
     * Nodes whose jobs stand still.
     *
     * @param outlook what is seen
     * @param room what is free; what comes back is counted there
     * @param policy whose nodes
     * @param which of them
     * @param refused where it is told which cannot come back yet, and why
     * @return the actions
     */
    static List<Action> restored(
            Outlook outlook, Capacity room, String policy, Predicate<Node> which, List<Plan.Refused> refused) {
        Homeward way = new Homeward(outlook, room, policy);
        away(outlook, policy, true, which).forEach(way::back);
        refused.addAll(way.refused);
        return way.actions;
    }

    /**
     * Nodes that run elsewhere, and whose host is open again.
     *
     * @param outlook what is seen
     * @param room what is free; what comes back is counted there
     * @param policy whose nodes
     * @param which of them
     * @return the actions
     */
    static List<Action> refilled(Outlook outlook, Capacity room, String policy, Predicate<Node> which) {
        Homeward way = new Homeward(outlook, room, policy);
        away(outlook, policy, false, which).forEach((node, left) -> {
            if (StepAside.open(outlook, left.host())) {
                Cost cost = outlook.basis().costs().cost(Rung.MIGRATE, node);
                Why why = new Why("host %s is open again".formatted(left.host()), policy + " refill", cost);
                way.take(node, new Action.Migrate(node.name(), left.host(), why));
            }
        });
        return way.actions;
    }

    /** What was put away, those that went first before the others. */
    private static Map<Node, Away> away(Outlook outlook, String policy, boolean aside, Predicate<Node> which) {
        Map<Node, Away> sorted = new LinkedHashMap<>();
        outlook.view().nodes().stream()
                .filter(node -> node.away()
                        .filter(away -> away.policy().equals(policy) && away.aside() == aside)
                        .isPresent())
                .filter(node -> Outlook.free(node) && !arrived(node) && which.test(node))
                .sorted(Comparator.comparing(
                                (Node node) -> node.away().orElseThrow().since())
                        .thenComparing(Node::name))
                .forEach(node -> sorted.put(node, node.away().orElseThrow()));
        return sorted;
    }

    /** Whether a node that was put away, or moved, is back where and what it was. */
    static boolean arrived(Node node) {
        return node.away()
                .filter(away -> away.aside()
                        ? node.phase() == Phase.READY
                        : node.host().filter(away.host()::equals).isPresent())
                .isPresent();
    }

    private void back(Node node, Away left) {
        if (node.phase() != Phase.HELD && node.phase() != Phase.CHECKPOINTED) {
            return;
        }
        String since = "away since %s by %s".formatted(left.since(), left.policy());
        String home = node.host().orElseThrow();
        boolean open = StepAside.open(outlook, home);
        boolean comes =
                node.phase() == Phase.HELD ? released(node, home, open, since) : restored(node, home, open, since);
        if (!comes) {
            String why = open ? "there is no room for it on %s, nor elsewhere" : "host %s is closed";
            refused.add(new Plan.Refused(
                    policy,
                    Optional.empty(),
                    "%s stays away: %s; %s".formatted(node.name(), why.formatted(home), since)));
        }
    }

    private boolean released(Node node, String home, boolean open, String since) {
        Duration takes = outlook.basis().costs().takes(Work.RELEASE, 0);
        Why here = why("there is room on " + home, since, new Cost(takes, takes, 0));
        if (open && take(node, new Action.Release(node.name(), here))) {
            return true;
        }
        Cost far = outlook.basis().costs().cost(Rung.MIGRATE, node);
        return elsewhere(node)
                .filter(host ->
                        take(node, new Action.Migrate(node.name(), host, why(host + " frees first", since, far))))
                .isPresent();
    }

    private boolean restored(Node node, String home, boolean open, String since) {
        if (!open) {
            return false;
        }
        Why here =
                why("there is room on " + home, since, outlook.basis().costs().back(node, false));
        if (take(node, new Action.Restore(node.name(), Optional.empty(), here))) {
            return true;
        }
        Cost far = outlook.basis().costs().back(node, true);
        return elsewhere(node)
                .filter(host -> take(
                        node,
                        new Action.Restore(node.name(), Optional.of(host), why(host + " frees first", since, far))))
                .isPresent();
    }

    /** A host for it; none if it has only just been moved, so that nothing wanders. */
    private Optional<String> elsewhere(Node node) {
        Instant moved = outlook.basis().history().moved().getOrDefault(node.name(), Instant.EPOCH);
        if (Duration.between(moved, outlook.now()).compareTo(SETTLE) < 0) {
            return Optional.empty();
        }
        return room.tightest(
                node.size().orElseThrow(),
                host -> !node.host().equals(Optional.of(host)) && StepAside.open(outlook, host));
    }

    private Why why(String reason, String since, Cost cost) {
        return new Why(reason + "; " + since, policy + " return", cost);
    }

    private boolean take(Node node, Action.OnNode action) {
        Node after = Imagine.begun(Optional.of(node), action, Optional.empty(), outlook.now())
                .orElseThrow();
        if (room.refuses(Optional.of(node), after).isPresent()) {
            return false;
        }
        room.change(Optional.of(node), after);
        actions.add(action);
        return true;
    }
}
