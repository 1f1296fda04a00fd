package io.spillway.policy.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.model.Goal;
import io.spillway.model.Host;
import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.PhysicalNode;
import io.spillway.model.Pool;
import io.spillway.model.SiteView;
import io.spillway.model.Size;
import io.spillway.policy.Action;
import io.spillway.policy.Basis;
import io.spillway.policy.Budget;
import io.spillway.policy.Capacity;
import io.spillway.policy.CostModel;
import io.spillway.policy.History;
import io.spillway.policy.Imagine;
import io.spillway.policy.JobClass;
import io.spillway.policy.JobClasses;
import io.spillway.policy.Ladder;
import io.spillway.policy.Outlook;
import io.spillway.policy.Plan;
import io.spillway.policy.Planner;
import io.spillway.policy.Policy;
import io.spillway.policy.Rung;
import io.spillway.policy.SomeSite;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;

/** What holds for every site and every plan. */
class PolicyPropertiesTest {
    private static final List<Policy> ALL = List.of(
            TidePolicy.DEFAULT,
            ClearancePolicy.OPPORTUNISTIC,
            ClearancePolicy.MAINTENANCE,
            BackfillPolicy.DEFAULT,
            QueuePolicy.DEFAULT,
            ConsolidatePolicy.DEFAULT);

    private static Policy wishing(List<Action> wishes) {
        return new Policy() {
            @Override
            public String name() {
                return "mine";
            }

            @Override
            public Plan plan(Outlook outlook) {
                return Plan.of(outlook, wishes);
            }
        };
    }

    /** All that ship, and one that wants nonsense. */
    private static Planner planner(RandomSite random) {
        List<Policy> policies = new ArrayList<>(ALL);
        policies.add(wishing(random.wishes()));
        return new Planner(policies, List.of(), Set.of());
    }

    /** Where a node's memory may be, counted anew and not by the ledger. */
    private static Set<String> places(SiteView view, Optional<Node> node, Optional<Action> action) {
        Set<String> all = new HashSet<>();
        view.hosts().forEach(host -> all.add(host.name()));
        Set<String> places = new HashSet<>();
        node.ifPresent(one -> {
            boolean calledBack = one.phase() == Phase.CHECKPOINTED
                    && one.goal()
                            .filter(goal -> goal.state() != Goal.State.CHECKPOINTED)
                            .isPresent();
            boolean inMemory = one.phase() != Phase.CHECKPOINTED && one.phase() != Phase.ABSENT;
            if (inMemory || calledBack) {
                places.add(one.host().orElseThrow());
                one.goal()
                        .filter(goal -> goal.state() != Goal.State.ABSENT)
                        .flatMap(Goal::host)
                        .ifPresent(places::add);
                boolean lostWay = one.phase() == Phase.MOVING
                        && one.goal()
                                .flatMap(Goal::host)
                                .filter(host -> !host.equals(one.host().get()))
                                .isEmpty();
                if (lostWay) {
                    places.addAll(all);
                }
            }
        });
        action.ifPresent(one -> {
            if (one instanceof Action.Restore) {
                places.add(node.orElseThrow().host().orElseThrow());
            }
            one.target().ifPresent(places::add);
            if (one instanceof Action.Build && one.target().isEmpty()) {
                view.hosts().stream()
                        .filter(host -> host.up() && host.disabled().isEmpty())
                        .forEach(host -> places.add(host.name()));
            }
        });
        return places;
    }

    private static Map<String, Long> memory(SiteView view, List<Action> actions) {
        Map<NodeName, Action> byNode = new HashMap<>();
        actions.forEach(action -> {
            if (action instanceof Action.OnNode on) {
                byNode.put(on.node(), action);
            }
        });
        Map<String, Long> memory = new HashMap<>();
        Map<NodeName, Node> nodes = new HashMap<>();
        view.nodes().forEach(node -> nodes.put(node.name(), node));
        Set<NodeName> names = new HashSet<>(nodes.keySet());
        names.addAll(byNode.keySet());
        for (NodeName name : names) {
            Optional<Node> node = Optional.ofNullable(nodes.get(name));
            Optional<Action> action = Optional.ofNullable(byNode.get(name));
            long size = node.map(one -> one.size().map(Size::memory).orElse(0L))
                    .orElseGet(() -> view.pools()
                            .get(0)
                            .terms()
                            .map(Pool.Terms::size)
                            .map(Size::memory)
                            .orElse(0L));
            places(view, node, action).forEach(place -> memory.merge(place, size, Long::sum));
        }
        for (PhysicalNode node : view.physical()) {
            for (Job job : node.jobs()) {
                memory.merge(node.name().value(), job.request().size().memory(), Long::sum);
            }
        }
        return memory;
    }

