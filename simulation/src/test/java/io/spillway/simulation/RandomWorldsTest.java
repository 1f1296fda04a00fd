package io.spillway.simulation;

import io.spillway.model.Goal;
import io.spillway.simulation.Story.Order;
import io.spillway.simulation.Story.Twist;
import io.spillway.simulation.Story.What;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/** Faults, delays, lost answers, a second daemon and an admin, at random: the site notices each broken promise. */
class RandomWorldsTest {
    private static final AtomicInteger STORIES = new AtomicInteger();

    /** The same stories each time, so that a build that was green stays so. */
    @Property(seed = "24115")
    void everyStoryKeepsThePromises(@ForAll("stories") Story story) {
        Play.of(story);
        STORIES.incrementAndGet();
    }

    @AfterContainer
    static void tell() throws IOException {
        String told = "worlds: %,d stories kept every promise%n".formatted(STORIES.get());
        System.out.print(told);
        Files.writeString(Files.createDirectories(Path.of("target")).resolve("worlds.txt"), told);
    }

    @Provide
    Arbitrary<Story> stories() {
        Arbitrary<Order> orders = Combinators.combine(
                        Arbitraries.of("vn01", "vn02"),
                        Arbitraries.of(
                                Goal.CHECKPOINTED,
                                Goal.READY,
                                Goal.HELD,
                                Goal.READY.on("cn02"),
                                Goal.CHECKPOINTED.on("cn02"),
                                Goal.READY.on("cn01"),
                                Goal.ABSENT))
                .as(Order::new);
        Arbitrary<Twist> twists = Combinators.combine(Arbitraries.integers().between(1, 80), Arbitraries.of(What.class))
                .as(Twist::new);
        return Combinators.combine(
                        orders.list().ofMinSize(1).ofMaxSize(4),
                        orders.list().ofMaxSize(2),
                        twists.list().ofMaxSize(6))
                .as(Story::new);
    }
}
