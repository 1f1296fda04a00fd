package io.spillway.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.CarriedOut;
import io.spillway.Spillway;
import io.spillway.model.Hostlist;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.Pool;
import io.spillway.policy.Action;
import io.spillway.policy.Cost;
import io.spillway.policy.Outlook;
import io.spillway.policy.Plan;
import io.spillway.policy.Why;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A plan becomes what it says; what cannot be is left out. */
class CarriedOutTest {
    private static final NodeName VN01 = NodeName.of("vn01");
    private static final Why WHY = new Why("there is no room", "backfill checkpoint", Cost.NONE);

    private final VirtualTime time = new VirtualTime();
    private final SimulatedSite site = new SimulatedSite(time);
    private final Spillway spillway = Spillway.over(
            "simulated",
            Map.of("htc", new Pool("htc", "htc", Hostlist.parse("vn[01-02]"), 2)),
            site.ports(site.wire()),
            time);

    @BeforeEach
    void twoNodes() {
        site.ready("vn01");
        site.ready("vn02");
        site.pass(Duration.ofMinutes(1));
    }

    private CarriedOut carryOut(Action... actions) {
        Plan plan = Plan.of(Outlook.of(spillway.view()), List.of(actions));
        return spillway.carryOut(Plan.parse(plan.json()));
    }

    private Map<NodeName, Phase> phases() {
        return spillway.nodes().stream().collect(java.util.stream.Collectors.toMap(Node::name, Node::phase));
    }

    @Test
    void thereAndBack() {
        CarriedOut away = carryOut(new Action.Checkpoint(VN01, WHY));
        assertThat(away.refused()).isEmpty();
        assertThat(away.operation().await().complete()).isTrue();
        assertThat(phases()).containsEntry(VN01, Phase.CHECKPOINTED).containsEntry(NodeName.of("vn02"), Phase.READY);
        assertThat(carryOut(new Action.Restore(VN01, Optional.empty(), WHY))
                        .operation()
                        .outcome()
                        .join()
                        .complete())
                .isTrue();
        assertThat(phases()).containsEntry(VN01, Phase.READY);
    }

    @Test
    void whatCannotBeIsLeftOutAndTheRestGoesOn() {
        CarriedOut out = carryOut(
                new Action.Checkpoint(NodeName.of("vn09"), WHY),
                new Action.Build(VN01, "htc", Optional.empty(), WHY),
                new Action.Migrate(NodeName.of("vn02"), "nowhere", WHY),
                new Action.Requeue("12", WHY),
                new Action.Hold(VN01, WHY));
        assertThat(out.operation().await().complete()).isTrue();
        assertThat(phases()).containsEntry(VN01, Phase.HELD);
        assertThat(out.refused())
                .extracting(Plan.Refused::why)
                .containsExactly(
                        "vn09 is not there any more",
                        "vn01 is there already",
                        "host nowhere is not there, down or disabled",
                        "Spillway ends no jobs yet; scontrol requeue and scancel do");
    }

    @Test
    void anEmptyPlanIsDoneAtOnce() {
        assertThat(carryOut().operation().await().nodes()).isEmpty();
    }
}
