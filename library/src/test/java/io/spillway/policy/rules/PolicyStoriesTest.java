package io.spillway.policy.rules;

import static io.spillway.policy.SomeSite.NOON;
import static io.spillway.policy.SomeSite.basis;
import static io.spillway.policy.SomeSite.site;
import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.model.Away;
import io.spillway.model.Goal;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.Size;
import io.spillway.policy.Action;
import io.spillway.policy.Basis;
import io.spillway.policy.Cost;
import io.spillway.policy.CostModel;
import io.spillway.policy.History;
import io.spillway.policy.Imagine;
import io.spillway.policy.Ladder;
import io.spillway.policy.Outlook;
import io.spillway.policy.Plan;
import io.spillway.policy.Planner;
import io.spillway.policy.Policy;
import io.spillway.policy.Rung;
import io.spillway.policy.SomeSite;
import io.spillway.policy.Why;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What each policy wants, story by story. */
class PolicyStoriesTest {
    private static Plan plan(Policy policy, Outlook outlook) {
        return new Planner(policy).plan(outlook);
    }

    /** Each action's verb, subject and target. */
    private static List<String> told(Plan plan) {
        return plan.actions().stream()
                .map(action -> action.verb() + " " + action.subject()
                        + action.target().map(host -> " to " + host).orElse(""))
                .toList();
    }

    private static Basis idle(Basis basis, Map<String, Duration> idle) {
        Map<NodeName, Instant> since = new HashMap<>();
        idle.forEach((name, time) -> since.put(NodeName.of(name), NOON.minus(time)));
        History old = basis.history();
        return basis.with(new History(old.jobs(), since, old.moved()));
    }

    @Nested
    class Queue {
        private final QueuePolicy policy = QueuePolicy.DEFAULT;

        private SomeSite two(int minimum, int warm) {
            return site().host("cn01", 4, 2000).host("cn02", 4, 3000).pool("htc", "vn[01-08]", minimum, warm);
        }

        @Test
        void waitingJobsBringNodesWhereThereIsRoomAndNoFurther() {
            SomeSite site = two(0, 0);
            for (int job = 1; job <= 7; job++) {
                site.waiting("" + job, "low");
            }
            Plan plan = plan(policy, site.outlook());
            assertThat(told(plan))
                    .containsExactly(
                            "build vn01 to cn01",
                            "build vn02 to cn01",
                            "build vn03 to cn02",
                            "build vn04 to cn02",
                            "build vn05 to cn02");
            assertThat(plan.refused().get(0).why())
                    .isEqualTo("pool htc could use 7 more nodes (job 1 waits for 1 CPU, 100 MiB), but no host has room"
                            + " for more than 5");
        }

        @Test
        void nodesThatAreThereOrComingCount() {
            SomeSite site = two(0, 0)
                    .node("vn01", "cn01")
                    .node("vn02", "cn01")
                    .is(Phase.BUILDING, Optional.of(Goal.READY))
                    .waiting("1", "low")
                    .waiting("2", "low")
                    .waiting("3", "low");
            assertThat(told(plan(policy, site.outlook()))).containsExactly("build vn03 to cn02");
        }

        @Test
        void oneThatStandsStillForAJobOfItsHostIsKept() {
            SomeSite site = two(1, 0).node("vn01", "cn01").paused().job("1", "low");
            assertThat(plan(policy, site.outlook()).lines()).isEmpty();
        }

        @Test
        void warmNodesAreRestoredFirst() {
            SomeSite site = two(0, 1)
                    .node("vn03", "cn02")
                    .checkpointed()
                    .away("queue", "cn02", true)
                    .waiting("1", "low")
                    .waiting("2", "low");
            assertThat(told(plan(policy, site.outlook()))).containsExactly("restore vn03", "build vn01 to cn01");
        }

        @Test
        void whatAnAdminCheckpointedIsNotWarm() {
            SomeSite site = two(0, 1).node("vn03", "cn02").checkpointed().waiting("1", "low");
            assertThat(told(plan(policy, site.outlook()))).containsExactly("build vn01 to cn01");
        }

