package io.spillway.daemon;

import io.spillway.model.Hostlist;
import io.spillway.reconcile.Progress;
import java.util.function.Consumer;

/** Says on standard error what happens: each step a line; what is waited for overwritten where a person watches. */
final class ProgressLines implements Consumer<Progress> {
    private static final String CLEAR = "\r\u001b[K";

    private final Console console;
    private final boolean watched = Console.watched();
    private boolean passing;

    ProgressLines(Console console) {
        this.console = console;
    }

    void begin(String operation, Hostlist nodes) {
        line(operation + " " + nodes);
    }

    @Override
    public synchronized void accept(Progress progress) {
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
