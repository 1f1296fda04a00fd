package io.spillway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillway.failure.UnreachableException;
import io.spillway.model.Goal;
import io.spillway.model.NodeName;
import io.spillway.model.SiteView;
import io.spillway.policy.Action;
import io.spillway.policy.Cost;
import io.spillway.policy.Outlook;
import io.spillway.policy.Plan;
import io.spillway.policy.Policy;
import io.spillway.policy.SomeSite;
import io.spillway.policy.Why;
import io.spillway.policy.Work;
import io.spillway.policy.rules.Policies;
import io.spillway.reconcile.NodeOutcome;
import io.spillway.reconcile.Pace;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PilotTest {
    private static final NodeName VN01 = NodeName.of("vn01");
    private static final SiteView VIEW = SomeSite.site()
            .host("cn01", 4, 8000)
            .pool("htc", "vn[01-04]", 0, 0)
            .node("vn01", "cn01")
            .job("12", "low")
            .view();

    private final List<Plan> begun = new ArrayList<>();
    private final CompletableFuture<NodeOutcome> way = new CompletableFuture<>();
    private List<Plan.Refused> refused = List.of();
    private Instant now = SomeSite.NOON;

    /** Wants vn01 checkpointed, whatever it is. */
    private record Away01() implements Policy {
        @Override
        public String name() {
            return "away";
        }

        @Override
        public Plan plan(Outlook outlook) {
            return Plan.of(outlook, List.of(new Action.Checkpoint(VN01, new Why("for a test", "away", Cost.NONE))));
        }
    }

    private CarriedOut begin(Plan plan, SiteView view) {
        begun.add(plan);
        Operation operation = new Operation("plan", Pace.REAL);
        operation.follow(List.of(way));
        return new CarriedOut(operation, refused);
    }

    private Pilot pilot(Set<String> trials) {
        Policies none = Policies.NONE;
        var policies = new Policies(
                none.classes(), none.reserve(), none.limits(), none.rates(), List.of(), List.of(new Away01()), trials);
        return new Pilot(this::begin, policies, Pilot.Memory.NONE, () -> now);
    }

    @Test
    void whatIsDecidedIsBegunAndRemembered() {
        Pilot pilot = pilot(Set.of());
        Plan plan = pilot.round(VIEW);
        assertThat(plan.actions()).hasSize(1);
        assertThat(begun).containsExactly(plan);
        assertThat(pilot.latest()).contains(plan);
        assertThat(pilot.memory().history().jobs()).containsOnlyKeys("12");
    }

    @Test
    void byAStaleLookNothingIsBegun() {
        now = SomeSite.NOON.plusSeconds(91);
        Plan plan = pilot(Set.of()).round(VIEW);
        assertThat(begun).isEmpty();
        assertThat(plan.lines())
                .containsExactly("nothing (planner): the look at the site is 91.0 s old, 90.0 s at most would do");
    }

    @Test
    void aTrialBeginsNothing() {
        Plan plan = pilot(Set.of("away")).round(VIEW);
        assertThat(begun).isEmpty();
        assertThat(plan.lines()).containsExactly("not checkpoint vn01 (away): away only plans (dry-run)");
    }

    @Test
    void whatCouldNotBeBegunIsToldAndNotRemembered() {
        var checkpoint = new Away01().plan(Outlook.of(VIEW)).actions().get(0);
        refused = List.of(new Plan.Refused("away", Optional.of(checkpoint), "vn01 is not there any more"));
        Pilot pilot = pilot(Set.of());
        Plan plan = pilot.round(VIEW);
        assertThat(plan.actions()).isEmpty();
        assertThat(plan.lines()).containsExactly("not checkpoint vn01 (away): vn01 is not there any more");
        assertThat(pilot.memory().history().jobs()).isEmpty();
    }

    @Test
    void itLearnsWhatACheckpointTakesHere() {
        Pilot pilot = pilot(Set.of());
        pilot.round(VIEW);
        assertThat(pilot.memory().calibration().factors()).isEmpty();
        Duration took = Duration.ofSeconds(40);
        way.complete(new NodeOutcome(VN01, Goal.CHECKPOINTED, Optional.empty(), "", List.of(), took, Duration.ZERO));
        assertThat(pilot.memory().calibration().factors()).containsOnlyKeys(Work.CHECKPOINT);
    }

    @Test
    void fromAFailureItLearnsNothing() {
        Pilot pilot = pilot(Set.of());
        pilot.round(VIEW);
        var why = Optional.<io.spillway.failure.SpillwayException>of(new UnreachableException("vn01", "no answer"));
        way.complete(new NodeOutcome(VN01, Goal.CHECKPOINTED, why, "", List.of(), Duration.ofHours(1), Duration.ZERO));
        assertThat(pilot.memory().calibration().factors()).isEmpty();
    }

    @Test
    void aPartThatDoesNotAnswerMeansThatNothingWasDone() {
        Policies none = Policies.NONE;
        var policies = new Policies(
                none.classes(),
                none.reserve(),
                none.limits(),
                none.rates(),
                List.of(),
                List.of(new Away01()),
                Set.of());
        Pilot pilot = new Pilot(
                (plan, view) -> {
                    throw new UnreachableException(null, "Nova does not answer");
                },
                policies,
                Pilot.Memory.NONE,
                () -> now);
        assertThatThrownBy(() -> pilot.round(VIEW)).hasMessage("Nova does not answer");
        assertThat(pilot.memory().history().jobs()).isEmpty();
    }
}