    @Property
    @Label("active memory never exceeds a host's, whichever actions of a plan are done, under way or not begun")
    void memory(@ForAll long seed) {
        RandomSite random = new RandomSite(seed);
        SiteView view = random.doubtful();
        Plan plan = planner(random).plan(Outlook.of(view, random.basis()));
        Map<String, Long> before = memory(view, List.of());
        for (int prefix = 1; prefix <= plan.actions().size(); prefix++) {
            Map<String, Long> worst = memory(view, plan.actions().subList(0, prefix));
            for (Host host : view.hosts()) {
                long was = before.getOrDefault(host.name(), 0L);
                long most =
                        host.size().map(size -> Math.max(size.memory(), was)).orElse(was);
                assertThat(worst.getOrDefault(host.name(), 0L))
                        .as("%s after %s", host, plan.lines().subList(0, prefix))
                        .isLessThanOrEqualTo(most);
            }
        }
    }

    @Property
    @Label("nothing that an admin wants left as it is, is lost, or is in motion is touched")
    void hands(@ForAll long seed) {
        RandomSite random = new RandomSite(seed);
        SiteView view = random.doubtful();
        Outlook outlook = Outlook.of(view, random.basis());
        for (Action action : planner(random).plan(outlook).actions()) {
            Optional<NodeName> name = action instanceof Action.OnNode on
                    ? Optional.of(on.node())
                    : action instanceof Action.OnJob job
                            ? Optional.of(NodeName.of(job.job().substring(1)))
                            : Optional.empty();
            name.flatMap(outlook::node).ifPresent(node -> {
                assertThat(node.intent()).as(action.line()).isEmpty();
                assertThat(node.phase()).as(action.line()).isNotEqualTo(Phase.LOST);
                assertThat(Outlook.inMotion(node)).as(action.line()).isFalse();
            });
            action.target()
                    .ifPresent(
                            host -> assertThat(outlook.host(host).orElseThrow().disabled())
                                    .as(action.line())
                                    .isEmpty());
        }
    }

    @Property
    @Label("the same outlook gives the same plan, and it is read back as it was written")
    void determinism(@ForAll long seed) {
        RandomSite random = new RandomSite(seed);
        SiteView view = random.doubtful();
        Basis basis = random.basis();
        Planner planner = planner(random);
        Plan plan = planner.plan(Outlook.of(view, basis));
        assertThat(planner.plan(Outlook.of(view, basis))).isEqualTo(plan);
        assertThat(Plan.parse(plan.json())).isEqualTo(plan);
        History noted = basis.history().noted(plan, view).seen(view);
        assertThat(History.parse(noted.json())).isEqualTo(noted);
    }

    @Property
    @Label("no job loses its work if a way without loss makes the deadline")
    void loss(@ForAll long seed) {
        RandomSite random = new RandomSite(seed);
        SiteView view = random.calm();
        Basis basis = random.basis()
                .with(new CostModel(
                        new CostModel.Rates(1 + Math.floorMod(seed, 400), 1 + Math.floorMod(seed / 7, 400), 0),
                        SomeSite.basis().costs().calibration()));
        Outlook outlook = Outlook.of(view, basis);
        Plan plan = new Planner(ClearancePolicy.OPPORTUNISTIC).plan(outlook);
        for (Action.OnJob lost : plan.actions(Action.OnJob.class)) {
            Node node = view.nodes().stream()
                    .filter(one -> one.jobs().stream().anyMatch(job -> job.id().equals(lost.job())))
                    .findFirst()
                    .orElseThrow();
            Ladder ladder = basis.classes().ladder(node);
            assertThat(ladder.rungs()).containsAnyOf(Rung.REQUEUE, Rung.CANCEL);
            Duration left = Duration.between(view.time(), lost.why().deadline().orElseThrow());
            boolean first = plan.actions().get(0).equals(lost);
            boolean bears = node.jobs().stream()
                    .allMatch(job -> History.awaySoFar(job, view.time())
                                    .plus(basis.costs()
                                            .cost(Rung.CHECKPOINT, node)
                                            .away())
                                    .compareTo(Budget.DEFAULT.away())
                            <= 0);
            if (first && bears && ladder.rungs().contains(Rung.CHECKPOINT)) {
                assertThat(basis.costs().cost(Rung.CHECKPOINT, node).takes())
                        .as(lost.line())
                        .isGreaterThan(left);
            }
        }
    }

    private static boolean opposite(Action first, Action second) {
        return (puts(first) && brings(second))
                || (brings(first) && puts(second))
                || (first instanceof Action.Migrate && second instanceof Action.Migrate);
    }