        @Test
        void jobsThatNoPoolFitsBringNothing() {
            SomeSite site = two(0, 0)
                    .waiting("1", "elsewhere")
                    .waiting("2", "low", 1, new Size(2, 100))
                    .waiting("3", "low", 1, new Size(1, 9000));
            assertThat(plan(policy, site.outlook()).lines()).isEmpty();
        }

        @Test
        void aJobOverThreeNodesBringsThree() {
            SomeSite site = two(0, 0).waiting("1", "low", 3, new Size(3, 300));
            assertThat(told(plan(policy, site.outlook()))).hasSize(3);
        }

        /** Their shapes differ, so they are two wants of the one pool. */
        @Test
        void jobsOfTwoShapesBringNodesOfTheirOwn() {
            SomeSite site = site().host("cn01", 8, 8000)
                    .shape(2, 1000)
                    .pool("htc", "vn[01-08]", 0, 2)
                    .node("vn01", "cn01")
                    .checkpointed()
                    .away("queue", "cn01", true)
                    .waiting("1", "low", 1, new Size(2, 100))
                    .waiting("2", "low", 1, new Size(2, 200));
            Plan plan = plan(policy, site.outlook());
            assertThat(told(plan)).containsExactly("restore vn01", "build vn02 to cn01");
            assertThat(plan.refused()).isEmpty();
            site.waiting("3", "low", 1, new Size(2, 300));
            plan = plan(policy, site.outlook());
            assertThat(told(plan)).containsExactly("restore vn01", "build vn02 to cn01", "build vn03 to cn01");
            assertThat(plan.refused()).isEmpty();
        }

        @Test
        void idleNodesBeyondTheMinimumAreKeptWarmThenRemoved() {
            SomeSite site = two(1, 1).node("vn01", "cn01").node("vn02", "cn02").node("vn03", "cn02");
            Duration hour = Duration.ofHours(1);
            Basis basis =
                    idle(basis(), Map.of("vn01", hour, "vn02", hour.multipliedBy(2), "vn03", hour.multipliedBy(3)));
            assertThat(told(plan(policy, site.outlook(basis)))).containsExactly("checkpoint vn03", "remove vn02");
            Basis fresh = idle(basis(), Map.of("vn01", Duration.ofMinutes(4)));
            assertThat(told(plan(policy, site.outlook(fresh)))).isEmpty();
        }

        @Test
        void nothingIsPutAwayWhileSomethingWaits() {
            SomeSite site = two(0, 1).node("vn01", "cn01").waiting("1", "low").waiting("2", "low");
            Basis basis = idle(basis(), Map.of("vn01", Duration.ofHours(1)));
            assertThat(told(plan(policy, site.outlook(basis)))).containsExactly("build vn02 to cn01");
        }

        /** An urgent job had its place, and has ended. */
        @Test
        void anIdleNodeOfTheMinimumGivesWayToWorkThatComesBack() {
            SomeSite site = site().host("cn01", 2, 1000)
                    .pool("htc", "vn[01-08]", 1, 1)
                    .aside("vn01", "cn01", "1")
                    .node("vn02", "cn01");
            Basis basis = idle(basis(), Map.of("vn02", Duration.ofHours(1)));
            Planner both = new Planner(policy, BackfillPolicy.DEFAULT);
            assertThat(told(both.plan(site.outlook(basis)))).containsExactly("checkpoint vn02");
            site.checkpointed().away("queue", "cn01", true);
            assertThat(told(both.plan(site.outlook()))).containsExactly("restore vn01");
        }

        @Test
        void thePoolHasItsMinimum() {
            assertThat(told(plan(policy, two(2, 0).node("vn02", "cn01").outlook())))
                    .containsExactly("build vn01 to cn01");
        }
    }

    @Nested
    class Backfill {
        private final BackfillPolicy policy = BackfillPolicy.DEFAULT;

