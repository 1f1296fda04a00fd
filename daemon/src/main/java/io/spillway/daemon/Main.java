package io.spillway.daemon;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.spillway.failure.BadInputException;
import io.spillway.failure.SpillwayException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The command's entry. Whatever goes wrong is one line on standard error, and a traceback only with --debug. */
public final class Main {
    private Main() {}

    /**
     * Runs the command and ends the JVM with its exit code.
     *
     * @param args its arguments
     */
    public static void main(String[] args) {
        System.exit(run(new Site.Configured(), new Console(System.out, System.err), args));
    }

    static int run(Site site, Console console, String... args) {
        SpillwayCommand root = new SpillwayCommand(site, console);
        CommandLine line = new CommandLine(root, new Commands(root));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setOut(new PrintWriter(console.out(), true, Charset.defaultCharset()));
        line.setErr(new PrintWriter(console.err(), true, Charset.defaultCharset()));
        line.setParameterExceptionHandler((mistake, words) -> usage(mistake, console));
        line.setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, root, console));
        line.setExecutionStrategy(parsed -> execute(parsed, root));
        return line.execute(args);
    }

    private static int execute(ParseResult parsed, SpillwayCommand root) {
        if (root.debug) {
            ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.DEBUG);
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    private static int usage(ParameterException mistake, Console console) {
        String command = mistake.getCommandLine().getCommandSpec().qualifiedName();
        console.error(oneLine(String.valueOf(mistake.getMessage())) + "; see: " + command + " --help");
        return Exit.USAGE;
    }

    private static int failed(Exception failure, SpillwayCommand root, Console console) {
        if (root.debug) {
            failure.printStackTrace(console.err());
        }
        if (failure instanceof SpillwayException known) {
            console.error(known.getMessage());
            return known instanceof BadInputException ? Exit.USAGE : Exit.FAILED;
        }
        console.error("a mistake in spillway itself, --debug tells more: " + oneLine(failure.toString()));
        return Exit.FAILED;
    }

    private static String oneLine(String text) {
        return text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    }
}
