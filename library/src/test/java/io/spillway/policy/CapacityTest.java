package io.spillway.policy;

import static io.spillway.policy.SomeSite.site;
import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.model.Goal;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.Size;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What counts as in use, and what as free. */
class CapacityTest {
    private static SomeSite one() {
        return site().host("cn01", 4, 4000).host("cn02", 4, 4000).pool("htc", "vn[01-08]", 0, 0);
    }

    private static Size free(SomeSite site) {
        return site.outlook().capacity().free("cn01");
    }

    @Test
    void aNodeThatRunsCounts() {
        assertThat(free(one().node("vn01", "cn01"))).isEqualTo(new Size(3, 3000));
    }

    @Test
    void aHeldNodeLeavesItsCpus() {
        assertThat(free(one().node("vn01", "cn01").held())).isEqualTo(new Size(4, 3000));
    }

    @Test
    void aCheckpointedNodeLeavesAllThoughNovaKeepsItsClaim() {
        SomeSite site = one().node("vn01", "cn01").checkpointed().ratio("cn01", 1, 0.25);
        assertThat(free(site)).isEqualTo(new Size(4, 4000));
        Capacity capacity = site.outlook().capacity();
        assertThat(capacity.novaCouldPlace("cn01", new Size(1, 1000))).isEqualTo(Capacity.Answer.NO);
        assertThat(capacity.novaCouldPlace("cn02", new Size(1, 1000))).isEqualTo(Capacity.Answer.UNKNOWN);
        assertThat(site.ratio("cn01", 1, 1).outlook().capacity().novaCouldPlace("cn01", new Size(1, 1000)))
                .isEqualTo(Capacity.Answer.YES);
    }

    @Test
    void aCheckpointedNodeThatIsCalledBackCounts() {
        assertThat(free(one().node("vn01", "cn01").is(Phase.CHECKPOINTED, Optional.of(Goal.READY))))
                .isEqualTo(new Size(3, 3000));
    }

    @Test
    void aNodeOnItsWayCountsOnBothHosts() {
        Capacity capacity = one().node("vn01", "cn02")
                .is(Phase.CHECKPOINTED, Optional.of(Goal.READY.on("cn01")))
                .outlook()
                .capacity();
        assertThat(capacity.free("cn01")).isEqualTo(new Size(3, 3000));
        assertThat(capacity.free("cn02")).isEqualTo(new Size(3, 3000));
    }

    @Test
    void aNodeThatMovesNobodyKnowsWhereCountsEverywhere() {
        Capacity capacity = one().node("vn01", "cn02")
                .is(Phase.MOVING, Optional.of(Goal.READY))
                .outlook()
                .capacity();
        assertThat(capacity.free("cn01")).isEqualTo(new Size(3, 3000));
    }

    @Test
    void physicalJobsAndTheReserveCount() {
        SomeSite site = one().physical("cn01", new Size(4, 4000), new Size(2, 500));
        assertThat(free(site)).isEqualTo(new Size(2, 3500));
        assertThat(site.outlook(SomeSite.basis().with(new Size(1, 512)))
                        .capacity()
                        .free("cn01"))
                .isEqualTo(new Size(1, 2988));
    }

    @Test
    void aNodeIsWokenWhereItsMemoryIsBeforeItMoves() {
        SomeSite site = one().node("vn01", "cn01")
                .of(1, 3500)
                .node("vn02", "cn01")
                .checkpointed()
                .away("mine", "cn01", true);
        Outlook outlook = site.outlook();
        Action.Restore action =
                new Action.Restore(NodeName.of("vn02"), Optional.of("cn02"), new Why("it", "mine", Cost.NONE));
        Plan plan = new Planner(new Policy() {
                    @Override
                    public String name() {
                        return "mine";
                    }

                    @Override
                    public Plan plan(Outlook seen) {
                        return Plan.of(seen, java.util.List.of(action));
                    }
                })
                .plan(outlook);
        assertThat(plan.refused().get(0).why())
                .isEqualTo("cn01 has 3 CPUs, 500 MiB free, 0 CPUs, 1000 MiB would be wanted");
    }

    @Test
    void aHostThatIsANodeTooBearsBothIfAllThatSlurmMayGiveThereHasRoomBesideTheVirtualNodes() {
        SomeSite site = one().physical("cn01", new Size(4, 2500), new Size(4, 2500))
                .physical("cn02", new Size(4, 2500), new Size(1, 1))
                .physical("cn03", new Size(4, 2500), new Size(1, 1))
                .node("vn01", "cn01")
                .held()
                .node("vn02", "cn02")
                .node("vn03", "cn02");
        assertThat(Capacity.lacking(site.outlook().view(), Size.NONE))
                .containsExactly(
                        Map.entry("cn01", Optional.empty()),
                        Map.entry(
                                "cn02",
                                Optional.of("2500 MiB for jobs, 2000 MiB in virtual nodes and 0 MiB kept back are more"
                                        + " than its 4000 MiB")));
        assertThat(Capacity.lacking(site.outlook().view(), new Size(0, 501)).get("cn01"))
                .isPresent();
        site.node("vn03", "cn02").checkpointed();
        assertThat(Capacity.lacking(site.outlook().view(), Size.NONE).get("cn02"))
                .isEmpty();
        assertThat(Capacity.lacking(site.hostOfUnknownSize("cn02").outlook().view(), Size.NONE)
                        .get("cn02"))
                .hasValueSatisfying(why -> assertThat(why).contains("nobody knows"));
    }

    @Test
    void aPhysicalJobThatNamesNoMemoryHasItsCpusPartOfTheNodes() {
        SomeSite site = site().host("cn01", 4, 4000).physical("cn01", new Size(4, 4000), new Size(1, 0));
        assertThat(site.outlook().capacity().free("cn01")).isEqualTo(new Size(3, 3000));
        assertThat(site.physical("cn01", new Size(4, 4000), new Size(3, 0))
                        .outlook()
                        .capacity()
                        .free("cn01"))
                .isEqualTo(new Size(1, 1000));
        assertThat(site.physical("cn01", Size.NONE, new Size(1, 0))
                        .outlook()
                        .capacity()
                        .free("cn01"))
                .as("nobody knows the node's parts")
                .isEqualTo(new Size(3, 0));
    }
}
