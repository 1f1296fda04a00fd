package io.spillway.daemon;

import java.io.PrintStream;

/** Where the command speaks: results to the one, progress and mistakes to the other. */
record Console(PrintStream out, PrintStream err) {
    void error(String line) {
        err.println("spillway: " + line);
    }

    /** Whether a person watches: the JDK 17 tells only of both streams together. */
    @SuppressWarnings("SystemConsoleNull") // later JDKs give a console that says isTerminal(), which 17 lacks
    static boolean watched() {
        return System.console() != null && !"dumb".equals(System.getenv("TERM"));
    }
}
