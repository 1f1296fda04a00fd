package io.spillway.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.model.Host;
import io.spillway.model.Hostlist;
import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.Request;
import io.spillway.model.SiteView;
import io.spillway.timeline.Event.HostChanged;
import io.spillway.timeline.Event.JobChanged;
import io.spillway.timeline.Event.Maintenance;
import io.spillway.timeline.Event.NodeChanged;
import io.spillway.timeline.Event.Watch;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecorderTest {
    private final Recorder recorder = new Recorder();

    private static Node node(String name, Phase phase, String host) {
        return new Node(
                NodeName.of(name),
                phase,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(host),
                Optional.empty(),
                List.of(),
                "because");
    }

    private static Job job(String state, String nodes) {
        return job(state, nodes, Optional.empty(), Optional.empty());
    }

    private static Job job(String state, String nodes, Optional<Instant> suspended, Optional<Instant> started) {
        return new Job(
                "12",
                "work",
                "ada",
                "main",
                Set.of(state),
                Hostlist.parse(nodes),
                Duration.ZERO,
                suspended,
                false,
                started,
                state.equals("FAILED") ? "1:0" : "0:0",
                Request.UNKNOWN);
    }

    private List<Event> look(long second, List<Node> nodes, List<Host> hosts, Job... jobs) {
        return recorder.look(new SiteView("site", Logs.at(second), nodes, hosts, List.of(jobs), List.of(), List.of()));
    }

    private List<Event> look(long second, Job... jobs) {
        return look(second, List.of(), List.of(), jobs);
    }

    private static NodeChanged changed(long second, Phase phase, Optional<String> host, Optional<String> from) {
        return new NodeChanged(Logs.at(second), "vn01", phase, host, from, phase == Phase.ABSENT ? "" : "because");
    }

    private static JobChanged job(
            long second, JobChanged.Doing state, List<String> nodes, Optional<String> end, Optional<String> exit) {
        return new JobChanged(Logs.at(second), "12", "work", "ada", state, nodes, end, exit);
    }

    private static JobChanged job(long second, JobChanged.Doing state, String... nodes) {
        return job(second, state, List.of(nodes), Optional.empty(), Optional.empty());
    }

    @Test
    void aNodesPhasesAndHosts() {
        assertThat(look(0, List.of(node("vn01", Phase.READY, "cn01")), List.of()))
                .containsExactly(changed(0, Phase.READY, Optional.of("cn01"), Optional.empty()));
        assertThat(look(1, List.of(node("vn01", Phase.READY, "cn01")), List.of()))
                .isEmpty();
        assertThat(look(2, List.of(node("vn01", Phase.MOVING, "cn01")), List.of()))
                .containsExactly(changed(2, Phase.MOVING, Optional.of("cn01"), Optional.empty()));
        assertThat(look(3, List.of(node("vn01", Phase.READY, "cn02")), List.of()))
                .containsExactly(changed(3, Phase.READY, Optional.of("cn02"), Optional.of("cn01")));
        assertThat(look(4)).containsExactly(changed(4, Phase.ABSENT, Optional.empty(), Optional.empty()));
        assertThat(look(5)).isEmpty();
    }

    @Test
    void aHostThatSomebodyWantsEmpty() {
        Host wanted = new Host("cn01", false, Optional.empty(), Optional.of("spillway: maintenance"), Optional.empty());
        Host free = new Host("cn01", true, Optional.empty());
        look(0, List.of(node("vn01", Phase.READY, "cn01")), List.of(free));
        String why = "spillway: maintenance";
        assertThat(look(1, List.of(node("vn01", Phase.READY, "cn01")), List.of(wanted)))
                .containsExactly(new Maintenance(Logs.at(1), "cn01", Maintenance.Stage.EMPTYING, why));
        assertThat(look(2, List.of(node("vn01", Phase.READY, "cn01")), List.of(wanted)))
                .isEmpty();
        assertThat(look(3, List.of(node("vn01", Phase.CHECKPOINTED, "cn01")), List.of(wanted)))
                .contains(new Maintenance(Logs.at(3), "cn01", Maintenance.Stage.EMPTY, why));
        assertThat(look(4, List.of(node("vn01", Phase.CHECKPOINTED, "cn01")), List.of(free)))
                .containsExactly(new Maintenance(Logs.at(4), "cn01", Maintenance.Stage.OVER, ""));
    }

    @Test
    void hostsThatGoDownAndUp() {
        assertThat(look(0, List.of(), List.of(new Host("cn01", true))))
                .containsExactly(new HostChanged(Logs.at(0), "cn01", true));
        assertThat(look(1, List.of(), List.of(new Host("cn01", false))))
                .containsExactly(new HostChanged(Logs.at(1), "cn01", false));
        // one that Nova does not tell of is no evidence
        assertThat(look(2)).isEmpty();
        assertThat(look(3, List.of(), List.of(new Host("cn01", false)))).isEmpty();
    }

    @Test
    void aJobsLife() {
        assertThat(look(0, job("PENDING", ""))).containsExactly(job(0, JobChanged.Doing.PENDING));
        assertThat(look(1, job("RUNNING", "vn[01-02]")))
                .containsExactly(job(1, JobChanged.Doing.RUNNING, "vn01", "vn02"));
        assertThat(look(2, job("RUNNING", "vn[01-02]"))).isEmpty();
        assertThat(look(3, job("SUSPENDED", "vn[01-02]")))
                .containsExactly(job(3, JobChanged.Doing.SUSPENDED, "vn01", "vn02"));
        assertThat(look(4, job("RUNNING", "vn01"))).containsExactly(job(4, JobChanged.Doing.RUNNING, "vn01"));
        assertThat(look(5, job("COMPLETING", "vn01"))).containsExactly(job(5, JobChanged.Doing.UNSETTLED, "vn01"));
        assertThat(look(6, job("COMPLETED", "vn01")))
                .containsExactly(
                        job(6, JobChanged.Doing.OVER, List.of("vn01"), Optional.of("COMPLETED"), Optional.of("0:0")));
        assertThat(look(7, job("COMPLETED", "vn01"))).isEmpty();
        assertThat(look(8)).isEmpty();
    }

    @Test
    void aJobWhoseEndNobodySaw() {
        look(0, job("RUNNING", "vn01"));
        assertThat(look(1))
                .containsExactly(job(1, JobChanged.Doing.OVER, List.of("vn01"), Optional.empty(), Optional.empty()));
    }

    @Test
    void aJobThatFailed() {
        look(0, job("RUNNING", "vn01"));
        assertThat(look(1, job("FAILED", "vn01")))
                .containsExactly(
                        job(1, JobChanged.Doing.OVER, List.of("vn01"), Optional.of("FAILED"), Optional.of("1:0")));
    }

    @Test
    void slurmKnowsBetterWhenAJobBeganAndWasSuspended() {
        look(0);
        assertThat(look(30, job("RUNNING", "vn01", Optional.empty(), Optional.of(Logs.at(12)))))
                .containsExactly(job(12, JobChanged.Doing.RUNNING, "vn01"));
        assertThat(look(60, job("SUSPENDED", "vn01", Optional.of(Logs.at(41)), Optional.of(Logs.at(12)))))
                .containsExactly(job(41, JobChanged.Doing.SUSPENDED, "vn01"));
        assertThat(look(90, job("RUNNING", "vn01", Optional.empty(), Optional.of(Logs.at(12)))))
                .containsExactly(job(90, JobChanged.Doing.RUNNING, "vn01"));
    }

    @Test
    void aJobThatWasOverBeforeAnybodyLookedIsNoNews() {
        assertThat(look(0, job("COMPLETED", "vn01"))).isEmpty();
    }

    @Test
    void whoKnowsTheLogGoesOnFromThere() {
        look(0, List.of(node("vn01", Phase.READY, "cn01")), List.of(new Host("cn01", true)), job("RUNNING", "vn01"));
        Host wanted = new Host("cn01", false, Optional.empty(), Optional.of("fans"), Optional.empty());
        look(1, List.of(node("vn01", Phase.READY, "cn01")), List.of(wanted), job("RUNNING", "vn01"));
        List<Event> head = recorder.known(Logs.at(2));
        assertThat(head)
                .containsExactly(
                        new Watch(Logs.at(2), Watch.Turn.GOES_ON),
                        new HostChanged(Logs.at(2), "cn01", true),
                        new Maintenance(Logs.at(2), "cn01", Maintenance.Stage.EMPTYING, "fans"),
                        changed(2, Phase.READY, Optional.of("cn01"), Optional.empty()),
                        job(2, JobChanged.Doing.RUNNING, "vn01"));

        Recorder next = new Recorder();
        head.forEach(next::know);
        assertThat(next.look(new SiteView(
                        "site",
                        Logs.at(3),
                        List.of(node("vn01", Phase.READY, "cn01")),
                        List.of(wanted),
                        List.of(job("RUNNING", "vn01")),
                        List.of(),
                        List.of())))
                .isEmpty();
    }
}