        private SomeSite full() {
            return site().host("cn01", 4, 2000)
                    .host("cn02", 4, 1000)
                    .pool("htc", "vn[01-08]", 0, 0)
                    .node("vn01", "cn01")
                    .job("1", "low", Duration.ofMinutes(30), Duration.ZERO)
                    .node("vn02", "cn01")
                    .job("2", "low", Duration.ofMinutes(20), Duration.ZERO)
                    .node("vn03", "cn02")
                    .job("3", "low", Duration.ofMinutes(40), Duration.ZERO);
        }

        @Test
        void theYoungestOfThoseThatYieldStepsAside() {
            Plan plan = plan(policy, full().waiting("99", "urgent").outlook());
            assertThat(told(plan)).containsExactly("checkpoint vn02");
            assertThat(plan.lines().get(0))
                    .isEqualTo(
                            "checkpoint vn02: job 99 (urgent) waits for a node of pool htc; no migrate: no other host"
                                    + " has room for 1 CPU, 1000 MiB, no hold: its memory would stay [backfill checkpoint]"
                                    + " (takes 5.7 s, away 16.8 s)");
        }

        @Test
        void nobodyStepsAsideWhereThereIsRoom() {
            assertThat(plan(
                                    policy,
                                    full().host("cn03", 4, 1000)
                                            .waiting("99", "urgent")
                                            .outlook())
                            .lines())
                    .isEmpty();
        }

        @Test
        void nobodyStepsAsideForWhoIsNotUrgent() {
            assertThat(plan(policy, full().waiting("99", "low").outlook()).lines())
                    .isEmpty();
        }

        @Test
        void onlyForWhoHasWaitedLongEnough() {
            SomeSite site = full().waiting("99", "urgent")
                    .at(SomeSite.NOON.plusSeconds(50))
                    .waiting("98", "urgent");
            // 99 has waited for 110 s, 98 for 60 s
            assertThat(plan(new BackfillPolicy(Duration.ofMinutes(2)), site.outlook())
                            .lines())
                    .isEmpty();
            Plan plan = plan(new BackfillPolicy(Duration.ofSeconds(90)), site.outlook());
            assertThat(told(plan)).containsExactly("checkpoint vn02");
            assertThat(plan.lines().get(0)).contains("job 99 (urgent)");
        }

        @Test
        void whatIsOnItsWayOutIsWaitedFor() {
            SomeSite site = full().node("vn02", "cn01")
                    .is(Phase.READY, Optional.of(Goal.CHECKPOINTED))
                    .waiting("99", "urgent");
            assertThat(plan(policy, site.outlook()).lines()).isEmpty();
        }

        @Test
        void whatDoesNotYieldStays() {
            SomeSite site = site().host("cn01", 4, 1000)
                    .pool("htc", "vn[01-08]", 0, 0)
                    .node("vn01", "cn01")
                    .job("1", "other")
                    .waiting("99", "urgent");
            assertThat(plan(policy, site.outlook()).lines())
                    .containsExactly("nothing (backfill): job 99 (urgent) waits for a node of pool htc, and nobody can"
                            + " step aside for it");
        }

        @Test
        void aHoldWillDoWhereOnlyCpusAreWanted() {
            SomeSite site = site().host("cn01", 2, 8000)
                    .pool("htc", "vn[01-08]", 0, 0)
                    .node("vn01", "cn01")
                    .job("1", "low")
                    .node("vn02", "cn01")
                    .job("2", "low")
                    .waiting("99", "urgent");
            assertThat(told(plan(policy, site.outlook()))).containsExactly("hold vn01");
        }

        @Test
        void itComesBackWhereRoomIsFirst() {
            SomeSite site = site().host("cn01", 2, 2000)
                    .host("cn02", 2, 2000)
                    .pool("htc", "vn[01-08]", 0, 0)
                    .aside("vn02", "cn01", "2");
            assertThat(told(plan(policy, site.outlook()))).containsExactly("restore vn02");
            site.node("vn05", "cn01").of(2, 1000);
            assertThat(told(plan(policy, site.outlook()))).containsExactly("restore vn02 to cn02");
            site.node("vn06", "cn01");
            Plan plan = plan(policy, site.outlook());
            assertThat(told(plan)).isEmpty();
            assertThat(plan.refused().get(0).why()).startsWith("vn02 stays away: there is no room for it on cn01");
        }

