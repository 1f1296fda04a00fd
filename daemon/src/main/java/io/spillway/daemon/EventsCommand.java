package io.spillway.daemon;

import io.spillway.daemon.api.Documents;
import io.spillway.daemon.api.Front;
import io.spillway.daemon.api.Json;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Tells of what happens to nodes, till it is stopped. */
@Command(
        name = "events",
        mixinStandardHelpOptions = true,
        versionProvider = SpillwayCommand.Version.class,
        description = "Tells of what happens to nodes, till it is stopped.")
final class EventsCommand implements Callable<Integer> {
    private final SpillwayCommand root;

    @Option(names = "--for", paramLabel = "TIME", description = "Stop after that: 90, 90s, 15m or 2h.")
    @Nullable String limit;

    EventsCommand(SpillwayCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        Optional<Duration> time = Optional.ofNullable(limit).map(text -> Verb.time("--for", text));
        try (Front front = root.front()) {
            Thread here = Thread.currentThread();
            Thread alarm = new Thread(() -> time.ifPresent(span -> ring(span, here)));
            alarm.setDaemon(true);
            alarm.start();
            try {
                front.events(this::print);
            } finally {
                alarm.interrupt();
                Thread.interrupted();
            }
        }
        return Exit.DONE;
    }

    private static void ring(Duration span, Thread sleeper) {
        try {
            TimeUnit.MILLISECONDS.sleep(span.toMillis());
            sleeper.interrupt();
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    private void print(Documents.Event event) {
        if (root.json) {
            root.console.out().println(Json.text(event));
        } else {
            root.console
                    .out()
                    .printf("%s %s %s %s %s%n", event.time(), event.node(), event.kind(), event.what(), event.reason());
        }
        root.console.out().flush();
    }
}
