package io.spillway.policy;

import static io.spillway.policy.SomeSite.NOON;
import static io.spillway.policy.SomeSite.site;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillway.failure.BadInputException;
import io.spillway.model.Goal;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.Size;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What a planner refuses, and that the rest goes on. */
class PlannerTest {
    private static final Why WHY = new Why("somebody wants it", "mine", Cost.NONE);

    private static NodeName vn(String name) {
        return NodeName.of(name);
    }

    private static Action checkpoint(String name) {
        return new Action.Checkpoint(vn(name), WHY);
    }

    private static Policy wants(String name, Function<Outlook, List<Action>> actions) {
        return new Policy() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Plan plan(Outlook outlook) {
                return Plan.of(outlook, actions.apply(outlook));
            }
        };
    }

    private static Policy wants(Action... actions) {
        return wants("mine", outlook -> List.of(actions));
    }

    private static SomeSite two() {
        return site().host("cn01", 4, 4000).host("cn02", 4, 2000).pool("htc", "vn[01-08]", 0, 0);
    }

    private static String refusal(SomeSite site, Action action) {
        Plan plan = new Planner(wants(action, checkpoint("vn08")))
                .plan(site.node("vn08", "cn01").outlook());
        assertThat(plan.actions()).as("the rest goes on").containsExactly(checkpoint("vn08"));
        assertThat(plan.refused()).hasSize(1);
        assertThat(plan.refused().get(0).action()).contains(action);
        return plan.refused().get(0).why();
    }

    @Test
    void aNodeThatLeftIsLeftOut() {
        assertThat(refusal(two(), checkpoint("vn01"))).isEqualTo("vn01 is not there");
    }

    @Test
    void anAdminsWordStands() {
        SomeSite site = two().node("vn01", "cn01").job("12", "low").wanted("drained: bad disk");
        assertThat(refusal(site, checkpoint("vn01"))).isEqualTo("an admin has vn01: drained: bad disk");
    }

    @Test
    void anAdminsWordOnAnotherNodeOfTheJobStands() {
        SomeSite site = two().node("vn02", "cn02")
                .wanted("pinned: debugging")
                .node("vn01", "cn01")
                .job("12", "low")
                .alsoOn("12", "vn02");
        assertThat(refusal(site, checkpoint("vn01")))
                .isEqualTo("job 12 is on vn02 too, which an admin has: pinned: debugging");
    }

    @Test
    void aLostNodeIsLeftAlone() {
        assertThat(refusal(two().node("vn01", "cn01").lost(), new Action.Remove(vn("vn01"), WHY)))
                .contains("vn01 is LOST");
    }

    @Test
    void aNodeInMotionIsLetGo() {
        SomeSite site = two().node("vn01", "cn01").is(Phase.READY, Optional.of(Goal.CHECKPOINTED));
        assertThat(refusal(site, new Action.Migrate(vn("vn01"), "cn02", WHY)))
                .isEqualTo("vn01 is READY, on its way to CHECKPOINTED");
    }

    @Test
    void theImpossibleIsToldInOneLine() {
        assertThat(refusal(two().node("vn01", "cn01"), new Action.Restore(vn("vn01"), Optional.empty(), WHY)))
                .isEqualTo("vn01 is READY");
        assertThat(refusal(two().node("vn01", "cn01"), new Action.Migrate(vn("vn01"), "cn09", WHY)))
                .isEqualTo("there is no host cn09");
        assertThat(refusal(two(), new Action.Build(vn("vn01"), "gpu", Optional.empty(), WHY)))
                .isEqualTo("there is no pool gpu");
        assertThat(refusal(two(), new Action.Requeue("77", WHY))).isEqualTo("job 77 is on no virtual node");
    }

    @Test
    void aHostWithoutRoomTakesNothing() {
        SomeSite site = two().node("vn01", "cn01").node("vn02", "cn02").node("vn03", "cn02");
        assertThat(refusal(site, new Action.Migrate(vn("vn01"), "cn02", WHY)))
                .isEqualTo("cn02 has 2 CPUs, 0 MiB free, 1 CPU, 1000 MiB would be wanted");
    }

    @Test
    void aHostOfUnknownSizeHasNoRoom() {
        SomeSite site = two().hostOfUnknownSize("cn03").node("vn01", "cn01");
        assertThat(refusal(site, new Action.Migrate(vn("vn01"), "cn03", WHY)))
                .isEqualTo("nobody knows how much of cn03 is free");
    }

    @Test
    void aNodeOfUnknownSizeMakesItsHostFull() {
        SomeSite site = two().node("vn02", "cn02").ofUnknownSize().node("vn01", "cn01");
        assertThat(refusal(site, new Action.Migrate(vn("vn01"), "cn02", WHY)))
                .isEqualTo("nobody knows how much of cn02 is free");
    }

    @Test
    void anAdminsHostIsClosed() {
        SomeSite site = two().disabled("cn02", "disk is dying").node("vn01", "cn01");
        assertThat(refusal(site, new Action.Migrate(vn("vn01"), "cn02", WHY)))
                .isEqualTo("host cn02 is disabled: disk is dying");
        assertThat(refusal(site, new Action.EnableHost("cn02", WHY)))
                .isEqualTo("an admin has disabled it: disk is dying");
    }

    @Test
    void noWorkIsThrownAwayThatMayNotBe() {
        assertThat(refusal(two().node("vn01", "cn01").job("12", "low"), new Action.Cancel("12", WHY)))
                .isEqualTo("class low does not allow to cancel its jobs");
    }

    @Test
    void noNodeIsRemovedUnderAJob() {
        assertThat(refusal(two().node("vn01", "cn01").job("12", "low"), new Action.Remove(vn("vn01"), WHY)))
                .isEqualTo("vn01 has jobs; a policy removes no node under a job");
    }

    @Test
    void whatAnAdminPutAwayIsOnlyMoved() {
        SomeSite held = two().node("vn01", "cn01").held().job("12", "low");
        assertThat(refusal(held, new Action.Release(vn("vn01"), WHY))).isEqualTo("vn01 was HELD by an admin");
        assertThat(refusal(held, checkpoint("vn01"))).isEqualTo("vn01 was HELD by an admin");
        SomeSite away = two().node("vn01", "cn01").checkpointed();
        assertThat(refusal(away, new Action.Remove(vn("vn01"), WHY))).isEqualTo("vn01 was CHECKPOINTED by an admin");
    }

    @Test
    void theFirstOfTwoThatContradictWins() {
        Plan plan = new Planner(
                        wants("first", outlook -> List.of(checkpoint("vn01"))),
                        wants("second", outlook -> List.of(new Action.Migrate(vn("vn01"), "cn02", WHY))))
                .plan(two().node("vn01", "cn01").outlook());
        assertThat(plan.actions()).containsExactly(checkpoint("vn01"));
        assertThat(plan.lines().get(1))
                .isEqualTo("not migrate vn01 to cn02 (second): mine wants to checkpoint it already");
    }

    @Test
    void aPolicyThatThrowsHurtsNobody() {
        Policy broken = wants("broken", outlook -> {
            throw new IllegalStateException("a\nbug");
        });
        Plan plan = new Planner(broken, wants(checkpoint("vn01")))
                .plan(two().node("vn01", "cn01").outlook());
        assertThat(plan.actions()).containsExactly(checkpoint("vn01"));
        assertThat(plan.refused().get(0).line()).isEqualTo("nothing (broken): it failed: a bug");
    }

    @Test
    void laterPoliciesSeeWhatEarlierOnesBegan() {
        Policy build =
                wants("first", outlook -> List.of(new Action.Build(vn("vn01"), "htc", Optional.of("cn02"), WHY)));
        Policy looks = wants("second", outlook -> {
            assertThat(outlook.node(vn("vn01")).orElseThrow().phase()).isEqualTo(Phase.BUILDING);
            assertThat(outlook.capacity().free("cn02")).isEqualTo(new Size(3, 1000));
            return List.of();
        });
        assertThat(new Planner(build, looks).plan(two().outlook()).refused()).isEmpty();
    }

    @Test
    void aTrialOnlyTells() {
        Planner planner = new Planner(List.of(wants(checkpoint("vn01"))), List.of(), Set.of("mine"));
        Plan plan = planner.plan(two().node("vn01", "cn01").outlook());
        assertThat(plan.actions()).isEmpty();
        assertThat(plan.lines()).containsExactly("not checkpoint vn01 (mine): mine only plans (dry-run)");
    }

    @Test
    void quietHoursBeginNothing() {
        QuietHours noon = new QuietHours(LocalTime.of(11, 0), LocalTime.of(13, 0), ZoneOffset.UTC);
        QuietHours night = new QuietHours(LocalTime.of(22, 0), LocalTime.of(6, 0), ZoneOffset.UTC);
        Outlook outlook = two().node("vn01", "cn01").outlook();
        assertThat(new Planner(List.of(wants(checkpoint("vn01"))), List.of(noon), Set.of())
                        .plan(outlook)
                        .isEmpty())
                .isTrue();
        assertThat(new Planner(List.of(wants(checkpoint("vn01"))), List.of(night), Set.of())
                        .plan(outlook)
                        .actions())
                .hasSize(1);
    }

    @Test
    void anOldLookIsNoGroundToAct() {
        Outlook outlook = two().node("vn01", "cn01").outlook();
        Planner planner = new Planner(wants(checkpoint("vn01")));
        assertThat(planner.plan(outlook, NOON.plusSeconds(90)).actions()).hasSize(1);
        assertThat(planner.plan(outlook, NOON.plusSeconds(91)).lines())
                .containsExactly("nothing (planner): the look at the site is 91.0 s old, 90.0 s at most would do");
    }

    @Test
    void aJobIsNotInterruptedTooSoonTooOftenOrTooLong() {
        Why away = new Why("somebody wants it", "mine", new Cost(Duration.ofSeconds(5), Duration.ofHours(1), 0));
        Action action = new Action.Hold(vn("vn01"), away);
        Planner planner = new Planner(wants(action));
        Function<History.Past, Plan> after = past -> planner.plan(two().node("vn01", "cn01")
                .job("12", "low")
                .outlook(SomeSite.basis().with(new History(Map.of("12", past), Map.of(), Map.of()))));
        assertThat(after.apply(new History.Past(1, NOON.minusSeconds(300))).actions())
                .hasSize(1);
        assertThat(after.apply(new History.Past(1, NOON.minusSeconds(299)))
                        .lines()
                        .get(0))
                .contains("has run only 299.0 s since its last interruption; 300.0 s are its least");
        assertThat(after.apply(new History.Past(10, NOON.minusSeconds(900)))
                        .lines()
                        .get(0))
                .contains("was interrupted 10 times, which is all it bears");
        Plan long1 = planner.plan(two().node("vn01", "cn01")
                .job("12", "low", Duration.ofMinutes(10), Duration.ofMinutes(661))
                .outlook());
        assertThat(long1.lines().get(0)).contains("would have stood still for 721 min; 720 min is all it bears");
    }

    @Test
    void nodesInMotionAreLimited() {
        SomeSite site = two().node("vn01", "cn01").node("vn02", "cn01").node("vn03", "cn01");
        Plan plan = new Planner(wants(checkpoint("vn01"), checkpoint("vn02"), checkpoint("vn03"))).plan(site.outlook());
        assertThat(plan.actions()).hasSize(2);
        assertThat(plan.refused().get(0).why()).isEqualTo("2 nodes are at the disk of cn01, which is the limit; later");
    }

    @Test
    void aPlanIsReadBackAsItWasWritten() {
        Plan plan = new Planner(wants(
                        checkpoint("vn01"),
                        new Action.Build(vn("vn03"), "htc", Optional.of("cn02"), WHY),
                        new Action.Migrate(vn("vn02"), "cn02", WHY),
                        new Action.DisableHost("cn02", "spillway: maintenance", WHY),
                        checkpoint("vn07")))
                .plan(two().node("vn01", "cn01").node("vn02", "cn01").outlook());
        assertThat(plan.actions()).hasSize(4);
        assertThat(Plan.parse(plan.json())).isEqualTo(plan);
        assertThat(Plan.parse(plan.json().replace("{\"do\"", "{\"since\":\"a later version\",\"do\"")))
                .isEqualTo(plan);
    }

    @Test
    void aDamagedPlanIsToldByItsPlace() {
        String json = new Planner(wants(checkpoint("vn01")))
                .plan(two().node("vn01", "cn01").outlook())
                .json();
        assertThatThrownBy(() -> Plan.parse(json.replace("\"checkpoint\"", "\"explode\"")))
                .isInstanceOf(BadInputException.class)
                .hasMessage("plan.actions[0].do is 'explode', which is no action");
        assertThatThrownBy(() -> Plan.parse(json.replace("\"lost\":0", "\"lost\":\"none\"")))
                .hasMessage("plan.actions[0].lost must be a whole number");
        assertThatThrownBy(() -> Plan.parse(json.substring(1))).isInstanceOf(BadInputException.class);
    }
}
