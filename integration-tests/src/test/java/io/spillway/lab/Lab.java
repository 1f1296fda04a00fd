package io.spillway.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** The lab as a test sees it: its machines, and the {@code spillway} command run inside its network. */
final class Lab {
    /** The checkout's top folder: Maven runs a module's tests in the module's own; another process is told it. */
    static final Path TREE = Path.of(System.getProperty(
            "lab.tree", Path.of("").toAbsolutePath().getParent().toString()));

    static final Path STATE = Path.of(System.getenv().getOrDefault("SPILLWAY_LAB", "/var/lib/spillway-lab"));

    /** The lab's own configuration. */
    static final Path CONFIG = STATE.resolve("spillway.yaml");

    /** The program that makes the lab and reaches into it. */
    static final String ENTRY = TREE.resolve("integration-tests/lab/lab").toString();

    /** No command that a test waits for takes this long: one that does hangs. */
    private static final Duration LIMIT = Duration.ofMinutes(20);

    private Lab() {}

    /** What a command said and how it ended. */
    record Answer(int exit, List<String> output, List<String> errors) {
        /** All that went to standard error, for a message. */
        String error() {
            return String.join("\n", errors);
        }
    }

    /** Runs a command inside a lab machine as root. */
    static Answer on(String machine, String... command) {
        return run(prepend(command, ENTRY, "sh", machine));
    }

    /** Starts nova-api and waits for its port, which opens some seconds after its unit is active. */
    static void startNova() {
        on("cloud", "systemctl", "start", "nova-api");
        String listens = "until (exec 3<>/dev/tcp/10.77.0.1/8774) 2>/dev/null; do sleep 0.1; done";
        Answer answer = on("cloud", "timeout", "60", "bash", "-c", listens);
        if (answer.exit() != 0) {
            throw new IllegalStateException("nova-api does not listen again");
        }
    }

    /** Runs the {@code spillway} command with the lab's own configuration. */
    static Answer spillway(String... words) {
        return spillway(CONFIG, words);
    }

    /** Runs the {@code spillway} command with another configuration. */
    static Answer spillway(Path config, String... words) {
        return run(spillwayCommand(config, words));
    }

    /** Has alice submit a job of a quarter of an hour to these nodes; its id. */
    static String submit(String nodes) {
        Answer answer = on(
                "ctl",
                "runuser",
                "-u",
                "alice",
                "--",
                "sbatch",
                "--parsable",
                "--chdir=/home/alice",
                "--output=/dev/null",
                "--nodelist=" + nodes,
                "--wrap=sleep 900");
        if (answer.exit() != 0) {
            throw new IllegalStateException("sbatch: " + answer.error());
        }
        return answer.output().get(0);
    }

    /**
     * Starts the {@code spillway} command with the lab's own configuration, for a test that watches it. A Ctrl-C reaches
     * it even where the tests run in the background, whose processes a shell has ignore it.
     */
    static Process start(String... words) throws IOException {
        return new ProcessBuilder(
                        prepend(spillwayCommand(CONFIG, words).toArray(String[]::new), "env", "--default-signal=INT"))
                .directory(TREE.toFile())
                .start();
    }

    /** Starts {@code spillwayd}; its standard error comes with its output. */
    static Process startDaemon(Path config) throws IOException {
        return new ProcessBuilder(programCommand("spillwayd", config))
                .directory(TREE.toFile())
                .redirectErrorStream(true)
                .start();
    }

    private static List<String> spillwayCommand(Path config, String... words) {
        return programCommand("spillway", config, words);
    }

    /** The words that run one of the product's programs inside the lab's network. */
    private static List<String> programCommand(String program, Path config, String... words) {
        String path = TREE.resolve("daemon/bin").resolve(program).toString();
        return prepend(words, ENTRY, "exec", path, "--config", config.toString());
    }

    /** Runs a command to its end; one that hangs is ended, and the test with it. */
    static Answer run(List<String> command) {
        return run(command, Map.of(), line -> {});
    }

    /** Runs a command to its end and hands on each line of its standard output as it comes. */
    static Answer run(List<String> command, Map<String, String> environment, Consumer<String> onLine) {
        try {
            var builder = new ProcessBuilder(command).directory(TREE.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            var hangs = new AtomicBoolean();
            CompletableFuture<Void> limit = CompletableFuture.runAsync(
                    () -> {
                        hangs.set(true);
                        process.descendants().forEach(ProcessHandle::destroyForcibly);
                        process.destroyForcibly();
                    },
                    CompletableFuture.delayedExecutor(LIMIT.toSeconds(), TimeUnit.SECONDS));
            var errors = new ArrayList<String>();
            var reader = new Thread(() -> lines(process.errorReader(StandardCharsets.UTF_8), errors::add));
            reader.start();
            var output = new ArrayList<String>();
            lines(process.inputReader(StandardCharsets.UTF_8), line -> {
                output.add(line);
                onLine.accept(line);
            });
            int exit = process.waitFor();
            reader.join();
            limit.cancel(false);
            if (hangs.get()) {
                throw new IllegalStateException("%s did not end within %d minutes; the last it said: %s"
                        .formatted(String.join(" ", command), LIMIT.toMinutes(), last(errors)));
            }
            return new Answer(exit, List.copyOf(output), List.copyOf(errors));
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + command, cause);
        }
    }

    private static String last(List<String> lines) {
        return lines.isEmpty() ? "nothing" : lines.get(lines.size() - 1);
    }

    private static void lines(BufferedReader reader, Consumer<String> take) {
        reader.lines().forEach(take);
    }

    private static List<String> prepend(String[] words, String... first) {
        var all = new ArrayList<>(List.of(first));
        all.addAll(List.of(words));
        return List.copyOf(all);
    }
}
