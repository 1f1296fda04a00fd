package io.spillway.policy.rules;

import io.spillway.model.Host;
import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.Phase;
import io.spillway.policy.Action;
import io.spillway.policy.Capacity;
import io.spillway.policy.Clearance;
import io.spillway.policy.Cost;
import io.spillway.policy.CostModel;
import io.spillway.policy.Guards;
import io.spillway.policy.Imagine;
import io.spillway.policy.JobClass;
import io.spillway.policy.Ladder;
import io.spillway.policy.Outlook;
import io.spillway.policy.Rung;
import io.spillway.policy.Why;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How nodes make room. For each: of the rungs that its jobs' ladder allows and that make the deadline the one that loses
 * least work, and of those the highest. If none makes it, the quickest that loses nothing, late: no work is thrown away
 * for a time that is missed anyway. What one node does, the next one finds done: room that is taken, link and disk that
 * are busy.
 */
final class StepAside {
    private final Outlook outlook;
    private final Capacity room;
    private final String policy;
    private final boolean alive;
    private final Map<String, Duration> disks = new HashMap<>();
    private Duration link = Duration.ZERO;

    /**
     * Steps aside.
     *
     * @param alive whether no job may lose its work, whatever its class allows
     */
    StepAside(Outlook outlook, Capacity room, String policy, boolean alive) {
        this.outlook = outlook;
        this.room = room;
        this.policy = policy;
        this.alive = alive;
    }

    /**
     * What is done about a node.
     *
     * @param actions the actions; none if no rung will do
     * @param done after how long it is done
     * @param rung which rung was taken; empty if none
     * @param why why no rung will do
     */
    record Way(List<Action> actions, Duration done, Optional<Rung> rung, String why) {}

    private record Offer(Rung rung, Cost cost, Duration done, Optional<String> target, Optional<String> flaw) {
        static Offer not(Rung rung, String flaw) {
            return new Offer(rung, Cost.NONE, Duration.ZERO, Optional.empty(), Optional.of(flaw));
        }
    }

    /**
     * Chooses, and counts it as done.
     *
     * @param node the node; free to be touched
     * @param memory whether its memory must go, or only its CPUs
     * @param deadline when it must be done
     * @param occasion why at all, for people
     */
    Way choose(Node node, boolean memory, Optional<Instant> deadline, String occasion) {
        return choose(node, ladder(node).rungs(), memory, deadline, occasion);
    }

    /** Moves it, if its ladder allows that and there is room elsewhere; counts it as done. */
    Way move(Node node, String occasion) {
        List<Rung> rungs = ladder(node).rungs().stream()
                .filter(rung -> rung == Rung.MIGRATE)
                .toList();
        return choose(node, rungs, true, Optional.empty(), occasion);
    }

    private Way choose(Node node, List<Rung> rungs, boolean memory, Optional<Instant> deadline, String occasion) {
        Ladder ladder = ladder(node);
        List<Offer> offers =
                rungs.stream().map(rung -> offer(rung, node, memory)).toList();
        List<Offer> possible =
                offers.stream().filter(offer -> offer.flaw().isEmpty()).toList();
        Optional<Duration> left = deadline.map(time -> Duration.between(outlook.now(), time));
        Optional<Offer> best = possible.stream()
                .filter(offer -> inTime(offer, ladder, left))
                .min(Comparator.comparing((Offer offer) -> offer.rung().losesWork())
                        .thenComparing(offer -> offer.cost().lost()));
        boolean late = best.isEmpty();
        if (late) {
            best = possible.stream().filter(offer -> !offer.rung().losesWork()).min(Comparator.comparing(Offer::done));
        }
        if (best.isEmpty()) {
            return new Way(List.of(), Duration.ZERO, Optional.empty(), refusals(offers, ladder, left, offers.size()));
        }
        Offer taken = best.get();
        String above = refusals(offers, ladder, left, offers.indexOf(taken));
        String reason = occasion
                + (late ? "; late, nothing is quicker without loss" : "")
                + (above.isEmpty() ? "" : "; " + above);
        Why why = new Why(reason, policy + " " + taken.rung(), taken.cost(), deadline);
        List<Action> actions = actions(taken, node, why);
        take(taken, node, actions);
        return new Way(actions, taken.done(), Optional.of(taken.rung()), "");
    }

    private Ladder ladder(Node node) {
        return outlook.basis().classes().ladder(node);
    }

    private static boolean inTime(Offer offer, Ladder ladder, Optional<Duration> left) {
        return late(offer, ladder, left).isEmpty();
    }

    private static Optional<String> late(Offer offer, Ladder ladder, Optional<Duration> left) {
        Optional<Duration> limit = ladder.limit(offer.rung());
        if (limit.filter(most -> offer.done().compareTo(most) > 0).isPresent()) {
            return Optional.of("%s s, its limit is %s s"
                    .formatted(offer.done().toSeconds(), limit.get().toSeconds()));
        }
        return left.filter(most -> offer.done().compareTo(most) > 0)
                .map(most -> "%s s, too late by %s s"
                        .formatted(
                                offer.done().toSeconds(),
                                offer.done().minus(most).toSeconds()));
    }

