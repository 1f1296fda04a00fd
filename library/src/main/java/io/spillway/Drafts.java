package io.spillway;

import io.spillway.Draft.Aim;
import io.spillway.failure.BadInputException;
import io.spillway.failure.RefusedException;
import io.spillway.model.Goal;
import io.spillway.model.Host;
import io.spillway.model.Hostlist;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.Pool;
import io.spillway.policy.Action;
import io.spillway.policy.Calibration;
import io.spillway.policy.Clearance;
import io.spillway.policy.History;
import io.spillway.policy.Outlook;
import io.spillway.policy.Plan;
import io.spillway.policy.rules.ClearancePolicy;
import io.spillway.slurm.SlurmNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Checks what is asked for, before anything is done. Bad input is told in one line. */
public final class Drafts {
    private final Spillway spillway;

    Drafts(Spillway spillway) {
        this.spillway = spillway;
    }

    /**
     * Nodes that should be READY, made where they are not.
     *
     * @param nodes names from the pools
     * @return the draft
     * @throws BadInputException if a name is in no pool, or a pool would be over its maximum
     */
    public Draft provision(Hostlist nodes) {
        known(nodes);
        return provision(nodes, Goal.READY);
    }

    /**
     * Nodes that should be READY on that host, made there where they are not.
     *
     * @param nodes names from the pools
     * @param host the host's name
     * @return the draft
     * @throws BadInputException if a name is in no pool, there is no such host, or a pool would be over its maximum
     */
    public Draft provision(Hostlist nodes, String host) {
        check(nodes, host);
        return provision(nodes, Goal.READY.on(host));
    }

    private Draft provision(Hostlist nodes, Goal goal) {
        Map<NodeName, Aim> aims = new HashMap<>();
        nodes.forEach(node -> aims.put(node, new Aim.Reach(goal, spillway.poolOf(node))));
        checkMaximum(nodes, spillway.nodes());
        return new Draft(spillway, "up", aims);
    }

    /**
     * So many more nodes of a pool: first those that an earlier call did not finish, then the first free names.
     *
     * @param pool the pool's name
     * @param count how many
     * @return the draft
     * @throws BadInputException if there is no such pool, or it would be over its maximum
     */
    public Draft provision(String pool, int count) {
        Pool of = spillway.pool(pool);
        if (count < 1) {
            throw new BadInputException(pool, "a count of " + count + " makes no nodes; 1 or more would");
        }
        List<Node> there = spillway.nodes();
        NavigableSet<NodeName> chosen = new TreeSet<>();
        there.stream()
                .filter(Drafts::unfinished)
                .map(Node::name)
                .filter(of.nodes()::contains)
                .limit(count)
                .forEach(chosen::add);
        NavigableSet<NodeName> taken =
                new TreeSet<>(there.stream().map(Node::name).toList());
        of.nodes().stream()
                .filter(name -> !taken.contains(name))
                .limit(count - chosen.size())
                .forEach(chosen::add);
        checkMaximum(Hostlist.of(chosen), there);
        if (chosen.size() < count) {
            throw new BadInputException(
                    pool, "pool %s has %d names left of %s".formatted(pool, chosen.size(), of.nodes()));
        }
        Map<NodeName, Aim> aims = new HashMap<>();
        chosen.forEach(node -> aims.put(node, new Aim.Reach(Goal.READY, Optional.of(of))));
        return new Draft(spillway, "up", aims);
    }

    private static boolean unfinished(Node node) {
        boolean wanted =
                node.goal().filter(goal -> goal.state() == Goal.State.READY).isPresent();
        return wanted && (node.phase() == Phase.BUILDING || node.phase() == Phase.JOINING);
    }

    private void checkMaximum(Hostlist wanted, List<Node> there) {
        for (Pool pool : spillway.pools()) {
            NavigableSet<NodeName> all = new TreeSet<>();
            there.stream().map(Node::name).filter(pool.nodes()::contains).forEach(all::add);
            int before = all.size();
            wanted.stream().filter(pool.nodes()::contains).forEach(all::add);
            if (all.size() > pool.maximum() && all.size() > before) {
                throw new BadInputException(
                        pool.name(),
                        "pool %s may have %d nodes; %d are there, %d more are asked for"
                                .formatted(pool.name(), pool.maximum(), before, all.size() - before));
            }
        }
    }

    /**
     * Nodes whose jobs should be suspended and whose memory should be on disk.
     *
     * @param nodes names from the pools
     * @return the draft
     * @throws BadInputException if a name is in no pool
     */
    public Draft checkpoint(Hostlist nodes) {
        return all("checkpoint", nodes, node -> Goal.CHECKPOINTED);
    }

