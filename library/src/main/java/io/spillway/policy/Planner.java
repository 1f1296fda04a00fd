package io.spillway.policy;

import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.Pool;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Policies put together. Each sees the site as the actions of those before it leave it, begun and not yet done. An action
 * is refused, and kept in the plan with the reason, if a guard vetoes it, the {@link Capacity} or the {@link Limits} have
 * no room, or the plan has an action for the same thing already: the first one wins. A policy that throws is told of, and
 * the others go on. Immutable; a pure function like any policy.
 */
public final class Planner implements Policy {
    /** An older look than this is no ground to act on: three full looks of the daemon. */
    public static final Duration FRESH = Duration.ofSeconds(90);

    private final List<Policy> policies;
    private final List<Guard> guards;
    private final Set<String> trials;

    /**
     * A planner.
     *
     * @param policies in the order in which they decide
     * @param guards what may veto beside {@link Guards#ALWAYS}
     * @param trials the names of policies whose actions are told and not done
     */
    public Planner(List<? extends Policy> policies, List<Guard> guards, Set<String> trials) {
        this.policies = List.copyOf(policies);
        List<Guard> all = new ArrayList<>(Guards.ALWAYS);
        all.addAll(guards);
        this.guards = List.copyOf(all);
        this.trials = Set.copyOf(trials);
    }

    /**
     * A planner with no guards but those that every planner has.
     *
     * @param policies in the order in which they decide
     */
    public Planner(Policy... policies) {
        this(List.of(policies), List.of(), Set.of());
    }

    @Override
    public String name() {
        return "planner";
    }

    /**
     * Decides, if the look is fresh.
     *
     * @param outlook what is seen
     * @param clock the time now, by the clock that the view's time is of
     * @return what is to be done; nothing if the look is older than {@link #FRESH}
     */
    public Plan plan(Outlook outlook, Instant clock) {
        Duration age = Duration.between(outlook.now(), clock);
        if (age.compareTo(FRESH) <= 0) {
            return plan(outlook);
        }
        String why =
                "the look at the site is %s old, %s at most would do".formatted(Cost.seconds(age), Cost.seconds(FRESH));
        return new Plan(
                outlook.view().site(),
                outlook.now(),
                List.of(),
                List.of(new Plan.Refused(name(), Optional.empty(), why)));
    }

    @Override
    public Plan plan(Outlook outlook) {
        Sheet sheet = new Sheet(outlook);
        for (Policy policy : policies) {
            sheet.take(policy);
        }
        return new Plan(outlook.view().site(), outlook.now(), sheet.actions, sheet.refused);
    }

    /** The plan as it grows. */
    private final class Sheet {
        private final List<Action> actions = new ArrayList<>();
        private final List<Plan.Refused> refused = new ArrayList<>();
        private final Map<String, Action> subjects = new HashMap<>();
        private Outlook outlook;
        private Tally tally;

        Sheet(Outlook outlook) {
            this.outlook = outlook;
            this.tally = new Tally(outlook);
        }

        void take(Policy policy) {
            Plan wanted;
            try {
                wanted = policy.plan(outlook);
            } catch (RuntimeException mistake) {
                refused.add(new Plan.Refused(policy.name(), Optional.empty(), "it failed: " + oneLine(mistake)));
                return;
            }
            refused.addAll(wanted.refused());
            boolean trial = trials.contains(policy.name());
            Tally room = trial ? tally.copy() : tally;
            List<Action> accepted = new ArrayList<>();
            for (Action action : wanted.actions()) {
                Optional<String> why = veto(action, room);
                if (why.isEmpty()) {
                    room.take(action, outlook);
                    why = trial ? Optional.of(policy.name() + " only plans (dry-run)") : Optional.empty();
                }
                if (why.isPresent()) {
                    refused.add(new Plan.Refused(policy.name(), Optional.of(action), why.get()));
                } else {
                    subjects.put(action.subject(), action);
                    accepted.add(action);
                }
            }
            if (!accepted.isEmpty()) {
                actions.addAll(accepted);
                outlook = outlook.on(Imagine.begun(outlook.view(), accepted));
            }
        }