        @Test
        void itDoesNotComeBackIntoTheRoomThatUrgentWorkWaitsFor() {
            SomeSite site = site().host("cn01", 2, 1000)
                    .pool("htc", "vn[01-08]", 0, 0)
                    .aside("vn02", "cn01", "2")
                    .waiting("99", "urgent");
            assertThat(told(plan(policy, site.outlook()))).isEmpty();
        }

        /** The job wants three nodes, and all hosts together would bear two. */
        @Test
        void anUrgentJobThatNeverFitsHoldsNothingBackAndNobodyStepsAsideForIt() {
            SomeSite site = site().host("cn01", 2, 1000)
                    .host("cn02", 2, 1000)
                    .pool("htc", "vn[01-08]", 0, 0)
                    .aside("vn02", "cn01", "2")
                    .node("vn03", "cn02")
                    .job("3", "low")
                    .waiting("99", "urgent", 3, new Size(3, 300));
            assertThat(told(plan(policy, site.outlook()))).containsExactly("restore vn02");
            site.hostOfUnknownSize("cn03");
            assertThat(told(plan(policy, site.outlook()))).as("nobody knows").doesNotContain("restore vn02");
        }

        @Test
        void anUrgentJobThatWantsMoreThanAnyHostHasHoldsNothingBack() {
            SomeSite site = site().shape(4, 4000)
                    .pool("big", "big[1-2]", 0, 0)
                    .shape(1, 1000)
                    .host("cn01", 2, 1000)
                    .pool("htc", "vn[01-08]", 0, 0)
                    .aside("vn02", "cn01", "2")
                    .waiting("99", "urgent", 1, new Size(3, 3000));
            assertThat(told(plan(policy, site.outlook()))).containsExactly("restore vn02");
        }

        @Test
        void anUrgentJobOnAClosedHostOnlyHoldsNothingBack() {
            SomeSite site = site().host("cn01", 2, 1000)
                    .host("cn02", 2, 2000)
                    .disabled("cn02", "disk is dying")
                    .pool("htc", "vn[01-08]", 0, 0)
                    .aside("vn02", "cn01", "2")
                    .waiting("99", "urgent", 2, new Size(2, 200));
            assertThat(told(plan(policy, site.outlook()))).containsExactly("restore vn02");
        }

        @Test
        void whatAnAdminPutAwayStaysAway() {
            SomeSite site = site().host("cn01", 2, 1000)
                    .node("vn02", "cn01")
                    .checkpointed()
                    .job("2", "low");
            assertThat(told(plan(policy, site.outlook()))).isEmpty();
        }
    }

    @Nested
    class Emptied {
        private static final String IN_FIVE_MINUTES = "spillway: eviction by 2026-11-23T12:05:00Z";

        private SomeSite three() {
            return site().host("cn01", 4, 8000)
                    .host("cn02", 4, 2000)
                    .pool("htc", "vn[01-08]", 0, 0)
                    .node("vn01", "cn01")
                    .job("1", "low")
                    .node("vn02", "cn01")
                    .job("2", "low")
                    .node("vn03", "cn01")
                    .job("3", "low");
        }

        @Test
        void anOwnersHostIsEmptyInTime() {
            SomeSite site = three().disabled("cn01", IN_FIVE_MINUTES);
            assertThat(told(plan(ClearancePolicy.OPPORTUNISTIC, site.outlook())))
                    .containsExactly("migrate vn01 to cn02", "migrate vn02 to cn02", "checkpoint vn03");
        }

        @Test
        void theRungThatMakesTheDeadlineIsTaken() {
            SomeSite site = three().disabled("cn01", "spillway: eviction by 2026-11-23T12:00:09Z");
            Plan plan = plan(ClearancePolicy.OPPORTUNISTIC, site.outlook());
            assertThat(told(plan)).contains("checkpoint vn01");
            assertThat(plan.actions().get(0).why().reason())
                    .isEqualTo("cn01 is to be empty (eviction); no migrate: 12 s, too late by 3 s, no hold: its memory"
                            + " would stay");
        }

