package io.spillway.policy.rules;

import io.spillway.model.Host;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.policy.Action;
import io.spillway.policy.Capacity;
import io.spillway.policy.Clearance;
import io.spillway.policy.Cost;
import io.spillway.policy.Imagine;
import io.spillway.policy.Outlook;
import io.spillway.policy.Plan;
import io.spillway.policy.Policy;
import io.spillway.policy.Why;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Somebody wants a host empty, and says so in Nova, see {@link Clearance}: every node on it steps aside by its jobs'
 * ladder, by the rung that makes the time and loses least. Checkpointed nodes stay on its disk. When the host is enabled
 * again, what stepped aside comes back.
 *
 * <p>For an admin who is going to work on the host all jobs stay alive; only for the cloud's owner, and a deadline, work
 * may be lost, where its class allows that.
 *
 * @param kind whose wishes it follows
 */
public record ClearancePolicy(Clearance.Kind kind) implements Policy {
    /** An admin is going to work on a host: {@code maintenance}. */
    public static final ClearancePolicy MAINTENANCE = new ClearancePolicy(Clearance.Kind.MAINTENANCE);

    /** The cloud's owner wants a host back by a time: {@code opportunistic}. */
    public static final ClearancePolicy OPPORTUNISTIC = new ClearancePolicy(Clearance.Kind.EVICTION);

    private static final Set<Phase> RUNS = Set.of(Phase.READY, Phase.HELD);

    @Override
    public String name() {
        return switch (kind) {
            case MAINTENANCE -> "maintenance";
            case EVICTION -> "opportunistic";
        };
    }

    @Override
    public Plan plan(Outlook outlook) {
        Round round = new Round(outlook);
        for (Host host : outlook.view().hosts()) {
            Clearance.of(host).filter(wish -> wish.kind() == kind).ifPresent(wish -> round.empty(host.name(), wish));
        }
        boolean away = outlook.view().nodes().stream().anyMatch(this::putAway);
        if (away && Homeward.free(outlook)) {
            round.home(Homeward.untouched(round.actions));
        }
        return round.plan();
    }

    private boolean putAway(Node node) {
        return node.away().filter(one -> one.policy().equals(name())).isPresent();
    }

    /**
     * What would be done to empty a host for maintenance now: its service disabled, if it is not yet, then its nodes. The
     * first action tells how long all of it takes. What cannot go is refused, each with the reason.
     *
     * @param outlook what is seen
     * @param host the host's name
     * @return the plan, not yet looked at by a planner's guards
     */
    public static Plan begin(Outlook outlook, String host) {
        Clearance wish = new Clearance(Clearance.Kind.MAINTENANCE, Optional.empty());
        Why plain = new Why("to be worked on", "maintenance disable", Cost.NONE);
        Action.DisableHost disable = new Action.DisableHost(host, wish.words(), plain);
        Outlook then = outlook.on(Imagine.begun(outlook.view(), List.of(disable)));
        Round round = MAINTENANCE.new Round(then);
        round.empty(host, wish);
        round.stays(host);
        boolean standing = outlook.host(host).flatMap(Clearance::of).isPresent();
        if (!standing) {
            Duration eta = eta(round.actions);
            String reason = "to be worked on; %d nodes go first, in about %d s"
                    .formatted(round.actions.size(), eta.toSeconds());
            Why why = new Why(reason, plain.rule(), new Cost(eta, Duration.ZERO, 0));
            round.actions.add(0, new Action.DisableHost(host, wish.words(), why));
        }
        return round.plan();
    }

    /**
     * What would be done to end a host's maintenance now: its service enabled, if it is not yet, then what was put away
     * for it brought back. What has no room now is refused.
     *
     * @param outlook what is seen
     * @param host the host's name
     * @return the plan, not yet looked at by a planner's guards
     */
    public static Plan end(Outlook outlook, String host) {
        Why plain = new Why("the work on it is done", "maintenance enable", Cost.NONE);
        Outlook then = outlook.on(Imagine.begun(outlook.view(), List.of(new Action.EnableHost(host, plain))));
        Round round = MAINTENANCE.new Round(then);
        Predicate<Node> its = node -> node.host().equals(Optional.of(host))
                || node.away().filter(away -> away.host().equals(host)).isPresent();
        round.home(its);
        round.left(its);
        boolean standing = outlook.host(host).flatMap(Clearance::of).isPresent();
        if (standing) {
            Duration eta = eta(round.actions);
            String reason = "the work on it is done; %d nodes come back, in about %d s"
                    .formatted(round.actions.size(), eta.toSeconds());
            round.actions.add(
                    0, new Action.EnableHost(host, new Why(reason, plain.rule(), new Cost(eta, Duration.ZERO, 0))));
        }
        return round.plan();
    }

