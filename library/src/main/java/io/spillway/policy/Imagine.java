package io.spillway.policy;

import io.spillway.model.Away;
import io.spillway.model.Goal;
import io.spillway.model.Host;
import io.spillway.model.Hostlist;
import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.Pool;
import io.spillway.model.SiteView;
import io.spillway.model.Size;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a site would look like with actions begun, or done. */
public final class Imagine {
    private Imagine() {}

    /**
     * The site right after the actions were begun: nodes have their new goals and are on their way.
     *
     * @param view the site as it is
     * @param actions what is begun; those on nodes that are not there change nothing
     * @return the site as it would be seen
     */
    public static SiteView begun(SiteView view, Collection<? extends Action> actions) {
        return after(view, actions, false);
    }

    /**
     * The site when all the actions are done, at the same moment, and nothing else has happened.
     *
     * @param view the site as it is
     * @param actions what is done; those on nodes that are not there change nothing
     * @return the site as it would be seen
     */
    public static SiteView done(SiteView view, Collection<? extends Action> actions) {
        return after(view, actions, true);
    }

    private static SiteView after(SiteView view, Collection<? extends Action> actions, boolean done) {
        if (actions.isEmpty()) {
            return view;
        }
        Map<NodeName, Node> nodes = new LinkedHashMap<>();
        view.nodes().forEach(node -> nodes.put(node.name(), node));
        Map<String, Pool> pools = new HashMap<>();
        view.pools().forEach(pool -> pools.put(pool.name(), pool));
        Map<String, Host> hosts = new LinkedHashMap<>();
        view.hosts().forEach(host -> hosts.put(host.name(), host));
        Map<String, String> states = new HashMap<>();
        for (Action action : actions) {
            if (action instanceof Action.OnNode on) {
                Optional<Node> before = Optional.ofNullable(nodes.get(on.node()));
                Optional<Pool> pool = on instanceof Action.Build build
                        ? Optional.ofNullable(pools.get(build.pool()))
                        : Optional.empty();
                Optional<Node> after =
                        done ? done(before, on, pool, states, view.time()) : begun(before, on, pool, view.time());
                after.ifPresentOrElse(node -> nodes.put(node.name(), node), () -> nodes.remove(on.node()));
            } else if (action instanceof Action.DisableHost off) {
                hosts.computeIfPresent(
                        off.host(),
                        (name, host) -> new Host(name, false, host.size(), Optional.of(off.words()), host.ratio()));
            } else if (action instanceof Action.EnableHost on) {
                hosts.computeIfPresent(
                        on.host(), (name, host) -> new Host(name, true, host.size(), Optional.empty(), host.ratio()));
            } else if (action instanceof Action.OnJob on && done) {
                states.put(on.job(), action instanceof Action.Requeue ? "PENDING" : "CANCELLED");
            }
        }
        List<Node> all = new ArrayList<>(nodes.values());
        if (all.size() > view.nodes().size()) {
            all.sort(Comparator.comparing(Node::name));
        }
        List<Job> jobs = view.jobs();
        if (!states.isEmpty()) {
            all.replaceAll(node -> with(
                    node,
                    jobsAfter(node.jobs(), states, view.time()).stream()
                            .filter(Job::onNodes)
                            .toList()));
            jobs = jobsAfter(jobs, states, view.time());
        }
        return new SiteView(
                view.site(), view.time(), all, List.copyOf(hosts.values()), jobs, view.pools(), view.physical());
    }

    /**
     * A node right after an action was begun.
     *
     * @param before the node as it is; empty if it is not there
     * @param action the action
     * @param pool the pool of a node that is built
     * @param now when it was decided
     * @return the node with its new goal; empty if there is nothing to act on
     */
    public static Optional<Node> begun(Optional<Node> before, Action.OnNode action, Optional<Pool> pool, Instant now) {
        if (action instanceof Action.Build build) {
            return pool.map(of -> made(build, of, Phase.BUILDING));
        }
        return before.map(node -> {
            Phase phase = action instanceof Action.Remove ? Phase.LEAVING : node.phase();
            return with(node, phase, goal(node, action), away(node, action, now));
        });
    }