    /**
     * Nodes whose jobs should be suspended, their memory where it is.
     *
     * @param nodes names from the pools
     * @return the draft
     * @throws BadInputException if a name is in no pool
     */
    public Draft hold(Hostlist nodes) {
        return all("hold", nodes, node -> Goal.HELD);
    }

    /**
     * Held nodes whose jobs should go on.
     *
     * @param nodes names from the pools
     * @return the draft
     * @throws BadInputException if a name is in no pool
     */
    public Draft release(Hostlist nodes) {
        return all("release", nodes, node -> Goal.READY);
    }

    /**
     * Nodes that should get no new jobs till {@link #undrain}; those on them run on. The drain outlasts checkpoints,
     * restores and moves.
     *
     * @param nodes names from the pools
     * @return the draft; the reason is the one of {@link Spillway#because}
     * @throws BadInputException if a name is in no pool
     */
    public Draft drain(Hostlist nodes) {
        String reason =
                SlurmNode.ASKED + spillway.note().map(note -> ": " + note).orElse("");
        return aimed("drain", nodes, node -> new Aim.Drain(reason));
    }

    /**
     * Nodes that should get jobs again after {@link #drain}.
     *
     * @param nodes names from the pools
     * @return the draft
     * @throws BadInputException if a name is in no pool
     */
    public Draft undrain(Hostlist nodes) {
        return aimed("undrain", nodes, node -> new Aim.Undrain());
    }

    /**
     * Nodes that should be READY again, where they are.
     *
     * @param nodes names from the pools
     * @return the draft
     * @throws BadInputException if a name is in no pool
     */
    public Draft restore(Hostlist nodes) {
        return all("restore", nodes, node -> Goal.READY);
    }

    /**
     * Nodes that should be READY again, on that host.
     *
     * @param nodes names from the pools
     * @param host the host's name
     * @return the draft
     * @throws BadInputException if a name is in no pool, or there is no such host
     */
    public Draft restore(Hostlist nodes, String host) {
        check(nodes, host);
        return all("restore", nodes, node -> Goal.READY.on(host));
    }

    /**
     * Nodes that should be on that host, and else as they should be now: READY with their jobs running all the way, or
     * CHECKPOINTED again after the move.
     *
     * @param nodes names from the pools
     * @param host the host's name
     * @return the draft
     * @throws BadInputException if a name is in no pool, or there is no such host
     */
    public Draft migrate(Hostlist nodes, String host) {
        check(nodes, host);
        Map<NodeName, Goal.State> now = new HashMap<>();
        spillway.nodes()
                .forEach(node ->
                        now.put(node.name(), node.goal().map(Goal::state).orElse(Goal.State.READY)));
        return all("migrate", nodes, node -> {
            Goal.State state = now.getOrDefault(node, Goal.State.READY);
            if (state == Goal.State.ABSENT) {
                throw new RefusedException(node.value(), node + " is being taken down; it cannot be moved");
            }
            return new Goal(state, Optional.of(host));
        });
    }

    /**
     * Nodes that should be gone. Their jobs are waited for, never killed.
     *
     * @param nodes names from the pools
     * @return the draft
     * @throws BadInputException if a name is in no pool
     */
    public Draft deprovision(Hostlist nodes) {
        return all("down", nodes, node -> Goal.ABSENT);
    }

    /**
     * A host that somebody is going to work on: its compute service should be disabled with our word for that, and all its
     * nodes elsewhere, or on its disk, with their jobs alive. What was begun and broken off goes on.
     *
     * @param host the host's name
     * @return the draft; its {@link Draft#words} tell how long it will take and what happens to each node
     * @throws BadInputException if there is no such host
     * @throws RefusedException if it is disabled by somebody else, is in maintenance and empty already, or does not answer
     */
    public Draft maintain(String host) {
        Host found = host(host);
        Optional<Clearance> wish = Clearance.of(found);
        if (found.disabled().isPresent() && !maintained(wish)) {
            throw new RefusedException(
                    host, "host %s is disabled already, by somebody else: %s".formatted(host, told(found)));
        }
        if (found.disabled().isEmpty() && !found.up()) {
            throw new RefusedException(
                    host,
                    "host %s does not answer Nova: nothing can be moved from there or put on its disk".formatted(host));
        }
        Outlook outlook = outlook();
        Plan plan = ClearancePolicy.begin(outlook, host);
        if (maintained(wish) && plan.isEmpty()) {
            String rest = plan.refused().stream().map(one -> "; " + one.line()).collect(Collectors.joining());
            throw new RefusedException(
                    host,
                    "host %s is in maintenance already, and nothing more can go%s; `spillway maintain %s --end` ends it"
                            .formatted(host, rest, host));
        }
        List<String> words = new ArrayList<>();
        if (maintained(wish)) {
            words.add("host %s is in maintenance already, and %s".formatted(host, eta("is empty of", plan)));
        } else if (plan.actions(Action.OnNode.class).isEmpty()) {
            words.add("host %s goes out of service; nothing has to go".formatted(host));
        } else {
            words.add("host %s goes out of service, and %s".formatted(host, eta("is empty of", plan)));
        }
        words.addAll(lines(plan));
        outlook.guests(host).stream()
                .filter(node -> node.phase() == Phase.CHECKPOINTED)
                .filter(node -> !Outlook.inMotion(node))
                .forEach(node ->
                        words.add("%s is checkpointed, and stays on the disk of %s".formatted(node.name(), host)));
        return planned("maintain", plan, outlook, words);
    }