    /** Why the rungs before this one are not taken. */
    private static String refusals(List<Offer> offers, Ladder ladder, Optional<Duration> left, int before) {
        List<String> said = new ArrayList<>();
        for (Offer offer : offers.subList(0, before)) {
            String why = offer.flaw()
                    .or(() -> late(offer, ladder, left))
                    .orElse("loses " + offer.cost().lost() + " CPU s");
            said.add("no %s: %s".formatted(offer.rung(), why));
        }
        return offers.isEmpty() ? "its jobs' classes allow nothing" : String.join(", ", said);
    }

    private Offer offer(Rung rung, Node node, boolean memory) {
        CostModel costs = outlook.basis().costs();
        Cost cost = costs.cost(rung, node);
        if (alive && rung.losesWork()) {
            return Offer.not(rung, "its jobs are to stay alive");
        }
        if (rung.interrupts() && !Guards.ours(node)) {
            return Offer.not(rung, "an admin holds it");
        }
        if (rung.interrupts()) {
            Optional<String> spent = node.jobs().stream()
                    .flatMap(job -> Guards.budget(job, cost.away(), outlook).stream())
                    .findFirst();
            if (spent.isPresent()) {
                return Offer.not(rung, spent.get());
            }
        }
        return switch (rung) {
            case MIGRATE -> migrate(node, cost);
            case HOLD -> hold(node, memory, cost);
            case CHECKPOINT -> new Offer(rung, cost, busy(node).plus(cost.takes()), Optional.empty(), Optional.empty());
            case REQUEUE, CANCEL -> end(rung, node, cost);
        };
    }

    private Duration busy(Node node) {
        return disks.getOrDefault(node.host().orElse(""), Duration.ZERO);
    }

    private Offer migrate(Node node, Cost cost) {
        boolean runs = node.jobs().stream().anyMatch(Job::running);
        if (runs && !outlook.basis().costs().movesRunning()) {
            return Offer.not(Rung.MIGRATE, "its memory changes faster than the link can copy it");
        }
        Optional<String> target = node.size().flatMap(size -> room.tightest(size, host -> welcome(host, node)));
        return target.isEmpty()
                ? Offer.not(
                        Rung.MIGRATE,
                        "no other host has room for "
                                + node.size().map(Object::toString).orElse("it"))
                : new Offer(Rung.MIGRATE, cost, link.plus(cost.takes()), target, Optional.empty());
    }

    private boolean welcome(String host, Node node) {
        return !node.host().equals(Optional.of(host)) && open(outlook, host);
    }

    static boolean open(Outlook outlook, String name) {
        Optional<Host> host = outlook.host(name);
        return host.filter(one -> one.up() && Clearance.of(one).isEmpty()).isPresent();
    }

    private static Offer hold(Node node, boolean memory, Cost cost) {
        if (memory) {
            return Offer.not(Rung.HOLD, "its memory would stay");
        }
        return node.phase() == Phase.HELD
                ? Offer.not(Rung.HOLD, "it is held already")
                : new Offer(Rung.HOLD, cost, cost.takes(), Optional.empty(), Optional.empty());
    }

    private Offer end(Rung rung, Node node, Cost cost) {
        if (node.jobs().isEmpty()) {
            return Offer.not(rung, "it has no job");
        }
        for (Job job : node.jobs()) {
            JobClass of = outlook.classOf(job);
            if (!of.ladder().rungs().contains(rung)) {
                return Offer.not(rung, "class %s does not allow it".formatted(of.name()));
            }
            if (rung == Rung.REQUEUE && !job.request().requeue()) {
                return Offer.not(rung, "job %s may not be requeued".formatted(job.id()));
            }
        }
        return new Offer(rung, cost, cost.takes(), Optional.empty(), Optional.empty());
    }

    private static List<Action> actions(Offer taken, Node node, Why why) {
        return switch (taken.rung()) {
            case MIGRATE ->
                List.of(new Action.Migrate(node.name(), taken.target().orElseThrow(), why));
            case HOLD -> List.of(new Action.Hold(node.name(), why));
            case CHECKPOINT -> List.of(new Action.Checkpoint(node.name(), why));
            case REQUEUE, CANCEL -> {
                List<Action> actions = new ArrayList<>();
                for (Job job : node.jobs()) {
                    Why one = new Why(
                            why.reason(),
                            why.rule(),
                            new Cost(taken.cost().takes(), taken.cost().away(), CostModel.done(job)),
                            why.deadline());
                    actions.add(
                            taken.rung() == Rung.REQUEUE
                                    ? new Action.Requeue(job.id(), one)
                                    : new Action.Cancel(job.id(), one));
                }
                actions.add(
                        new Action.Remove(node.name(), new Why(why.reason(), why.rule(), Cost.NONE, why.deadline())));
                yield actions;
            }
        };
    }

    private void take(Offer taken, Node node, List<Action> actions) {
        if (taken.rung() == Rung.MIGRATE) {
            link = taken.done();
        } else if (taken.rung() == Rung.CHECKPOINT) {
            disks.put(node.host().orElse(""), taken.done());
        }
        actions.stream()
                .filter(Action.OnNode.class::isInstance)
                .map(Action.OnNode.class::cast)
                .forEach(action -> Imagine.begun(Optional.of(node), action, Optional.empty(), outlook.now())
                        .ifPresent(after -> room.change(Optional.of(node), after)));
    }
}
