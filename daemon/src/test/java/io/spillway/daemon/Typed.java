package io.spillway.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;

/** The command as it is typed, in this process, and what it said last. */
final class Typed {
    private final Site site;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    Typed(Site site) {
        this.site = site;
    }

    /** The exit code of a command with these words. */
    int type(List<String> words) {
        out.reset();
        err.reset();
        Console console = new Console(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
        return Main.run(site, console, words.toArray(String[]::new));
    }

    int type(String... words) {
        return type(List.of(words));
    }

    String out() {
        return out.toString(UTF_8);
    }

    String err() {
        return err.toString(UTF_8);
    }

    List<String> errors() {
        return err().lines().toList();
    }
}
