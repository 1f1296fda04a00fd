package io.spillway.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.Pilot;
import io.spillway.Spillway;
import io.spillway.model.Bounds;
import io.spillway.model.Hostlist;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.Pool;
import io.spillway.model.Size;
import io.spillway.policy.Action;
import io.spillway.policy.Budget;
import io.spillway.policy.Cost;
import io.spillway.policy.JobClass;
import io.spillway.policy.JobClasses;
import io.spillway.policy.Ladder;
import io.spillway.policy.Outlook;
import io.spillway.policy.Plan;
import io.spillway.policy.Policy;
import io.spillway.policy.Why;
import io.spillway.policy.rules.Policies;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Policies that fail, want the impossible, contradict each other or flap: others are heard, no job is lost. */
class FaultyPoliciesTest {
    private static final NodeName VN01 = NodeName.of("vn01");
    private static final NodeName VN02 = NodeName.of("vn02");
    private static final int ROUNDS = 60;
    private static final int TIMES = 3;

    private final VirtualTime time = new VirtualTime();
    private final Simulation site = new Simulation(time);

    private record Some(String name, Function<Outlook, List<Action>> wish) implements Policy {
        @Override
        public Plan plan(Outlook outlook) {
            return Plan.of(outlook, wish.apply(outlook));
        }
    }

    private static Why why(String who) {
        return new Why("a test wants it", who, Cost.NONE);
    }

    private static Optional<Phase> phase(Outlook outlook, NodeName name) {
        return outlook.view().nodes().stream()
                .filter(node -> node.name().equals(name))
                .map(Node::phase)
                .findFirst();
    }

    /** Holds the node in one round, releases it in the next. */
    private static List<Action> flap(Outlook outlook) {
        boolean held = phase(outlook, VN01).equals(Optional.of(Phase.HELD));
        return List.of(held ? new Action.Release(VN01, why("flaps")) : new Action.Hold(VN01, why("flaps")));
    }

    private Spillway spillway(Policy... all) {
        JobClass low = new JobClass(
                "low",
                JobClass.Match.ANY,
                false,
                true,
                Ladder.KEEPING,
                new Budget(Duration.ofMinutes(2), TIMES, Duration.ofHours(12)));
        Policies none = Policies.NONE;
        Policies policies = new Policies(
                new JobClasses(List.of(low)),
                none.reserve(),
                none.limits(),
                none.rates(),
                List.of(),
                List.of(all),
                Set.of());
        var terms = new Pool.Terms(new Size(1, 1000), Set.of(), Set.of(), 0, 0);
        Pool pool = new Pool("htc", "htc", Hostlist.parse("vn[01-04]"), 4, Optional.of(terms));
        return Spillway.over("simulated", Map.of("htc", pool), site.ports(site.wire()), time, Bounds.DEFAULT, policies);
    }

    @Test
    void theRestGoesOnAndTheSiteIsUnharmed() {
        site.ready("vn01");
        site.ready("vn02");
        site.pass(Duration.ofMinutes(10));
        String low = site.submit("low", Optional.of(Hostlist.parse("vn01")), Duration.ofMinutes(20));
        String calm = site.submit("calm", Optional.of(Hostlist.parse("vn02")), Duration.ofMinutes(20));
        site.pass(Duration.ofMinutes(5));
        Spillway spillway = spillway(
                new Some("throws", outlook -> {
                    throw new IllegalStateException("a mistake\nof two lines");
                }),
                new Some(
                        "impossible",
                        outlook -> List.of(
                                new Action.Migrate(VN02, "nowhere", why("impossible")),
                                new Action.Build(VN01, "htc", Optional.empty(), why("impossible")))),
                new Some("late", outlook -> List.of(new Action.Checkpoint(NodeName.of("vn04"), why("late")))),
                new Some("flaps", FaultyPoliciesTest::flap),
                new Some("contradicts", outlook -> List.of(new Action.Checkpoint(VN01, why("contradicts")))));
        Pilot pilot = spillway.pilot(Pilot.Memory.NONE);
        Map<String, Set<String>> refused = new TreeMap<>();
        int held = 0;
        for (int round = 0; round < ROUNDS && !ended(low); round++) {
            Plan plan = pilot.round(spillway.view());
            held += plan.actions(Action.Hold.class).size();
            plan.refused()
                    .forEach(one -> refused.computeIfAbsent(one.policy(), name -> new HashSet<>())
                            .add(one.why()));
            site.pass(Duration.ofSeconds(30));
        }
        assertThat(held).as("a budget ends the flapping").isEqualTo(TIMES);
        assertThat(refused.get("throws")).containsExactly("it failed: a mistake of two lines");
        assertThat(refused.get("impossible")).contains("there is no host nowhere", "vn01 is there already, READY");
        assertThat(refused.get("late")).containsExactly("vn04 is not there");
        assertThat(refused.get("contradicts")).contains("flaps wants to hold it already");
        // the flapping node's job was interrupted and went on, the other's was not touched, and both came to their end
        site.pass(Duration.ofMinutes(10));
        assertThat(ended(low)).isTrue();
        assertThat(ended(calm)).isTrue();
    }

    private boolean ended(String job) {
        return site.story().stream().anyMatch(line -> line.endsWith("job %s is COMPLETED".formatted(job)));
    }
}
