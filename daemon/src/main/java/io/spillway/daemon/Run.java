package io.spillway.daemon;

import io.spillway.daemon.api.Documents;
import io.spillway.daemon.api.Documents.Operation.Ended;
import io.spillway.daemon.api.Front;
import io.spillway.daemon.api.Json;
import io.spillway.daemon.api.Order;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/** Carries an order out, with a person or a program watching. */
final class Run {
    private final Console console;
    private final boolean json;
    private final Front front;

    Run(Console console, boolean json, Front front) {
        this.console = console;
        this.json = json;
        this.front = front;
    }

    int carryOut(Order order) {
        AtomicBoolean begun = new AtomicBoolean();
        AtomicBoolean over = new AtomicBoolean();
        Thread goodbye = new Thread(() -> {
            if (begun.get() && !over.get()) {
                String last = front.leave();
                console.err().println();
                console.error(last);
            }
        });
        Runtime.getRuntime().addShutdownHook(goodbye);
        ProgressLines lines = new ProgressLines(console, begun);
        Documents.Operation ended;
        try {
            ended = front.carryOut(order, lines);
        } finally {
            over.set(true);
            lines.end();
        }
        if (json) {
            console.out().println(Json.text(ended));
        } else {
            ended.nodes().stream().filter(Ended::done).forEach(node -> print(ended.operation(), node));
        }
        return exit(ended.nodes());
    }

    private void print(String operation, Ended node) {
        console.out()
                .printf(
                        "%s %s in %.1f s (%.1f s of it our own): %s%n",
                        node.name(),
                        Objects.requireNonNullElse(node.goal(), operation),
                        node.seconds(),
                        node.ownSeconds(),
                        node.reason());
    }

    private static int exit(List<Ended> nodes) {
        long done = nodes.stream().filter(Ended::done).count();
        if (done == nodes.size()) {
            return Exit.DONE;
        }
        if (done > 0) {
            return Exit.PARTLY;
        }
        return nodes.stream().allMatch(node -> "bad-input".equals(node.kind())) ? Exit.USAGE : Exit.FAILED;
    }
}