        private Optional<String> veto(Action action, Tally room) {
            Optional<Action> before = Optional.ofNullable(subjects.get(action.subject()));
            if (before.isPresent()) {
                return before.map(
                        one -> "%s wants to %s it already".formatted(one.why().policy(), one.verb()));
            }
            for (Guard guard : guards) {
                Optional<String> why;
                try {
                    why = guard.veto(action, outlook);
                } catch (RuntimeException mistake) {
                    why = Optional.of("a guard failed: " + oneLine(mistake));
                }
                if (why.isPresent()) {
                    return why;
                }
            }
            return room.refuses(action, outlook);
        }
    }

    private static String oneLine(RuntimeException mistake) {
        String text = mistake.getMessage() == null ? mistake.getClass().getSimpleName() : mistake.getMessage();
        return text.replaceAll("\\p{Cntrl}+", " ");
    }

    /** What grows with each action. */
    private static final class Tally {
        private final Capacity capacity;
        private final Traffic traffic;
        private final Map<String, Integer> sizes;
        private final Set<String> ended;
        private final Set<String> interrupted;

        Tally(Outlook outlook) {
            this(outlook.capacity(), Traffic.of(outlook), new HashMap<>(), new HashSet<>(), new HashSet<>());
            for (Node node : outlook.view().nodes()) {
                if (node.pool().isPresent()) {
                    sizes.merge(node.pool().get(), 1, Integer::sum);
                }
            }
        }

        private Tally(
                Capacity capacity,
                Traffic traffic,
                Map<String, Integer> sizes,
                Set<String> ended,
                Set<String> interrupted) {
            this.capacity = capacity;
            this.traffic = traffic;
            this.sizes = sizes;
            this.ended = ended;
            this.interrupted = interrupted;
        }

        Tally copy() {
            return new Tally(
                    capacity.copy(),
                    traffic.copy(),
                    new HashMap<>(sizes),
                    new HashSet<>(ended),
                    new HashSet<>(interrupted));
        }

        Optional<String> refuses(Action action, Outlook outlook) {
            if (action instanceof Action.OnJob on) {
                return interrupted.contains(on.job())
                        ? Optional.of("job " + on.job() + " is suspended by this plan already")
                        : Optional.empty();
            }
            if (!(action instanceof Action.OnNode on)) {
                return Optional.empty();
            }
            Optional<Node> before = outlook.node(on.node());
            if (action instanceof Action.Build build) {
                int most = outlook.pool(build.pool()).map(Pool::maximum).orElse(0);
                if (sizes.getOrDefault(build.pool(), 0) >= most) {
                    return Optional.of("pool %s may have %d nodes, and has".formatted(build.pool(), most));
                }
            }
            List<Job> jobs = before.map(Node::jobs).orElse(List.of());
            if (jobs.stream().anyMatch(job -> ended.contains(job.id())) && !(action instanceof Action.Remove)) {
                return Optional.of("a job on %s is ended by this plan".formatted(on.node()));
            }
            boolean busy = action instanceof Action.Remove && jobs.stream().anyMatch(job -> !ended.contains(job.id()));
            if (busy) {
                return Optional.of("%s has jobs; a policy removes no node under a job".formatted(on.node()));
            }
            return after(on, outlook).flatMap(node -> traffic.refuses(node).or(() -> capacity.refuses(before, node)));
        }

        void take(Action action, Outlook outlook) {
            if (action instanceof Action.OnJob on) {
                ended.add(on.job());
            }
            if (action instanceof Action.OnNode on) {
                Optional<Node> before = outlook.node(on.node());
                after(on, outlook).ifPresent(node -> {
                    traffic.add(node);
                    capacity.change(before, node);
                });
                if (action instanceof Action.Hold || action instanceof Action.Checkpoint) {
                    before.ifPresent(node -> node.jobs().forEach(job -> interrupted.add(job.id())));
                }
                if (action instanceof Action.Build build) {
                    sizes.merge(build.pool(), 1, Integer::sum);
                }
            }
        }

        private static Optional<Node> after(Action.OnNode on, Outlook outlook) {
            Optional<Pool> pool = on instanceof Action.Build build ? outlook.pool(build.pool()) : Optional.empty();
            return Imagine.begun(outlook.node(on.node()), on, pool, outlook.now());
        }
    }

    /**
     * The policies, in their order.
     *
     * @return their names
     */
    public List<String> policies() {
        return policies.stream().map(Policy::name).toList();
    }
}