    /**
     * When the last of some actions is done, if the moves go one after the other, and beside them what goes to disk or
     * comes from there.
     *
     * @param actions the actions
     * @return the expected time
     */
    public static Duration eta(List<Action> actions) {
        Duration moves = Duration.ZERO;
        Duration rest = Duration.ZERO;
        for (Action action : actions) {
            Duration takes = action.why().cost().takes();
            if (action instanceof Action.Migrate) {
                moves = moves.plus(takes);
            } else if (action instanceof Action.OnNode) {
                rest = rest.plus(takes);
            }
        }
        return moves.compareTo(rest) > 0 ? moves : rest;
    }

    /** One decision. */
    private final class Round {
        private final Outlook outlook;
        private final Capacity room;
        private final StepAside aside;
        private final List<Action> actions = new ArrayList<>();
        private final List<Plan.Refused> refused = new ArrayList<>();

        Round(Outlook outlook) {
            this.outlook = outlook;
            this.room = outlook.capacity();
            this.aside = new StepAside(outlook, room, name(), kind == Clearance.Kind.MAINTENANCE);
        }

        void empty(String host, Clearance wish) {
            String occasion =
                    "%s is to be empty (%s)".formatted(host, wish.kind().name().toLowerCase(Locale.ROOT));
            outlook.guests(host).stream()
                    .filter(node -> RUNS.contains(node.phase()))
                    .filter(Outlook::free)
                    .sorted(Comparator.comparing((Node node) -> node.jobs().isEmpty())
                            .thenComparing(Node::name))
                    .forEach(node -> {
                        StepAside.Way way = aside.choose(node, true, wish.by(), occasion);
                        actions.addAll(way.actions());
                        if (way.actions().isEmpty()) {
                            stays(node, way.why());
                        }
                    });
        }

        private void stays(Node node, String why) {
            Why wanted = new Why("it is to go", name() + " checkpoint", Cost.NONE);
            refused.add(new Plan.Refused(name(), Optional.of(new Action.Checkpoint(node.name(), wanted)), why));
        }

        /** Says of what is on the host, or comes to it, and cannot be touched, why not. */
        void stays(String host) {
            for (Node node : outlook.view().nodes()) {
                boolean comes = Outlook.inMotion(node)
                        && node.goal().flatMap(goal -> goal.host()).equals(Optional.of(host));
                boolean here = node.host().equals(Optional.of(host));
                boolean rests = node.phase() == Phase.CHECKPOINTED && !Outlook.inMotion(node);
                if (comes || (here && !rests && !Outlook.free(node) && !leaves(node, host))) {
                    stays(node, untouchable(node));
                }
            }
        }

        void home(Predicate<Node> which) {
            actions.addAll(Homeward.restored(outlook, room, name(), which, refused));
            actions.addAll(Homeward.refilled(outlook, room, name(), which));
        }

        /** Says of what was put away and does not come back, why not. */
        void left(Predicate<Node> which) {
            Set<NodeName> coming = actions.stream()
                    .filter(Action.OnNode.class::isInstance)
                    .map(action -> ((Action.OnNode) action).node())
                    .collect(Collectors.toSet());
            for (Node node : outlook.view().nodes()) {
                boolean still =
                        putAway(node) && which.test(node) && !coming.contains(node.name()) && !Homeward.arrived(node);
                if (still) {
                    Why wanted = new Why("it is to come back", name() + " return", Cost.NONE);
                    String why = Outlook.free(node)
                            ? "there is no room for it; `spillway restore` brings it back when there is"
                            : untouchable(node);
                    refused.add(new Plan.Refused(
                            name(), Optional.of(new Action.Restore(node.name(), Optional.empty(), wanted)), why));
                }
            }
        }

        Plan plan() {
            return new Plan(outlook.view().site(), outlook.now(), actions, refused);
        }
    }

    /** Whether it is on its way out of the host's memory already. */
    private static boolean leaves(Node node, String host) {
        return Outlook.inMotion(node)
                && node.goal()
                        .filter(goal -> switch (goal.state()) {
                            case CHECKPOINTED, ABSENT -> true;
                            case READY, HELD ->
                                goal.host().filter(to -> !to.equals(host)).isPresent();
                        })
                        .isPresent();
    }

    private static String untouchable(Node node) {
        if (node.intent().isPresent()) {
            return "an admin has it: " + node.intent().get();
        }
        if (Outlook.inMotion(node)) {
            return "it is in motion, %s%s"
                    .formatted(
                            node.phase(),
                            node.goal().map(goal -> " on its way to " + goal).orElse(""));
        }
        return node.phase() == Phase.LOST ? "it is LOST: " + node.reason() : "nobody knows how big it is";
    }
}
