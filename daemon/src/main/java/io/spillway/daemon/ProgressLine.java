package io.spillway.daemon;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Says on standard error how far something long is: overwritten where a person watches, else a line every ten seconds. */
final class ProgressLine {
    private static final String CLEAR = "\r\u001b[K";
    private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long LINE = TimeUnit.SECONDS.toNanos(10);

    private final Console console;
    private final boolean watched = Console.watched();
    private final long began = System.nanoTime();
    private long told = began;

    ProgressLine(Console console) {
        this.console = console;
    }

    /** Says it, if it is time to. */
    synchronized void tell(double share, Supplier<String> what) {
        long now = System.nanoTime();
        if (now - told <= (watched ? LOOK : LINE)) {
            return;
        }
        told = now;
        double seconds = (now - began) / 1e9;
        String line = "%s, %.0f s, about %.0f s to go"
                .formatted(what.get(), seconds, seconds * (1 - share) / Math.max(1e-6, share));
        if (watched) {
            console.err().print(CLEAR + line);
            console.err().flush();
        } else {
            console.err().println(line);
        }
    }

    void clear() {
        if (watched) {
            console.err().print(CLEAR);
            console.err().flush();
        }
    }
}
