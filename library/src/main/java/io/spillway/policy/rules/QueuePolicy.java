package io.spillway.policy.rules;

import io.spillway.failure.BadInputException;
import io.spillway.model.Goal;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.Pool;
import io.spillway.model.Size;
import io.spillway.policy.Action;
import io.spillway.policy.Capacity;
import io.spillway.policy.Cost;
import io.spillway.policy.CostModel;
import io.spillway.policy.Outlook;
import io.spillway.policy.Plan;
import io.spillway.policy.Policy;
import io.spillway.policy.Rung;
import io.spillway.policy.Why;
import io.spillway.policy.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Jobs that wait bring nodes of a pool that they fit, as far as hosts have room and no further: warm ones are restored
 * first, others built. A pool has its {@code minimum} of nodes even if nothing waits, those counted that another policy put
 * away and brings back. Beyond it a node that is idle for a while is checkpointed into the warm reserve, if that is not
 * full, else removed after a longer while. While something waits for a pool, none of its nodes is put away.
 *
 * <p>What is warm is what this policy put away: a node that an admin checkpointed is left where it is.
 *
 * @param idle after how long an idle node goes into the warm reserve
 * @param remove after how long an idle node is removed for which the reserve has no place
 */
public record QueuePolicy(Duration idle, Duration remove) implements Policy {
    /** The name. */
    public static final String NAME = "queue";

    /** Warm after 5 minutes, removed after 30. */
    public static final QueuePolicy DEFAULT = new QueuePolicy(Duration.ofMinutes(5), Duration.ofMinutes(30));

