package io.spillway.timeline;

import static io.spillway.timeline.Logs.at;
import static io.spillway.timeline.Logs.job;
import static io.spillway.timeline.Logs.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillway.failure.BadInputException;
import io.spillway.model.Phase;
import io.spillway.timeline.Event.Decided;
import io.spillway.timeline.Event.JobChanged;
import io.spillway.timeline.Event.Maintenance;
import io.spillway.timeline.Event.Watch;
import io.spillway.timeline.Timeline.Bar;
import io.spillway.timeline.Timeline.Group;
import io.spillway.timeline.Timeline.HostState;
import io.spillway.timeline.Timeline.Lane;
import io.spillway.timeline.Timeline.Move;
import io.spillway.timeline.Timeline.Span;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class TimelineTest {
    private static Span span(long from, long to) {
        return new Span(at(from), at(to));
    }

    private static Group group(Timeline timeline, String host) {
        return timeline.groups().stream()
                .filter(group -> group.host().equals(host))
                .findFirst()
                .orElseThrow();
    }

    private static Lane lane(Timeline timeline, String host, String node) {
        return group(timeline, host).nodes().stream()
                .filter(lane -> lane.name().equals(node))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> told(Lane lane) {
        return lane.bars().stream()
                .map(bar -> "%s %s %d-%d %s"
                        .formatted(
                                bar.job().id(),
                                bar.state(),
                                Duration.between(at(0), bar.span().from()).toSeconds(),
                                Duration.between(at(0), bar.span().to()).toSeconds(),
                                bar.end().orElse("")))
                .map(String::strip)
                .toList();
    }

    @Test
    void heldAndAwayAndOnAnotherHost() {
        Timeline timeline = Timeline.of(
                List.of(
                        node(0, "vn1", Phase.READY, "cn1"),
                        job(10, "7", JobChanged.Doing.RUNNING, "vn1"),
                        job(20, "7", JobChanged.Doing.SUSPENDED, "vn1"),
                        node(30, "vn1", Phase.CHECKPOINTED, "cn1"),
                        node(40, "vn1", Phase.RETURNING, "cn1"),
                        node(50, "vn1", Phase.MOVING, "cn1"),
                        node(60, "vn1", Phase.HELD, "cn2"),
                        job(70, "7", JobChanged.Doing.RUNNING, "vn1"),
                        job(80, "7", JobChanged.Doing.OVER, "vn1")),
                at(0),
                at(100));
        assertThat(told(lane(timeline, "cn1", "vn1")))
                .containsExactly("7 RUNNING 10-20", "7 HELD 20-30", "7 AWAY 30-40", "7 HELD 40-60");
        assertThat(told(lane(timeline, "cn2", "vn1"))).containsExactly("7 HELD 60-70", "7 RUNNING 70-80 COMPLETED 0:0");
        assertThat(timeline.moves()).containsExactly(new Move("vn1", "cn1", "cn2", span(50, 60)));
    }

    @Test
    void aJobOfAPhysicalNodeIsOnTheHostItself() {
        Timeline timeline = Timeline.of(
                List.of(
                        node(0, "vn1", Phase.READY, "cn01"),
                        job(10, "7", JobChanged.Doing.RUNNING, "cn01", "pn9"),
                        job(20, "7", JobChanged.Doing.PENDING)),
                at(0),
                at(100));
        assertThat(told(group(timeline, "cn01").own())).containsExactly("7 RUNNING 10-20 requeued");
        assertThat(told(group(timeline, "pn9").own())).containsExactly("7 RUNNING 10-20 requeued");
    }

    @Test
    void whatBeganBeforeTheSpanIsCutAndWhatGoesOnHasNoEnd() {
        Timeline timeline = Timeline.of(
                List.of(
                        node(0, "vn1", Phase.READY, "cn1"),
                        job(10, "7", JobChanged.Doing.RUNNING, "vn1"),
                        job(80, "7", JobChanged.Doing.OVER, "vn1")),
                at(20),
                at(60));
        assertThat(told(lane(timeline, "cn1", "vn1"))).containsExactly("7 RUNNING 20-60");
        assertThat(lane(timeline, "cn1", "vn1").stays())
                .extracting(Timeline.Stay::span)
                .containsExactly(span(20, 60));
    }

    @Test
    void aNodeInTheMakingIsWhereItIsFoundLater() {
        Timeline timeline = Timeline.of(
                List.of(
                        new Event.NodeChanged(at(0), "vn1", Phase.BUILDING, Optional.empty(), Optional.empty(), ""),
                        node(10, "vn1", Phase.READY, "cn1")),
                at(0),
                at(20));
        assertThat(timeline.groups()).extracting(Group::host).containsExactly("cn1");
        assertThat(timeline.moves()).isEmpty();
    }

    @Test
    void whatIsToldTwiceIsTrueOnce() {
        Timeline timeline = Timeline.of(
                List.of(
                        node(0, "vn1", Phase.READY, "cn1"),
                        job(10, "7", JobChanged.Doing.RUNNING, "vn1"),
                        node(20, "vn1", Phase.READY, "cn1"),
                        job(20, "7", JobChanged.Doing.RUNNING, "vn1")),
                at(0),
                at(30));
        assertThat(told(lane(timeline, "cn1", "vn1"))).containsExactly("7 RUNNING 10-30");
        assertThat(lane(timeline, "cn1", "vn1").stays()).hasSize(1);
    }

    @Test
    void decisionsForSeveralNodesAreOne() {
        Timeline timeline = Timeline.of(
                Stream.of("vn2", "vn1")
                        .map(node -> (Event) new Decided(
                                at(5),
                                "ladder",
                                "migrate",
                                Optional.of(node),
                                Optional.empty(),
                                Optional.of("cn2"),
                                "room there",
                                Optional.of("r1")))
                        .toList(),
                at(0),
                at(10));
        assertThat(timeline.notes())
                .containsExactly(new Timeline.Note(
                        1, at(5), List.of("vn1", "vn2"), "migrate vn[1-2] to cn2", "room there (ladder, rule r1)"));
    }

    @Test
    void hostsThatAreKeptFreeOrDown() {
        Timeline timeline = Timeline.of(
                List.of(
                        new Event.HostChanged(at(0), "cn1", true),
                        new Maintenance(at(10), "cn1", Maintenance.Stage.EMPTYING, "fans"),
                        new Maintenance(at(20), "cn1", Maintenance.Stage.EMPTY, "fans"),
                        new Event.HostChanged(at(30), "cn1", false),
                        new Event.HostChanged(at(40), "cn1", true),
                        new Maintenance(at(50), "cn1", Maintenance.Stage.OVER, "")),
                at(0),
                at(60));
        assertThat(group(timeline, "cn1").states())
                .containsExactly(
                        new HostState(span(10, 50), HostState.Kind.MAINTENANCE, "fans"),
                        new HostState(span(30, 40), HostState.Kind.DOWN, ""));
    }

    @Test
    void aTimeWithoutAWatcherIsSaidToBeOne() {
        Timeline timeline = Timeline.of(
                List.of(
                        new Watch(at(0), Watch.Turn.BEGINS),
                        new Watch(at(10), Watch.Turn.ENDS),
                        new Watch(at(30), Watch.Turn.BEGINS)),
                at(0),
                at(40));
        assertThat(timeline.unwatched()).containsExactly(span(10, 30));
    }

    @Test
    void anEmptyLogIsAnEmptyPicture() {
        assertThat(Timeline.of(List.of()).groups()).isEmpty();
        assertThatThrownBy(() -> Timeline.of(List.of(), at(1), at(1)))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("ends after it begins");
    }

    @Provide
    Arbitrary<List<Event>> any() {
        return Logs.any();
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void allBarsHaveALengthWithinTheSpanAndNoneOverlapsItself(@ForAll("any") List<Event> events) {
        Timeline timeline = Timeline.of(events, at(5_000), at(30_000));
        Map<String, Instant> ends = new HashMap<>();
        lanes(timeline)
                .flatMap(lane -> lane.bars().stream()
                        .map(bar -> Map.entry(lane.name() + " " + bar.job().id(), bar)))
                .sorted(Comparator.comparing(entry -> entry.getValue().span().from()))
                .forEach(entry -> {
                    Span span = entry.getValue().span();
                    assertThat(span.from()).isAfterOrEqualTo(at(5_000)).isBefore(span.to());
                    assertThat(span.to()).isBeforeOrEqualTo(at(30_000));
                    Instant before = ends.put(entry.getKey(), span.to());
                    assertThat(before == null || !before.isAfter(span.from())).isTrue();
                });
        assertThat(timeline.groups().stream().map(Group::host).toList()).doesNotHaveDuplicates();
    }

    /** Counted anew, without nodes, hosts or phases. */
    @Property(edgeCases = EdgeCasesMode.NONE)
    void theRunningTimeIsThatOfTheLog(@ForAll("any") List<Event> events) {
        Duration logged = Duration.ZERO;
        Map<String, JobChanged> running = new HashMap<>();
        List<JobChanged> jobs = Stream.concat(
                        events.stream()
                                .filter(JobChanged.class::isInstance)
                                .map(JobChanged.class::cast)
                                .sorted(Comparator.comparing(JobChanged::time)),
                        Stream.of("1", "2_3", "4+5").map(id -> job(50_000, id, JobChanged.Doing.OVER)))
                .toList();
        for (JobChanged job : jobs) {
            JobChanged before = running.remove(job.job());
            if (before != null) {
                logged = logged.plus(
                        Duration.between(before.time(), job.time()).multipliedBy(new HashSet<>(before.nodes()).size()));
            }
            if (job.state() == JobChanged.Doing.RUNNING) {
                running.put(job.job(), job);
            }
        }
        Duration drawn = lanes(Timeline.of(events, at(-1), at(50_000)))
                .flatMap(lane -> lane.bars().stream())
                .filter(bar -> bar.state() == Bar.State.RUNNING)
                .map(bar -> bar.span().length())
                .reduce(Duration.ZERO, Duration::plus);
        assertThat(drawn).isEqualTo(logged);
    }

    private static Stream<Lane> lanes(Timeline timeline) {
        return timeline.groups().stream()
                .flatMap(group -> Stream.concat(Stream.of(group.own()), group.nodes().stream()));
    }
}
