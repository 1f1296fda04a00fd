package io.spillway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.model.Goal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every state that can be seen of a node, with every goal, against every promise. */
@Tag("walk")
class LifecycleTest {
    static final List<Goal> GOALS = List.of(
            Goal.READY,
            Goal.READY.on("cn02"),
            Goal.HELD,
            Goal.HELD.on("cn02"),
            Goal.CHECKPOINTED,
            Goal.CHECKPOINTED.on("cn02"),
            Goal.ABSENT);

    /** The longest of them come first, so that no core is left with one of these at the end. */
    private static List<Walk> walks() throws InterruptedException, ExecutionException {
        ExecutorService cores =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        try {
            List<Callable<Walk>> goals = GOALS.stream()
                    .<Callable<Walk>>map(goal -> () -> new Walk(goal).all())
                    .toList();
            List<Walk> walks = new ArrayList<>();
            for (Future<Walk> walk : cores.invokeAll(goals)) {
                walks.add(walk.get());
            }
            return walks;
        } finally {
            cores.shutdown();
        }
    }

    @Test
    void everyStateKeepsEveryPromise() throws Exception {
        List<Walk> walks = walks();
        SortedMap<Promise, String> broken = new TreeMap<>();
        walks.forEach(walk -> broken.putAll(walk.broken()));
        String told = "lifecycle: %,d states x %d goals, %d promises, %d broken"
                .formatted(walks.get(0).states(), GOALS.size(), Promise.values().length, broken.size());
        int longest = walks.stream().mapToInt(Walk::longest).max().orElseThrow();
        System.out.printf(
                "lifecycle: %,d steps decided, with every answer to every look; the longest way has %d steps%n%s%n",
                walks.stream().mapToLong(Walk::decided).sum(), longest, told);
        Path target = Files.createDirectories(Path.of("target"));
        Files.writeString(target.resolve("lifecycle.txt"), told + "\n");
        assertThat(broken.values()).isEmpty();
        assertThat(longest).isLessThan(30);
    }
}