    public QueuePolicy {
        if (idle.isNegative() || remove.compareTo(idle) < 0) {
            throw new BadInputException(
                    null,
                    "queue: idle %d s, remove %d s: right is remove at or after idle"
                            .formatted(idle.toSeconds(), remove.toSeconds()));
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    /** Whether a node is in the warm reserve. */
    static boolean warm(Node node) {
        return node.phase() == Phase.CHECKPOINTED
                && node.jobs().isEmpty()
                && node.away().filter(away -> away.policy().equals(NAME)).isPresent()
                && Outlook.free(node);
    }

    @Override
    public Plan plan(Outlook outlook) {
        Round round = new Round(outlook);
        Set<String> wanted = new HashSet<>();
        for (Demand.Want want : Demand.of(outlook, outlook.waiting())) {
            wanted.add(want.pool().name());
            round.bring(
                    want.pool(),
                    want.nodes(),
                    "job %s waits for %s"
                            .formatted(want.job().id(), want.job().request().size()));
        }
        for (Pool pool : outlook.view().pools()) {
            pool.terms().ifPresent(terms -> {
                int there = round.there(pool);
                if (there < terms.minimum() && !wanted.contains(pool.name())) {
                    wanted.add(pool.name());
                    round.bring(
                            pool,
                            terms.minimum() - there,
                            "pool %s keeps %d nodes".formatted(pool.name(), terms.minimum()));
                }
                if (!wanted.contains(pool.name())) {
                    round.putAway(pool, terms);
                }
            });
        }
        return new Plan(outlook.view().site(), outlook.now(), round.actions, round.refused);
    }

    /** One decision. */
    private final class Round {
        private final Outlook outlook;
        private final CostModel costs;
        private final Capacity room;
        private final Map<String, List<Node>> pools = new HashMap<>();
        /** The warm nodes of each pool, and the names that it may still give: each is proposed once. */
        private final Map<String, Deque<Node>> reserves = new HashMap<>();

        private final Map<String, Iterator<NodeName>> names = new HashMap<>();
        private final List<Action> actions = new ArrayList<>();
        private final List<Plan.Refused> refused = new ArrayList<>();

        Round(Outlook outlook) {
            this.outlook = outlook;
            this.costs = outlook.basis().costs();
            this.room = outlook.capacity();
            for (Node node : outlook.view().nodes()) {
                String pool = node.pool().orElse("");
                pools.computeIfAbsent(pool, unused -> new ArrayList<>()).add(node);
                if (warm(node)) {
                    reserves.computeIfAbsent(pool, unused -> new ArrayDeque<>()).add(node);
                }
            }
        }

        private List<Node> nodes(Pool pool) {
            return pools.getOrDefault(pool.name(), List.of());
        }

        /** How many nodes take jobs, or will without anybody's asking. */
        int there(Pool pool) {
            return (int) nodes(pool).stream()
                    .filter(node -> takes(node) || comesBack(node))
                    .count();
        }

        private static boolean takes(Node node) {
            return switch (node.phase()) {
                case BUILDING, JOINING, RETURNING, MOVING -> true;
                case READY -> !Outlook.inMotion(node);
                case CHECKPOINTED -> Outlook.inMotion(node);
                // it stands still for a job that its host has, or had, and goes on after that
                case HELD ->
                    node.goal().filter(goal -> goal.state() == Goal.State.READY).isPresent();
                case ABSENT, LEAVING, LOST -> false;
            };
        }

        /** Whether another policy put it away, and brings it back: nothing takes its place, and idle ones give way to it. */
        private static boolean comesBack(Node node) {
            return (node.phase() == Phase.CHECKPOINTED || node.phase() == Phase.HELD)
                    && node.away()
                            .filter(away -> away.aside() && !away.policy().equals(NAME))
                            .isPresent()
                    && Outlook.free(node);
        }

        void bring(Pool pool, int count, String because) {
            int brought = restore(pool, count, because);
            brought += build(pool, count - brought, because);
            if (brought < count) {
                String why = "pool %s could use %d more nodes (%s), but no host has room for more than %d"
                        .formatted(pool.name(), count, because, brought);
                refused.add(new Plan.Refused(NAME, Optional.empty(), why));
            }
        }

        private int restore(Pool pool, int count, String because) {
            int brought = 0;
            Deque<Node> reserve = reserves.getOrDefault(pool.name(), new ArrayDeque<>());
            while (brought < count && !reserve.isEmpty()) {
                Node node = reserve.remove();
                String host = node.host().orElse("");
                Size size = node.size().orElse(Size.NONE);
                boolean fits = StepAside.open(outlook, host) && size.fitsIn(room.free(host));
                if (fits) {
                    room.keep(host, size);
                    Why why = new Why(because, NAME + " restore", costs.back(node, false));
                    actions.add(new Action.Restore(node.name(), Optional.empty(), why));
                    brought++;
                }
            }
            return brought;
        }

        private int build(Pool pool, int count, String because) {
            Size size = pool.terms().orElseThrow().size();
            Iterator<NodeName> free = names.computeIfAbsent(pool.name(), unused -> free(pool));
            int brought = 0;
            while (brought < count && free.hasNext()) {
                Optional<String> host = room.tightest(size, name -> StepAside.open(outlook, name));
                if (host.isEmpty()) {
                    break;
                }
                room.keep(host.get(), size);
                Cost cost = new Cost(costs.takes(Work.BUILD, size.memory()), Duration.ZERO, 0);
                actions.add(new Action.Build(free.next(), pool.name(), host, new Why(because, NAME + " build", cost)));
                brought++;
            }
            return brought;
        }

        private Iterator<NodeName> free(Pool pool) {
            return pool.nodes().stream()
                    .filter(name -> outlook.node(name).isEmpty())
                    .limit(Math.max(0, pool.maximum() - nodes(pool).size()))
                    .iterator();
        }

        void putAway(Pool pool, Pool.Terms terms) {
            int warm = 0;
            List<Node> beyond = new ArrayList<>();
            for (Node node : nodes(pool)) {
                boolean going = Outlook.inMotion(node)
                        && node.jobs().isEmpty()
                        && node.goal()
                                .filter(goal -> goal.state() == Goal.State.CHECKPOINTED)
                                .isPresent();
                if (warm(node) || going) {
                    warm++;
                    if (warm > terms.warm() && !going) {
                        beyond.add(node);
                    }
                }
            }
            for (Node node : beyond) {
                remove(node, "the warm reserve of %d is full".formatted(terms.warm()));
            }
            int spare = there(pool) - terms.minimum();
            List<Node> idles = nodes(pool).stream()
                    .filter(node -> node.phase() == Phase.READY && node.jobs().isEmpty() && Outlook.free(node))
                    .filter(node -> idleFor(node).compareTo(idle) >= 0)
                    .sorted(Comparator.comparing((Node node) -> idleFor(node))
                            .reversed()
                            .thenComparing(Node::name))
                    .toList();
            for (Node node : idles) {
                if (spare <= 0) {
                    return;
                }
                String since = "idle for " + idleFor(node).toSeconds() + " s";
                if (warm < terms.warm()) {
                    Cost cost = costs.cost(Rung.CHECKPOINT, node);
                    actions.add(new Action.Checkpoint(
                            node.name(), new Why(since + "; kept warm", NAME + " checkpoint", cost)));
                    warm++;
                    spare--;
                } else if (idleFor(node).compareTo(remove) >= 0) {
                    remove(node, since);
                    spare--;
                }
            }
        }

        private void remove(Node node, String because) {
            long memory = node.size().map(Size::memory).orElse(0L);
            Cost cost = new Cost(costs.takes(Work.REMOVE, memory), Duration.ZERO, 0);
            actions.add(new Action.Remove(node.name(), new Why(because, NAME + " remove", cost)));
        }

        private Duration idleFor(Node node) {
            Instant since = outlook.basis().history().idle().getOrDefault(node.name(), outlook.now());
            return Duration.between(since, outlook.now());
        }
    }
}