    /**
     * A host whose maintenance is over: its compute service should be enabled, and what was put away for it READY, and
     * there again, as far as there is room.
     *
     * @param host the host's name
     * @return the draft; its {@link Draft#words} tell how long it will take and what happens to each node
     * @throws BadInputException if there is no such host
     * @throws RefusedException if it is not in maintenance, or disabled by somebody else
     */
    public Draft endMaintenance(String host) {
        Host found = host(host);
        if (found.disabled().isPresent() && !maintained(Clearance.of(found))) {
            throw new RefusedException(
                    host,
                    "host %s is not in maintenance, somebody else has disabled it: %s".formatted(host, told(found)));
        }
        Outlook outlook = outlook();
        Plan plan = ClearancePolicy.end(outlook, host);
        if (plan.isEmpty()) {
            String rest = plan.refused().stream().map(one -> "; " + one.line()).collect(Collectors.joining());
            throw new RefusedException(host, "host %s is not in maintenance%s".formatted(host, rest));
        }
        List<String> words = new ArrayList<>();
        words.add(
                plan.actions(Action.OnNode.class).isEmpty()
                        ? "host %s comes back into service; nothing comes back with it".formatted(host)
                        : "host %s comes back into service, and %s".formatted(host, eta("has back", plan)));
        words.addAll(lines(plan));
        return planned("end-maintenance", plan, outlook, words);
    }

    private static boolean maintained(Optional<Clearance> wish) {
        return wish.filter(one -> one.kind() == Clearance.Kind.MAINTENANCE).isPresent();
    }

    private static String told(Host host) {
        return host.disabled().filter(words -> !words.isBlank()).orElse("no reason is given");
    }

    private static String eta(String verb, Plan plan) {
        Hostlist nodes = Hostlist.of(plan.actions(Action.OnNode.class).stream()
                .map(Action.OnNode::node)
                .toList());
        return "%s %s in about %d s"
                .formatted(verb, nodes, ClearancePolicy.eta(plan.actions()).toSeconds());
    }

    private static List<String> lines(Plan plan) {
        return Stream.concat(
                        plan.actions(Action.OnNode.class).stream().map(Action::line),
                        plan.refused().stream().map(Plan.Refused::line))
                .toList();
    }

    private Outlook outlook() {
        return Outlook.of(spillway.view(), spillway.policies().basis(History.NONE, Calibration.NONE));
    }

    private Draft planned(String name, Plan plan, Outlook outlook, List<String> words) {
        return new Draft(spillway, name, new Draft.Planned(plan, Carrying.of(plan, spillway, outlook.view())), words);
    }

    private Draft all(String name, Hostlist nodes, Function<NodeName, Goal> goal) {
        return aimed(name, nodes, node -> new Aim.Reach(goal.apply(node), Optional.empty()));
    }

    private Draft aimed(String name, Hostlist nodes, Function<NodeName, Aim> aim) {
        known(nodes);
        Map<NodeName, Aim> aims = new HashMap<>();
        nodes.forEach(node -> aims.put(node, aim.apply(node)));
        return new Draft(spillway, name, aims);
    }

    private void known(Hostlist nodes) {
        if (nodes.isEmpty()) {
            throw new BadInputException(null, "no node is named; vn[01-02] would name two");
        }
        for (NodeName node : nodes) {
            if (spillway.poolOf(node).isEmpty()) {
                throw new BadInputException(
                        node.value(),
                        "there is no virtual node %s; the pools have %s".formatted(node, spillway.names()));
            }
        }
    }

    private void check(Hostlist nodes, String host) {
        known(nodes);
        if (!host(host).up()) {
            throw new RefusedException(host, "host %s is down or disabled; no node can go there".formatted(host));
        }
    }

    private Host host(String host) {
        Goal.READY.on(host);
        List<Host> hosts = spillway.hosts();
        return hosts.stream()
                .filter(one -> one.name().equals(host))
                .findFirst()
                .orElseThrow(() -> new BadInputException(
                        host,
                        "there is no host %s; the hosts are %s"
                                .formatted(
                                        host,
                                        String.join(
                                                ", ",
                                                new TreeSet<>(hosts.stream()
                                                        .map(Host::name)
                                                        .toList())))));
    }
}
