package io.spillway.policy.rules;

import io.spillway.model.Host;
import io.spillway.model.Node;
import io.spillway.model.Phase;
import io.spillway.policy.Action;
import io.spillway.policy.Capacity;
import io.spillway.policy.Clearance;
import io.spillway.policy.Outlook;
import io.spillway.policy.Plan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Hosts that somebody wants empty: every node on them steps aside by its ladder, and comes back when they are open. */
final class Emptying {
    private Emptying() {}

    static Plan plan(Outlook outlook, Clearance.Kind kind, String policy) {
        Capacity room = outlook.capacity();
        StepAside aside = new StepAside(outlook, room, policy);
        List<Action> actions = new ArrayList<>();
        List<Plan.Refused> refused = new ArrayList<>();
        for (Host host : outlook.view().hosts()) {
            Clearance.of(host)
                    .filter(wish -> wish.kind() == kind)
                    .ifPresent(wish -> empty(host, wish, outlook, aside, policy, actions, refused));
        }
        boolean away = outlook.basis().history().away().values().stream()
                .anyMatch(one -> one.policy().equals(policy));
        if (away && Homeward.free(outlook)) {
            actions.addAll(Homeward.restored(outlook, room, policy));
            actions.addAll(Homeward.refilled(outlook, room, policy));
        }
        return new Plan(outlook.view().site(), outlook.now(), actions, refused);
    }

    private static void empty(
            Host host,
            Clearance wish,
            Outlook outlook,
            StepAside aside,
            String policy,
            List<Action> actions,
            List<Plan.Refused> refused) {
        String occasion = "%s is to be empty (%s)"
                .formatted(host.name(), wish.kind().name().toLowerCase(Locale.ROOT));
        outlook.guests(host.name()).stream()
                .filter(node -> node.phase() == Phase.READY || node.phase() == Phase.HELD)
                .filter(Outlook::free)
                .sorted(Comparator.comparing((Node node) -> node.jobs().isEmpty())
                        .thenComparing(Node::name))
                .forEach(node -> {
                    StepAside.Way way = aside.choose(node, true, wish.by(), occasion);
                    actions.addAll(way.actions());
                    if (way.actions().isEmpty()) {
                        refused.add(new Plan.Refused(policy, Optional.empty(), node.name() + " stays: " + way.why()));
                    }
                });
    }

    /** When the last of the actions is done, if link and disk do one after the other. */
    static Duration eta(List<Action> actions) {
        Duration moves = Duration.ZERO;
        Duration rest = Duration.ZERO;
        for (Action action : actions) {
            Duration takes = action.why().cost().takes();
            if (action instanceof Action.Migrate) {
                moves = moves.plus(takes);
            } else {
                rest = rest.plus(takes);
            }
        }
        return moves.compareTo(rest) > 0 ? moves : rest;
    }
}
