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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A plan becomes what it says; what cannot be is left out. */
class CarriedOutTest {
    private static final NodeName VN01 = NodeName.of("vn01");
    private static final Why WHY = new Why("there is no room", "backfill checkpoint", Cost.NONE);

    private final VirtualTime time = new VirtualTime();
    private final Simulation site = new Simulation(time);
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private Consumer<String> before = what -> {};
    private final Spillway spillway = Spillway.over(
            "simulated",
            Map.of("htc", new Pool("htc", "htc", Hostlist.parse("vn[01-04]"), 4)),
            site.ports(wire()),
            time);

    private Wire wire() {
        Wire wire = site.wire();
        return new Wire() {
            @Override
            public <T> T call(String what, Supplier<T> work) {
                asked.add(what);
                before.accept(what);
                return wire.call(what, work);
            }
        };
    }

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
                        .await()
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
                        "job 12 is on no virtual node any more",
                        "vn09 is not there any more",
                        "vn01 is there already",
                        "host nowhere is not there, down or disabled");
    }

    private List<String> story() {
        return site.story().stream()
                .map(line -> line.substring(line.indexOf(" s  ") + 4))
                .toList();
    }

    @Test
    void aJobIsRequeuedBeforeTheNodeUnderItGoesAndNothingStartsThereMeanwhile() {
        site.running("11", "vn01");
        CarriedOut out = carryOut(new Action.Remove(VN01, WHY), new Action.Requeue("11", WHY));
        assertThat(out.refused()).isEmpty();
        assertThat(out.operation().await().complete()).isTrue();
        assertThat(story()).containsSubsequence("drain vn01", "requeue job 11", "delete node vn01");
        assertThat(phases()).doesNotContainKey(VN01);
        assertThat(site.batches.get("11").state).isEqualTo(Batch.State.PENDING);
    }

    @Test
    void aCancelledJobIsGone() {
        site.running("11", "vn01");
        assertThat(carryOut(new Action.Cancel("11", WHY)).refused()).isEmpty();
        site.pass(Duration.ofSeconds(5));
        assertThat(site.batches).isEmpty();
        assertThat(phases()).containsEntry(VN01, Phase.READY);
    }

    @Test
    void aJobThatSomebodyHoldsStaysAndSoDoesItsNode() {
        site.running("11", "vn01");
        site.admin().holds("11");
        CarriedOut out = carryOut(new Action.Requeue("11", WHY), new Action.Remove(VN01, WHY));
        assertThat(out.operation().await().nodes()).isEmpty();
        assertThat(out.refused())
                .extracting(Plan.Refused::why)
                .containsExactly(
                        "somebody holds or has suspended job 11",
                        "its jobs were not ended: somebody holds or has suspended job 11");
        assertThat(phases()).as("it was only closed for a moment").containsEntry(VN01, Phase.READY);
        assertThat(site.batches.get("11").state).isEqualTo(Batch.State.RUNNING);
    }

    @Test
    void aJobThatSomebodySuspendedStays() {
        site.running("11", "vn01");
        site.admin().suspends("11");
        assertThat(carryOut(new Action.Cancel("11", WHY)).refused()).hasSize(1);
        assertThat(site.batches.get("11").state).isEqualTo(Batch.State.SUSPENDED);
    }

    @Test
    void aHostIsDisabledBeforeItIsEmptiedAndEnabledBeforeItIsRefilled() {
        var off = new Action.DisableHost("cn01", "spillway: maintenance", WHY);
        CarriedOut out = carryOut(new Action.Migrate(VN01, "cn02", WHY), off);
        assertThat(out.operation().await().complete()).isTrue();
        CarriedOut back = carryOut(new Action.Migrate(VN01, "cn01", WHY), new Action.EnableHost("cn01", WHY));
        assertThat(back.refused()).isEmpty();
        assertThat(back.operation().await().complete()).isTrue();
        assertThat(story())
                .containsSubsequence(
                        "disable cn01", "live-migrate to cn02 vn01", "enable cn01", "live-migrate to cn01 vn01");
    }

    @Test
    void noAdminIsUndone() {
        site.admin().disables("cn01", "disk is dying");
        site.admin().disables("cn02", "spillway: eviction by 2027-01-15T08:00:00Z");
        CarriedOut out = carryOut(
                new Action.EnableHost("cn01", WHY),
                new Action.EnableHost("cn02", WHY),
                new Action.DisableHost("cn01", "spillway: maintenance", WHY),
                new Action.DisableHost("cn02", "spillway: maintenance", WHY),
                new Action.DisableHost("cn03", "spillway: maintenance", WHY));
        assertThat(out.refused())
                .extracting(Plan.Refused::why)
                .containsExactly(
                        "an admin has disabled it: disk is dying",
                        "its owner wants it empty: spillway: eviction by 2027-01-15T08:00:00Z",
                        "an admin has disabled it: disk is dying",
                        "it is disabled already: spillway: eviction by 2027-01-15T08:00:00Z",
                        "there is no host cn03");
        assertThat(site.disabled).hasSize(2);
    }

    @Test
    void whatAPersonPutAwayIsNotBroughtBack() {
        spillway.checkpoint(Hostlist.parse("vn01")).await().orThrow();
        CarriedOut out = carryOut(new Action.Restore(VN01, Optional.empty(), WHY));
        assertThat(out.refused()).extracting(Plan.Refused::why).containsExactly("vn01 was CHECKPOINTED by an admin");
    }

    @Test
    void whatAPolicyPutAwayBearsItsName() {
        carryOut(new Action.Checkpoint(VN01, WHY)).operation().await().orThrow();
        assertThat(site.vmsOf(VN01).get(0).metadata.get("spillway:by")).startsWith("backfill aside 2027-01-15T");
        carryOut(new Action.Restore(VN01, Optional.empty(), WHY))
                .operation()
                .await()
                .orThrow();
        assertThat(site.vmsOf(VN01).get(0).metadata).containsEntry("spillway:by", "no policy");
    }

    @Test
    void aLookThatWasJustTakenIsNotTakenAgain() {
        var view = spillway.view();
        var build = new Action.Build(VN01, "htc", Optional.empty(), WHY);
        asked.clear();
        CarriedOut out = spillway.carryOut(Plan.of(Outlook.of(view), List.of(build)), view);
        assertThat(out.refused()).extracting(Plan.Refused::why).containsExactly("vn01 is there already");
        assertThat(asked).isEmpty();
    }

    @Test
    void aNodeThatIsBeingMadeIsNotMadeAgainThoughNovaDoesNotShowItYet() {
        NodeName fresh = NodeName.of("vn03");
        var build = new Action.Build(fresh, "htc", Optional.empty(), WHY);
        List<CarriedOut> second = new CopyOnWriteArrayList<>();
        before = what -> {
            if (what.equals("create vn03") && second.isEmpty()) {
                second.add(carryOut(build));
            }
        };
        CarriedOut first = carryOut(build);
        assertThat(first.operation().await().complete()).isTrue();
        assertThat(second.get(0).refused()).extracting(Plan.Refused::why).containsExactly("vn03 is under way already");
        assertThat(phases()).containsEntry(fresh, Phase.READY);
    }

    @Test
    void anEmptyPlanIsDoneAtOnce() {
        assertThat(carryOut().operation().await().nodes()).isEmpty();
    }
}
