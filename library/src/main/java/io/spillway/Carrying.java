package io.spillway;

import io.spillway.Draft.Aim;
import io.spillway.failure.NotFoundException;
import io.spillway.failure.RefusedException;
import io.spillway.failure.SpillwayException;
import io.spillway.model.Host;
import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.Pool;
import io.spillway.model.SiteView;
import io.spillway.policy.Action;
import io.spillway.policy.Clearance;
import io.spillway.policy.Guards;
import io.spillway.policy.Imagine;
import io.spillway.policy.Plan;
import io.spillway.reconcile.NodeOutcome;
import io.spillway.reconcile.Ports;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Checks a plan's actions once more, against the site as it was seen last and what is under way here, and does what comes before the nodes'
 * own ways: a host is disabled before it is emptied and enabled before it is refilled, and jobs are ended before the node
 * under them goes. What follows from something that could not be done is left out with it.
 */
final class Carrying {
    /** As long as a reason in Slurm may be with our mark before it. */
    private static final int NOTE = 120;

    private final Ports ports;
    private final Instant time;

    /** The nodes that are brought to a goal now; one that is just being made is seen nowhere else yet. */
    private final Set<NodeName> inMotion;

    private final Map<String, Pool> pools = new HashMap<>();
    private final Map<NodeName, Node> there = new HashMap<>();
    private final Map<String, Host> hosts = new HashMap<>();
    private final Set<String> open = new HashSet<>();
    private final Map<String, Integer> sizes = new HashMap<>();
    private final Set<String> ending = new HashSet<>();
    private final List<Action.OnHost> switches = new ArrayList<>();
    private final Map<Action.OnJob, Job> endings = new LinkedHashMap<>();
    private final Map<NodeName, Action.OnNode> actions = new HashMap<>();

    final Map<NodeName, Aim> aims = new HashMap<>();
    final Map<NodeName, String> notes = new HashMap<>();
    final List<Plan.Refused> refused = new ArrayList<>();

    private Carrying(Plan plan, Spillway site, SiteView view) {
        this.ports = site.ports();
        this.time = plan.time();
        this.inMotion = site.inMotion();
        site.pools().forEach(pool -> pools.put(pool.name(), pool));
        for (Node node : view.nodes()) {
            there.put(node.name(), node);
            pools.values().stream()
                    .filter(pool -> pool.nodes().contains(node.name()))
                    .forEach(pool -> sizes.merge(pool.name(), 1, Integer::sum));
        }
        view.hosts().forEach(host -> hosts.put(host.name(), host));
        hosts.values().stream().filter(Host::up).map(Host::name).forEach(open::add);
    }

    /** Checks; nothing is done yet. */
    static Carrying of(Plan plan, Spillway site, SiteView view) {
        Carrying carrying = new Carrying(plan, site, view);
        // in the order in which they are begun, whatever the plan's is
        plan.actions(Action.OnHost.class).forEach(carrying::take);
        plan.actions(Action.OnJob.class).forEach(carrying::take);
        plan.actions(Action.OnNode.class).forEach(carrying::take);
        return carrying;
    }

    private void take(Action action) {
        Optional<String> flaw = flaw(action);
        if (flaw.isPresent()) {
            refuse(action, flaw.get());
        } else if (action instanceof Action.OnHost on) {
            switches.add(on);
            if (on instanceof Action.EnableHost) {
                open.add(on.host());
            } else {
                open.remove(on.host());
            }
        } else if (action instanceof Action.OnJob on) {
            endings.put(on, job(on).orElseThrow());
            ending.add(on.job());
        } else if (action instanceof Action.OnNode on) {
            actions.put(on.node(), on);
            aims.put(on.node(), aim(on));
            String note = action.why().policy() + ": " + action.why().reason();
            notes.put(on.node(), note.substring(0, Math.min(NOTE, note.length())));
        }
    }

    private void refuse(Action action, String why) {
        refused.add(new Plan.Refused(action.why().policy(), Optional.of(action), why));
    }

    private Optional<String> flaw(Action action) {
        if (action instanceof Action.OnHost on) {
            return flaw(on);
        }
        if (action instanceof Action.OnJob on) {
            return job(on).isEmpty()
                    ? Optional.of("job %s is on no virtual node any more".formatted(on.job()))
                    : Optional.empty();
        }
        return action instanceof Action.OnNode on ? flaw(on) : Optional.of("nobody knows how");
    }

    private Optional<String> flaw(Action.OnHost on) {
        Host host = hosts.get(on.host());
        if (host == null) {
            return Optional.of("there is no host " + on.host());
        }
        if (host.disabled().isEmpty()) {
            return Optional.empty();
        }
        String words = host.disabled().get();
        if (!host.disabledByUs()) {
            return Optional.of("an admin has disabled it: " + words);
        }
        if (on instanceof Action.DisableHost disable) {
            return words.equals(disable.words()) ? Optional.empty() : Optional.of("it is disabled already: " + words);
        }
        return Clearance.of(host)
                .filter(wish -> wish.kind() == Clearance.Kind.EVICTION)
                .map(wish -> "its owner wants it empty: " + words);
    }

    private Optional<Job> job(Action.OnJob on) {
        return there.values().stream()
                .flatMap(node -> node.jobs().stream())
                .filter(job -> job.id().equals(on.job()))
                .findFirst();
    }