    private static boolean puts(Action action) {
        // a name may be used again where a job was ended to make room for just that
        boolean idle = action instanceof Action.Remove && action.why().policy().equals(QueuePolicy.NAME);
        return action instanceof Action.Checkpoint || action instanceof Action.Hold || idle;
    }

    private static boolean brings(Action action) {
        return action instanceof Action.Restore || action instanceof Action.Release || action instanceof Action.Build;
    }

    @Property
    @Label("in a world where nothing else happens, plans come to an end and no node goes to and fro")
    void rest(@ForAll long seed) {
        RandomSite random = new RandomSite(seed);
        SiteView view = random.calm();
        Planner planner = new Planner(ALL, List.of(), Set.of());
        Basis basis = random.basis();
        basis = basis.with(basis.history().seen(view));
        Map<NodeName, Action> last = new HashMap<>();
        Map<NodeName, Integer> turns = new HashMap<>();
        List<String> story = new ArrayList<>();
        for (int round = 0; round < 40; round++) {
            Plan plan = planner.plan(Outlook.of(view, basis));
            if (plan.isEmpty()) {
                return;
            }
            for (Action action : plan.actions()) {
                story.add(round + ": " + action.line());
                if (action instanceof Action.OnNode on) {
                    Action before = last.put(on.node(), action);
                    if (before != null && opposite(before, action)) {
                        // once is new facts: what another policy freed or took away
                        assertThat(turns.merge(on.node(), 1, Integer::sum))
                                .as("%s\n%s", String.join("\n", story), view)
                                .isEqualTo(1);
                    }
                }
            }
            History noted = basis.history().noted(plan, view);
            view = Imagine.done(view, plan.actions());
            basis = basis.with(noted.seen(view));
        }
        assertThat(story).as("it never comes to rest").isEmpty();
    }

    @Property
    @Label("no job is interrupted more often or longer than its class bears")
    void budget(@ForAll long seed) {
        RandomSite random = new RandomSite(seed);
        SiteView view = random.calm();
        Budget tight = new Budget(Duration.ofMinutes(1), 2, Duration.ofHours(12));
        JobClass everybody =
                new JobClass("all", JobClass.Match.ANY, false, true, Ladder.of(Rung.HOLD, Rung.CHECKPOINT), tight);
        Basis basis = random.basis().with(new JobClasses(List.of(everybody)));
        Map<String, Integer> times = new HashMap<>();
        for (int round = 0; round < 30; round++) {
            Set<String> interrupted = new HashSet<>();
            SiteView now = view;
            Plan plan = planner(random).plan(Outlook.of(now, basis));
            for (Action action : plan.actions()) {
                boolean interrupts = action instanceof Action.Hold || action instanceof Action.Checkpoint;
                if (interrupts) {
                    now.nodes().stream()
                            .filter(node -> node.name().value().equals(action.subject()))
                            .flatMap(node -> node.jobs().stream())
                            .filter(Job::running)
                            .forEach(job -> interrupted.add(job.id()));
                }
            }
            interrupted.forEach(job -> times.merge(job, 1, Integer::sum));
            History noted = basis.history().noted(plan, view);
            view = later(Imagine.done(view, plan.actions()), round);
            basis = basis.with(noted.seen(view));
        }
        assertThat(times.values()).allMatch(count -> count <= 2);
    }

    private static SiteView later(SiteView view, int round) {
        Instant time = SomeSite.NOON.plus(Duration.ofMinutes(10L * (round + 1)));
        return new SiteView(view.site(), time, view.nodes(), view.hosts(), view.jobs(), view.pools(), view.physical());
    }

    @Property
    @Label("the ledger after the actions is the ledger of the site as it would be seen")
    void ledger(@ForAll long seed) {
        RandomSite random = new RandomSite(seed);
        SiteView view = random.doubtful();
        Plan plan = planner(random).plan(Outlook.of(view, random.basis()));
        Capacity anew = Capacity.of(Imagine.begun(view, plan.actions()), Size.NONE);
        Capacity kept = Capacity.of(view, Size.NONE);
        SiteView now = view;
        for (Action action : plan.actions()) {
            SiteView next = Imagine.begun(now, List.of(action));
            if (action instanceof Action.OnNode on) {
                Optional<Node> before = Outlook.of(now).node(on.node());
                kept.change(before, Outlook.of(next).node(on.node()).orElseThrow());
            }
            now = next;
        }
        for (Host host : view.hosts()) {
            assertThat(kept.activeMemory(host.name())).isEqualTo(anew.activeMemory(host.name()));
            assertThat(kept.free(host.name())).isEqualTo(anew.free(host.name()));
        }
    }
}
