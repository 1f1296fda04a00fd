package io.spillway.policy.rules;

import io.spillway.failure.BadInputException;
import io.spillway.model.Host;
import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.policy.Action;
import io.spillway.policy.Capacity;
import io.spillway.policy.Outlook;
import io.spillway.policy.Plan;
import io.spillway.policy.Policy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A physical job has a host, and virtual nodes there stand still for it. Where another host has room they move, and their
 * jobs go on there; where the host's memory is short they step aside by their jobs' ladder, on its disk if need be; else
 * they wait where they are. What went to disk comes back when there is room. That nodes stand still at all is not decided
 * here but by the gate, in the moment in which the job gets the host.
 *
 * @param after so long a job has had the host before a node moves away from it: a short one is waited for
 */
public record TidePolicy(Duration after) implements Policy {
    /** The name. */
    public static final String NAME = "tide";

    /** 30 s. */
    public static final TidePolicy DEFAULT = new TidePolicy(Duration.ofSeconds(30));

    public TidePolicy {
        if (after.isNegative()) {
            throw new BadInputException(null, "tide: after is 0 or more");
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Plan plan(Outlook outlook) {
        Capacity room = outlook.capacity();
        StepAside aside = new StepAside(outlook, room, NAME, true);
        List<Action> actions = new ArrayList<>();
        List<Plan.Refused> refused = new ArrayList<>();
        for (Host host : outlook.view().hosts()) {
            long lacks = room.overdrawn(host.name());
            boolean stays = longest(host, outlook).compareTo(after) < 0;
            String occasion = "a job has " + host.name();
            for (Node node : stranded(host, outlook)) {
                if (lacks > 0) {
                    StepAside.Way way = aside.choose(
                            node,
                            true,
                            Optional.empty(),
                            "%s, whose memory is short by %d MiB".formatted(occasion, lacks));
                    actions.addAll(way.actions());
                    if (way.actions().isEmpty()) {
                        refused.add(new Plan.Refused(
                                NAME,
                                Optional.empty(),
                                "%s stays on %s: %s".formatted(node.name(), host.name(), way.why())));
                    } else {
                        lacks -= node.size().orElseThrow().memory();
                    }
                } else if (!stays) {
                    actions.addAll(aside.move(node, occasion).actions());
                }
            }
        }
        boolean away = outlook.view().nodes().stream().anyMatch(TidePolicy::putAway);
        if (away && Homeward.free(outlook)) {
            actions.addAll(Homeward.restored(outlook, room, NAME, Homeward.untouched(actions), refused));
        }
        return new Plan(outlook.view().site(), outlook.now(), actions, refused);
    }

    private static boolean putAway(Node node) {
        return node.away().filter(one -> one.policy().equals(NAME)).isPresent();
    }

    /** Those that stand still, and that nobody has on their way elsewhere; the biggest first. */
    private static List<Node> stranded(Host host, Outlook outlook) {
        return outlook.guests(host.name()).stream()
                .filter(node -> node.pause().isPresent() && Outlook.free(node))
                .sorted(Comparator.comparingLong(
                                (Node node) -> -node.size().orElseThrow().memory())
                        .thenComparing(Node::name))
                .toList();
    }

    /** How long a job has had the physical node of that name. */
    private static Duration longest(Host host, Outlook outlook) {
        return outlook.physical(host.name()).stream()
                .flatMap(node -> node.jobs().stream())
                .filter(Job::onNodes)
                .map(Job::runTime)
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }
}