    private static Goal goal(Node node, Action.OnNode action) {
        if (action instanceof Action.Checkpoint) {
            return Goal.CHECKPOINTED;
        } else if (action instanceof Action.Hold) {
            return Goal.HELD;
        } else if (action instanceof Action.Remove) {
            return Goal.ABSENT;
        } else if (action instanceof Action.Migrate move) {
            return (node.phase() == Phase.HELD && node.pause().isEmpty() ? Goal.HELD : Goal.READY).on(move.host());
        }
        return action.target().map(Goal.READY::on).orElse(Goal.READY);
    }

    /** A move of what stands aside leaves it whose it is; one that goes home ends it. */
    private static Optional<Away> away(Node node, Action.OnNode action, Instant now) {
        String policy = action.why().policy();
        String here = node.host().orElse("");
        if (action instanceof Action.Checkpoint || action instanceof Action.Hold) {
            return Optional.of(new Away(policy, true, now, here));
        }
        if (!(action instanceof Action.Migrate move)) {
            return Optional.empty();
        }
        Away before = node.away()
                .filter(one -> one.aside() || one.policy().equals(policy))
                .orElse(new Away(policy, false, now, here));
        boolean home = !before.aside() && before.host().equals(move.host());
        return home ? Optional.empty() : Optional.of(before);
    }

    private static Optional<Node> done(
            Optional<Node> before, Action.OnNode action, Optional<Pool> pool, Map<String, String> states, Instant now) {
        if (action instanceof Action.Build build) {
            return pool.map(of -> made(build, of, Phase.READY));
        }
        if (before.isEmpty() || action instanceof Action.Remove) {
            return Optional.empty();
        }
        Node node = begun(before, action, pool, now).orElseThrow();
        Goal goal = node.goal().orElse(Goal.READY);
        Phase phase = switch (goal.state()) {
            case READY -> Phase.READY;
            case HELD -> Phase.HELD;
            case CHECKPOINTED -> Phase.CHECKPOINTED;
            case ABSENT -> Phase.ABSENT;
        };
        for (Job job : node.jobs()) {
            if (phase == Phase.READY && job.suspended()) {
                states.put(job.id(), "RUNNING");
            } else if (phase != Phase.READY && job.running()) {
                states.put(job.id(), "SUSPENDED");
            }
        }
        return Optional.of(new Node(
                node.name(),
                phase,
                node.goal(),
                node.pool(),
                node.server(),
                goal.host().or(node::host),
                node.address(),
                node.jobs(),
                node.size(),
                node.intent(),
                node.away(),
                Optional.empty(),
                ""));
    }

    private static Node made(Action.Build build, Pool pool, Phase phase) {
        Optional<Size> size = pool.terms().map(Pool.Terms::size);
        return new Node(
                build.node(),
                phase,
                Optional.of(Goal.READY),
                Optional.of(pool.name()),
                Optional.empty(),
                build.target(),
                Optional.empty(),
                List.of(),
                size,
                Optional.empty(),
                build.why().reason());
    }

    private static Node with(Node node, Phase phase, Goal goal, Optional<Away> away) {
        return new Node(
                node.name(),
                phase,
                Optional.of(goal),
                node.pool(),
                node.server(),
                node.host(),
                node.address(),
                node.jobs(),
                node.size(),
                node.intent(),
                away,
                node.pause(),
                node.reason());
    }

    private static Node with(Node node, List<Job> jobs) {
        return jobs.equals(node.jobs())
                ? node
                : new Node(
                        node.name(),
                        node.phase(),
                        node.goal(),
                        node.pool(),
                        node.server(),
                        node.host(),
                        node.address(),
                        jobs,
                        node.size(),
                        node.intent(),
                        node.away(),
                        node.pause(),
                        node.reason());
    }

    private static List<Job> jobsAfter(List<Job> jobs, Map<String, String> states, Instant now) {
        return jobs.stream()
                .map(job -> states.containsKey(job.id()) ? with(job, states.get(job.id()), now) : job)
                .toList();
    }

    private static Job with(Job job, String state, Instant now) {
        boolean keeps = state.equals("RUNNING") || state.equals("SUSPENDED");
        return new Job(
                job.id(),
                job.name(),
                job.user(),
                job.partition(),
                Set.of(state),
                keeps ? job.nodes() : Hostlist.empty(),
                job.runTime(),
                state.equals("SUSPENDED") ? Optional.of(now) : Optional.empty(),
                job.held(),
                keeps ? job.started() : Optional.empty(),
                job.exit(),
                job.request());
    }
}
