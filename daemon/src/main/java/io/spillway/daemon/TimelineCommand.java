package io.spillway.daemon;

import io.spillway.daemon.api.Front;
import io.spillway.failure.BadInputException;
import io.spillway.failure.FailedException;
import io.spillway.timeline.Picture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Draws what happened to hosts, nodes and jobs. */
@Command(
        name = "timeline",
        mixinStandardHelpOptions = true,
        versionProvider = SpillwayCommand.Version.class,
        description = "Draws what happened to hosts, nodes and jobs.")
final class TimelineCommand implements Callable<Integer> {
    /** For paper and for good screens. */
    private static final double SCALE = 2;

    private final SpillwayCommand root;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            defaultValue = "2h",
            description = "How far back: 90, 90s, 15m or 2h; ${DEFAULT-VALUE} if not given.")
    String since = "2h";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to: a .svg or a .png; SVG on standard output if not given.")
    @Nullable Path output;

    TimelineCommand(SpillwayCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        boolean png = output != null && output.toString().endsWith(".png");
        if (output != null && !png && !output.toString().endsWith(".svg")) {
            throw new BadInputException(
                    output.toString(), "a timeline is written as .svg or .png, not as %s".formatted(output));
        }
        try (Front front = root.front()) {
            String svg = front.timeline(Verb.time("--since", since));
            if (output == null) {
                root.console.out().print(svg);
            } else {
                write(output, png ? Picture.png(svg, SCALE) : svg.getBytes(StandardCharsets.UTF_8));
            }
        }
        return Exit.DONE;
    }

    private static void write(Path file, byte[] picture) {
        try {
            Files.write(file, picture);
        } catch (IOException unwritable) {
            throw new FailedException(
                    file.toString(), "%s cannot be written: %s".formatted(file, unwritable), unwritable);
        }
    }
}
