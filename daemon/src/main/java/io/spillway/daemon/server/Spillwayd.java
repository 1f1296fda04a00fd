package io.spillway.daemon.server;

import io.spillway.Spillway;
import io.spillway.config.SpillwayConfig;
import io.spillway.daemon.ConfigFile;
import io.spillway.failure.BadInputException;
import io.spillway.failure.SpillwayException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The daemon's entry. */
@Command(
        name = "spillwayd",
        mixinStandardHelpOptions = true,
        description = "Keeps the goals of a site's virtual nodes, and does what the command asks for.")
public final class Spillwayd implements Callable<Integer> {
    /** A step may take Salt ten minutes; what is not over then goes on after the next start. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "spillway.yaml; else $SPILLWAY_CONFIG, ~/.config/spillway/, /etc/spillway/.")
    @Nullable Path config;

    /**
     * Runs until SIGTERM.
     *
     * @param args its arguments
     */
    public static void main(String[] args) {
        CommandLine line = new CommandLine(new Spillwayd());
        line.setParameterExceptionHandler((mistake, words) -> {
            System.err.println("spillwayd: " + mistake.getMessage() + "; see: spillwayd --help");
            return 2;
        });
        line.setExecutionExceptionHandler((failure, command, parsed) -> failed(failure));
        System.exit(line.execute(args));
    }

    private static int failed(Exception failure) {
        System.err.println("spillwayd: " + failure.getMessage());
        if (!(failure instanceof SpillwayException)) {
            failure.printStackTrace();
        }
        return failure instanceof BadInputException ? 2 : 1;
    }

    @Override
    public Integer call() throws InterruptedException {
        SpillwayConfig site = SpillwayConfig.load(ConfigFile.find(Optional.ofNullable(config)));
        String version = Optional.ofNullable(Spillwayd.class.getPackage().getImplementationVersion())
                .orElse("(a build tree)");
        Daemon daemon = new Daemon(Spillway.connect(site), site.daemon(), Notifier.of(System.getenv()), version);
        daemon.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> daemon.stop(PATIENCE), "stop"));
        new CountDownLatch(1).await();
        return 0;
    }
}