        @Test
        void noWorkIsLostForATimeThatIsMissedAnyway() {
            SomeSite site = three().disabled("cn01", "spillway: eviction by 2026-11-23T12:00:01Z");
            Basis basis = basis(Ladder.of(Rung.MIGRATE, Rung.CHECKPOINT, Rung.REQUEUE));
            Plan plan = plan(ClearancePolicy.OPPORTUNISTIC, site.outlook(basis));
            assertThat(plan.actions(Action.Requeue.class)).isEmpty();
            assertThat(plan.actions().get(0).why().reason()).contains("late, nothing is quicker without loss");
        }

        @Test
        void workIsLostOnlyWhereItsClassAllowsAndNothingElseMakesIt() {
            SomeSite site = three().disabled("cn01", "spillway: eviction by 2026-11-23T12:01:00Z");
            CostModel slow =
                    new CostModel(new CostModel.Rates(1, 1, 0), basis().costs().calibration());
            Basis allowed = basis(Ladder.of(Rung.MIGRATE, Rung.CHECKPOINT, Rung.REQUEUE))
                    .with(slow);
            assertThat(told(plan(ClearancePolicy.OPPORTUNISTIC, site.outlook(allowed))))
                    .contains("requeue job 1", "remove vn01");
            Basis forbidden = basis(Ladder.of(Rung.MIGRATE, Rung.CHECKPOINT)).with(slow);
            assertThat(told(plan(ClearancePolicy.OPPORTUNISTIC, site.outlook(forbidden))))
                    .noneMatch(action -> action.startsWith("requeue"));
        }

        @Test
        void theOtherPolicyLeavesItAlone() {
            SomeSite site = three().disabled("cn01", IN_FIVE_MINUTES);
            assertThat(plan(ClearancePolicy.MAINTENANCE, site.outlook()).lines())
                    .isEmpty();
            assertThat(plan(
                                    ClearancePolicy.OPPORTUNISTIC,
                                    three().disabled("cn01", "disk is dying").outlook())
                            .lines())
                    .isEmpty();
        }

        @Test
        void aMaintenanceTellsItsTimeFirst() {
            Plan plan = ClearancePolicy.begin(three().outlook(), "cn01");
            assertThat(plan.actions().get(0).line())
                    .isEqualTo(
                            "disable host cn01: to be worked on; 3 nodes go first, in about 25 s [maintenance disable]"
                                    + " (takes 25.1 s)");
            assertThat(new Planner(new Policy() {
                                @Override
                                public String name() {
                                    return "maintenance";
                                }

                                @Override
                                public Plan plan(Outlook outlook) {
                                    return plan;
                                }
                            })
                            .plan(three().outlook())
                            .actions())
                    .hasSize(4);
        }

        @Test
        void forAMaintenanceAllJobsStayAlive() {
            SomeSite site = three();
            Plan plan = ClearancePolicy.begin(site.outlook(basis(Ladder.of(Rung.REQUEUE))), "cn01");
            assertThat(told(plan)).containsExactly("disable host cn01");
            assertThat(plan.lines().get(1))
                    .isEqualTo("not checkpoint vn01 (maintenance): no requeue: its jobs are to stay alive");
        }

        @Test
        void whatAnAdminHasStaysAndIsTold() {
            SomeSite site = three().wanted("drained: bad fan")
                    .node("vn04", "cn01")
                    .checkpointed()
                    .node("vn05", "cn02")
                    .is(Phase.MOVING, Optional.of(Goal.READY.on("cn01")));
            Plan plan = ClearancePolicy.begin(site.outlook(), "cn01");
            assertThat(plan.refused())
                    .extracting(Plan.Refused::line)
                    .containsExactly(
                            "not checkpoint vn03 (maintenance): an admin has it: drained: bad fan",
                            "not checkpoint vn05 (maintenance): it is in motion, MOVING on its way to READY on cn01");
        }

