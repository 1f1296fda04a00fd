package io.spillway.daemon;

import io.spillway.daemon.api.Documents;
import io.spillway.daemon.api.Front;
import io.spillway.reconcile.Progress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/** Says on standard error what happens: each step a line; what is waited for overwritten where a person watches. */
final class ProgressLines implements Front.Watcher {
    private static final String CLEAR = "\r\u001b[K";

    private final Console console;
    private final boolean watched = Console.watched();
    private boolean passing;

    private final AtomicBoolean begun;

    /** Says in {@code begun} when something is under way that a Ctrl-C would leave. */
    ProgressLines(Console console, AtomicBoolean begun) {
        this.console = console;
        this.begun = begun;
    }

    @Override
    public synchronized void begin(Documents.Begin begin) {
        begun.set(true);
        // an older daemon says none
        Objects.requireNonNullElse(begin.words(), List.<String>of()).forEach(this::line);
        line((begin.operation() + " " + begin.nodes()).strip());
    }

    @Override
    public synchronized void progress(Progress progress) {
        switch (progress.kind()) {
            case STEP -> line("%s  %s: %s".formatted(progress.node(), progress.what(), progress.reason()));
            case WAIT -> passing("%s  waits (%s): %s".formatted(progress.node(), progress.what(), progress.reason()));
            case AGAIN -> line("%s  %s, once more: %s".formatted(progress.node(), progress.what(), progress.reason()));
            case DONE -> line("%s  %s: %s".formatted(progress.node(), progress.what(), progress.reason()));
            case FAILED -> line("spillway: %s".formatted(progress.reason()));
        }
    }

    private void line(String text) {
        console.err().println((passing ? CLEAR : "") + text);
        passing = false;
    }

    private void passing(String text) {
        if (watched) {
            console.err().print(CLEAR + text);
            console.err().flush();
            passing = true;
        } else {
            line(text);
        }
    }

    synchronized void end() {
        if (passing) {
            console.err().print(CLEAR);
            passing = false;
        }
    }
}