    private Optional<String> flaw(Action.OnNode on) {
        if (aims.containsKey(on.node())) {
            return Optional.of(on.node() + " has another action in this plan");
        }
        Optional<String> gone = on.target()
                .filter(host -> !open.contains(host))
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
        if (!(on instanceof Action.Migrate) && !Guards.ours(node)) {
            return Optional.of("%s was %s by an admin".formatted(on.node(), node.phase()));
        }
        return Optional.empty();
    }

    private Optional<String> unbuildable(Action.Build build) {
        Pool pool = pools.get(build.pool());
        if (pool == null || !pool.nodes().contains(build.node())) {
            return Optional.of("there is no pool %s with %s".formatted(build.pool(), build.node()));
        }
        if (inMotion.contains(build.node())) {
            return Optional.of(build.node() + " is under way already");
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

    private Aim.Reach aim(Action.OnNode action) {
        Optional<Pool> pool =
                action instanceof Action.Build build ? Optional.ofNullable(pools.get(build.pool())) : Optional.empty();
        Optional<Node> before = Optional.ofNullable(there.get(action.node()));
        Node after = Imagine.begun(before, action, pool, time).orElseThrow();
        // a node that is made for a host is wanted there
        var goal = after.goal().orElseThrow();
        return new Aim.Reach(
                action instanceof Action.Build ? action.target().map(goal::on).orElse(goal) : goal, pool, after.away());
    }

    /** Switches hosts and ends jobs; what Nova or Slurm does not accept is refused, and what was to come after it. */
    void begin() {
        switches.forEach(this::turn);
        endings.forEach(this::end);
    }

    private void turn(Action.OnHost on) {
        boolean off = on instanceof Action.DisableHost;
        try {
            if (on instanceof Action.DisableHost disable) {
                ports.cloud().disable(on.host(), disable.words());
            } else {
                ports.cloud().enable(on.host());
            }
        } catch (SpillwayException failure) {
            refuse(on, failure.getMessage());
            String why = "host %s could not be %sd: %s".formatted(on.host(), on.verb(), failure.getMessage());
            leaveOut(action -> off ? leaves(action, on.host()) : enters(action, on.host()), why);
        }
    }

    private boolean at(Action.OnNode action, String host) {
        Node node = there.get(action.node());
        return node != null && node.host().filter(host::equals).isPresent();
    }

    private boolean leaves(Action.OnNode action, String host) {
        boolean stays = action instanceof Action.Restore || action instanceof Action.Release;
        return at(action, host) && !stays;
    }

    private boolean enters(Action.OnNode action, String host) {
        return action.target()
                .map(host::equals)
                .orElse(at(action, host) && (action instanceof Action.Restore || action instanceof Action.Release));
    }

    /** A node that is to go takes no more jobs before its own are ended: Slurm would fill it at once. */
    private void end(Action.OnJob on, Job job) {
        List<NodeName> under = job.nodes().stream()
                .filter(name -> actions.get(name) instanceof Action.Remove)
                .toList();
        List<NodeName> closed = new ArrayList<>();
        try {
            for (NodeName name : under) {
                ports.slurm()
                        .drain(
                                name,
                                "spillway: down: "
                                        + notes.getOrDefault(name, on.why().policy()));
                closed.add(name);
            }
            if (on instanceof Action.Requeue) {
                ports.slurm().requeue(job);
            } else {
                ports.slurm().cancel(job);
            }
        } catch (NotFoundException over) {
            refuse(on, over.getMessage()); // it is off its nodes, so they may go
        } catch (SpillwayException failure) {
            refuse(on, failure.getMessage());
            leaveOut(
                    action -> under.contains(action.node()) && action instanceof Action.Remove,
                    "its jobs were not ended: " + failure.getMessage());
            closed.forEach(this::open);
        }
    }

    /** Ours alone, and only if it was open; if Slurm is silent now, whoever keeps the node's goal does it. */
    private void open(NodeName name) {
        Node node = there.get(name);
        if (node == null || node.phase() != Phase.READY) {
            return;
        }
        try {
            ports.slurm().undrain(name, false);
        } catch (SpillwayException silent) {
            refused.add(new Plan.Refused("plan", Optional.empty(), silent.getMessage()));
        }
    }

    private void leaveOut(Predicate<Action.OnNode> which, String why) {
        for (Action.OnNode action : List.copyOf(actions.values())) {
            if (which.test(action)) {
                actions.remove(action.node());
                aims.remove(action.node());
                notes.remove(action.node());
                refuse(action, why);
            }
        }
    }

    /** What was left out of hosts, since nothing else tells. */
    Optional<SpillwayException> unswitched() {
        return refused.stream()
                .filter(one ->
                        one.action().filter(Action.OnHost.class::isInstance).isPresent())
                .findFirst()
                .map(one ->
                        new RefusedException(one.action().map(Action::subject).orElse(null), one.why()));
    }

    /** What was left out of nodes, as their ends. */
    SortedMap<NodeName, NodeOutcome> ends(List<Plan.Refused> all) {
        SortedMap<NodeName, NodeOutcome> ends = new TreeMap<>();
        for (Plan.Refused one : all) {
            if (one.action().orElse(null) instanceof Action.OnNode on && there.containsKey(on.node())) {
                String why = "%s stays as it is: %s".formatted(on.node(), one.why());
                var failure = new RefusedException(on.node().value(), why);
                ends.put(
                        on.node(),
                        new NodeOutcome(
                                on.node(),
                                aim(on).goal(),
                                Optional.of(failure),
                                why,
                                List.of(),
                                Duration.ZERO,
                                Duration.ZERO));
            }
        }
        return ends;
    }
}
