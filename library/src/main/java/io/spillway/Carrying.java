package io.spillway;

import io.spillway.Draft.Aim;
import io.spillway.model.Goal;
import io.spillway.model.Host;
import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.Pool;
import io.spillway.policy.Action;
import io.spillway.policy.Plan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Checks a plan's actions once more, against the site as it is when they are begun. */
final class Carrying {
    /** As long as a reason in Slurm may be with our mark before it. */
    private static final int NOTE = 120;

    private final Map<String, Pool> pools = new HashMap<>();
    private final Map<NodeName, Node> there = new HashMap<>();
    private final Set<String> hosts = new HashSet<>();
    private final Map<String, Integer> sizes = new HashMap<>();
    private final Set<String> ended = new HashSet<>();

    final Map<NodeName, Aim> aims = new HashMap<>();
    final Map<NodeName, String> notes = new HashMap<>();
    final List<Plan.Refused> refused = new ArrayList<>();

    private Carrying(Plan plan, Spillway site) {
        site.pools().forEach(pool -> pools.put(pool.name(), pool));
        for (Node node : site.nodes()) {
            there.put(node.name(), node);
            pools.values().stream()
                    .filter(pool -> pool.nodes().contains(node.name()))
                    .forEach(pool -> sizes.merge(pool.name(), 1, Integer::sum));
        }
        boolean goSomewhere =
                plan.actions().stream().anyMatch(action -> action.target().isPresent());
        if (goSomewhere) {
            site.hosts().stream().filter(Host::up).map(Host::name).forEach(hosts::add);
        }
        plan.actions(Action.OnJob.class).forEach(action -> ended.add(action.job()));
    }

    static Carrying of(Plan plan, Spillway site) {
        Carrying carrying = new Carrying(plan, site);
        plan.actions().forEach(carrying::take);
        return carrying;
    }

    private void take(Action action) {
        Optional<String> flaw = flaw(action);
        if (flaw.isPresent()) {
            refused.add(new Plan.Refused(action.why().policy(), Optional.of(action), flaw.get()));
        } else if (action instanceof Action.OnNode on) {
            aims.put(on.node(), aim(on));
            String note = action.why().policy() + ": " + action.why().reason();
            notes.put(on.node(), note.substring(0, Math.min(NOTE, note.length())));
        }
    }

    private Optional<String> flaw(Action action) {
        if (action instanceof Action.OnJob) {
            return Optional.of("Spillway ends no jobs yet; scontrol requeue and scancel do");
        }
        if (action instanceof Action.OnHost) {
            return Optional.of("Spillway switches no hosts yet; openstack compute service set does");
        }
        if (!(action instanceof Action.OnNode on)) {
            return Optional.of("nobody knows how");
        }
        if (aims.containsKey(on.node())) {
            return Optional.of(on.node() + " has another action in this plan");
        }
        Optional<String> gone = on.target()
                .filter(host -> !hosts.contains(host))
                .map(host -> "host %s is not there, down or disabled".formatted(host));
        if (gone.isPresent()) {
            return gone;
        }
        if (on instanceof Action.Build build) {
            return unbuildable(build);
        }
        Node node = there.get(on.node());
        if (node == null || node.phase() == Phase.ABSENT) {
            return Optional.of(on.node() + " is not there any more");
        }
        boolean under =
                on instanceof Action.Remove && node.jobs().stream().map(Job::id).anyMatch(ended::contains);
        return under ? Optional.of("its jobs were not ended") : Optional.empty();
    }

    private Optional<String> unbuildable(Action.Build build) {
        Pool pool = pools.get(build.pool());
        if (pool == null || !pool.nodes().contains(build.node())) {
            return Optional.of("there is no pool %s with %s".formatted(build.pool(), build.node()));
        }
        if (there.containsKey(build.node())) {
            return Optional.of(build.node() + " is there already");
        }
        int now = sizes.merge(pool.name(), 1, Integer::sum);
        if (now > pool.maximum()) {
            sizes.merge(pool.name(), -1, Integer::sum);
            return Optional.of("pool %s may have %d nodes, and has".formatted(pool.name(), pool.maximum()));
        }
        return Optional.empty();
    }

    private Aim aim(Action.OnNode action) {
        Optional<Pool> pool =
                action instanceof Action.Build build ? Optional.ofNullable(pools.get(build.pool())) : Optional.empty();
        Goal goal;
        if (action instanceof Action.Checkpoint) {
            goal = Goal.CHECKPOINTED;
        } else if (action instanceof Action.Hold) {
            goal = Goal.HELD;
        } else if (action instanceof Action.Remove) {
            goal = Goal.ABSENT;
        } else if (action instanceof Action.Migrate) {
            goal = held(action.node()) ? Goal.HELD : Goal.READY;
        } else {
            goal = Goal.READY;
        }
        return new Aim.Reach(action.target().map(goal::on).orElse(goal), pool);
    }

    private boolean held(NodeName name) {
        Node node = there.get(name);
        return node != null && node.phase() == Phase.HELD;
    }
}