        @Test
        void theEndBringsBackWhatWasPutAwayForThisHost() {
            SomeSite site = site().host("cn01", 4, 2000)
                    .host("cn02", 4, 8000)
                    .host("cn03", 4, 8000)
                    .disabled("cn01", "spillway: maintenance")
                    .disabled("cn03", "spillway: maintenance")
                    .node("vn01", "cn02")
                    .away("maintenance", "cn01", false)
                    .node("vn02", "cn01")
                    .checkpointed()
                    .away("maintenance", "cn01", true)
                    .node("vn03", "cn02")
                    .away("maintenance", "cn01", false)
                    .node("vn04", "cn01")
                    .checkpointed()
                    .node("vn05", "cn02")
                    .away("maintenance", "cn03", false)
                    .node("vn06", "cn02");
            Plan plan = ClearancePolicy.end(site.outlook(), "cn01");
            assertThat(told(plan)).containsExactly("enable host cn01", "restore vn02", "migrate vn01 to cn01");
            assertThat(plan.refused())
                    .extracting(Plan.Refused::line)
                    .containsExactly(
                            "not restore vn03 (maintenance): there is no room for it; `spillway restore` brings"
                                    + " it back when there is");
        }

        @Test
        void whatGoesAsideAgainIsTheLastOnesAndWhatMovesOnKeepsItsHome() {
            SomeSite site = three().away("maintenance", "cn02", false);
            Action.Migrate home = new Action.Migrate(NodeName.of("vn03"), "cn02", why("maintenance refill"));
            Action.Migrate on = new Action.Migrate(NodeName.of("vn03"), "cn09", why("maintenance migrate"));
            Action.Migrate other = new Action.Migrate(NodeName.of("vn03"), "cn09", why("consolidate migrate"));
            Action.Checkpoint aside = new Action.Checkpoint(NodeName.of("vn03"), why("backfill checkpoint"));
            assertThat(after(site, home)).isEmpty();
            assertThat(after(site, on)).contains(new Away("maintenance", false, NOON.minusSeconds(600), "cn02"));
            assertThat(after(site, other)).contains(new Away("consolidate", false, NOON, "cn01"));
            assertThat(after(site, aside)).contains(new Away("backfill", true, NOON, "cn01"));
            site.held().away("backfill", "cn01", true);
            assertThat(after(site, on)).contains(new Away("backfill", true, NOON.minusSeconds(600), "cn01"));
            assertThat(after(site, new Action.Release(NodeName.of("vn03"), why("backfill return"))))
                    .isEmpty();
        }

        private Why why(String rule) {
            return new Why("for a test", rule, Cost.NONE);
        }

        private Optional<Away> after(SomeSite site, Action action) {
            return Outlook.of(Imagine.done(site.view(), List.of(action)))
                    .node(NodeName.of("vn03"))
                    .flatMap(Node::away);
        }

        @Test
        void anOpenHostIsRefilledWithWhatWasThere() {
            SomeSite site = site().host("cn01", 4, 4000)
                    .host("cn02", 4, 4000)
                    .node("vn01", "cn02")
                    .away("maintenance", "cn01", false)
                    .job("1", "low")
                    .node("vn02", "cn02");
            assertThat(told(plan(ClearancePolicy.MAINTENANCE, site.outlook()))).containsExactly("migrate vn01 to cn01");
            site.disabled("cn01", "spillway: maintenance");
            assertThat(told(plan(ClearancePolicy.MAINTENANCE, site.outlook()))).isEmpty();
        }
    }

    @Nested
    class Consolidate {
        private final ConsolidatePolicy policy = ConsolidatePolicy.DEFAULT;

        private SomeSite spread() {
            return site().host("cn01", 4, 4000)
                    .host("cn02", 4, 4000)
                    .pool("htc", "vn[01-08]", 0, 0)
                    .node("vn01", "cn01")
                    .job("1", "low")
                    .node("vn02", "cn02")
                    .node("vn03", "cn02");
        }

