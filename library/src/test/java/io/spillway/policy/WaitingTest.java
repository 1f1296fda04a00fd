package io.spillway.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.model.Job;
import io.spillway.model.Request;
import io.spillway.model.Size;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Jobs that wait, sorted by what they ask for. */
class WaitingTest {
    private static final JobClasses CLASSES = SomeSite.basis().classes();

    private static Job job(
            String id, String partition, long priority, long since, Size size, boolean plain, String word) {
        Request request = new Request(
                "",
                "",
                priority,
                SomeSite.NOON.minusSeconds(since),
                Optional.empty(),
                1,
                size,
                Set.of(),
                plain,
                true,
                word);
        return SomeSite.pending(id, partition, request);
    }

    private static Job job(String id, String partition, long priority, long since, int cpus) {
        return job(id, partition, priority, since, new Size(cpus, 100), true, "Priority");
    }

    private static List<String> told(List<Waiting> waiting) {
        return waiting.stream()
                .map(one -> "%s %s %s, first %s"
                        .formatted(
                                one.of().name(),
                                one.asks().share(),
                                one.jobs().stream().map(Job::id).toList(),
                                one.first().id()))
                .toList();
    }

    @Test
    void thoseOfOneClassThatAskForTheSameAreTogetherTheMostPressingFirst() {
        List<Job> jobs = List.of(
                job("1", "low", 10, 60, 1),
                job("2", "low", 10, 90, 1),
                job("3", "low", 10, 60, 2),
                job("4", "urgent", 1000, 5, 1),
                job("5", "low", 20, 5, 2),
                job("6", "low", 10, 90, 1));
        assertThat(told(Waiting.of(jobs, CLASSES)))
                .containsExactly(
                        "urgent 1 CPU, 100 MiB [4], first 4",
                        "low 2 CPUs, 100 MiB [3, 5], first 5",
                        "low 1 CPU, 100 MiB [1, 2, 6], first 2");
    }

    @Test
    void whoAsksForNoCpuUsesOne() {
        assertThat(told(Waiting.of(List.of(job("1", "low", 10, 60, 0)), CLASSES)))
                .containsExactly("low 1 CPU, 100 MiB [1], first 1");
    }

    @Test
    void whoWouldNotRunIfThereWereNodesDoesNotWaitForThem() {
        Size size = new Size(1, 100);
        Stream<Job> jobs = Stream.of(
                job("1", "low", 0, 60, 1),
                job("2", "low", 10, 60, size, false, "Resources"),
                job("3", "low", 10, 60, size, true, "Dependency"));
        assertThat(Waiting.of(jobs.toList(), CLASSES)).isEmpty();
    }

    @Test
    void thoseThatARuleHoldsForHaveAFirstOfTheirOwn() {
        List<Job> jobs = List.of(job("1", "low", 20, 10, 1), job("2", "low", 10, 90, 1), job("3", "low", 10, 95, 1));
        Waiting all = Waiting.of(jobs, CLASSES).get(0);
        assertThat(all.only(job -> job.request().submitted().isBefore(SomeSite.NOON.minusSeconds(60))).stream()
                        .flatMap(some -> told(List.of(some)).stream()))
                .containsExactly("low 1 CPU, 100 MiB [2, 3], first 3");
        assertThat(all.only(job -> false)).isEmpty();
    }
}