        @Test
        void littleNodesArePacked() {
            assertThat(told(plan(policy, spread().outlook()))).containsExactly("migrate vn01 to cn02");
        }

        @Test
        void enoughIsEnough() {
            assertThat(told(plan(policy, spread().host("cn03", 4, 4000).outlook())))
                    .isEmpty();
        }

        @Test
        void whatWasMovedLatelyStays() {
            History moved = new History(Map.of(), Map.of(), Map.of(NodeName.of("vn01"), NOON.minusSeconds(60)));
            assertThat(told(plan(policy, spread().outlook(basis().with(moved)))))
                    .containsExactly("migrate vn02 to cn01", "migrate vn03 to cn01");
        }

        @Test
        void onlyIfItGainsMoreThanItCosts() {
            ConsolidatePolicy shy = new ConsolidatePolicy(1, Duration.ofMinutes(30), Duration.ofSeconds(10), 10);
            assertThat(told(plan(shy, spread().outlook()))).isEmpty();
        }
    }

    @Nested
    class Tide {
        private final TidePolicy policy = TidePolicy.DEFAULT;

        /** A job of a minute has cn01, where vn01 stands still for it. */
        private SomeSite high(Size job) {
            return site().host("cn01", 4, 4000)
                    .host("cn02", 4, 4000)
                    .pool("htc", "vn[01-08]", 0, 0)
                    .physical("cn01", new Size(4, 4000), job)
                    .node("vn01", "cn01")
                    .paused()
                    .job("1", "low");
        }

        @Test
        void whatStandsStillGoesOnWhereRoomIs() {
            SomeSite site = high(new Size(4, 2000));
            Action.Migrate move =
                    (Action.Migrate) plan(policy, site.outlook()).actions().get(0);
            assertThat(move.host()).isEqualTo("cn02");
            assertThat(move.why().reason()).contains("a job has cn01");
            Node after = Imagine.begun(Optional.of(site.view().nodes().get(0)), move, Optional.empty(), NOON)
                    .orElseThrow();
            assertThat(after.goal()).contains(Goal.READY.on("cn02"));
        }

        @Test
        void aShortJobIsWaitedFor() {
            TidePolicy patient = new TidePolicy(Duration.ofMinutes(2));
            assertThat(told(plan(patient, high(new Size(4, 2000)).outlook()))).isEmpty();
        }

        @Test
        void withoutRoomElsewhereItWaits() {
            SomeSite full = high(new Size(4, 2000)).shape(4, 4000).node("vn02", "cn02");
            assertThat(told(plan(policy, full.outlook()))).isEmpty();
        }

        @Test
        void memoryThatIsShortGoesToDisk() {
            SomeSite full = high(new Size(4, 3500)).shape(4, 4000).node("vn02", "cn02");
            Plan plan = plan(policy, full.outlook());
            assertThat(told(plan)).containsExactly("checkpoint vn01");
            assertThat(plan.actions().get(0).why().reason()).contains("short by 500 MiB");
        }

        @Test
        void whatWentToDiskComesBackWhenTheJobIsOver() {
            SomeSite over = site().host("cn01", 4, 4000)
                    .pool("htc", "vn[01-08]", 0, 0)
                    .physical("cn01", new Size(4, 4000), Size.NONE)
                    .node("vn01", "cn01")
                    .checkpointed()
                    .away("tide", "cn01", true)
                    .job("1", "low");
            assertThat(told(plan(policy, over.outlook()))).containsExactly("restore vn01");
        }

        @Test
        void anAdminsNodeIsLeftAlone() {
            assertThat(told(plan(
                            policy,
                            high(new Size(4, 3500)).wanted("a drain: disk").outlook())))
                    .isEmpty();
        }

        @Test
        void maintenanceMovesItAsWell() {
            SomeSite site = high(new Size(4, 2000)).disabled("cn01", "spillway: maintenance");
            assertThat(told(plan(ClearancePolicy.MAINTENANCE, site.outlook()))).containsExactly("migrate vn01 to cn02");
        }
    }
}
