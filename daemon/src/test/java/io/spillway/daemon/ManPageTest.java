package io.spillway.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.daemon.server.Spillwayd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Draws spillway(1) of what the command is, between the lines that are written by hand; run with {@code -Ddraw} after a
 * change that was meant. The other two pages must name all that there is.
 */
class ManPageTest {
    private static final Path MAN = Path.of("man");
    private static final Path READERS = Path.of("..", "library", "src", "main", "java", "io", "spillway", "config");
    private static final String BEGIN = ".\\\" drawn by ManPageTest: begin\n";
    private static final String END = ".\\\" drawn by ManPageTest: end\n";

    private static CommandSpec command() {
        SpillwayCommand root = new SpillwayCommand(new FakeSite(), new Console(System.out, System.err));
        return new CommandLine(root, new Commands(root)).getCommandSpec();
    }

    private static String page(String name) throws IOException {
        return Files.readString(MAN.resolve(name));
    }

    @Test
    void theCommandsPageIsOfToday() throws IOException {
        CommandSpec spec = command();
        Roff drawn = new Roff().section("VERBS");
        spec.subcommands().values().forEach(verb -> drawn.verb(verb.getCommandSpec()));
        drawn.section("OPTIONS").line("All verbs have these; they may stand before the verb or after it.");
        drawn.options(spec).item("\\-h, \\-\\-help", "What there is, or how a verb is used.");
        drawn.item("\\-V, \\-\\-version", "The version.");
        drawn.section("EXIT STATUS");
        spec.usageMessage().exitCodeList().forEach((code, meaning) -> drawn.item(code.strip(), Roff.escaped(meaning)));
        String page = page("spillway.1");
        String now =
                page.substring(0, page.indexOf(BEGIN) + BEGIN.length()) + drawn + page.substring(page.indexOf(END));
        if (System.getProperty("draw") != null) {
            Files.writeString(MAN.resolve("spillway.1"), now);
        }
        assertThat(page("spillway.1"))
                .as("daemon/man/spillway.1; -Ddraw draws it anew")
                .isEqualTo(now);
    }

    @Test
    void theDaemonsPageHasItsOptions() throws IOException {
        String page = page("spillwayd.8");
        new CommandLine(new Spillwayd())
                .getCommandSpec()
                .options()
                .forEach(option -> assertThat(page).contains(Roff.escaped(option.longestName())));
    }

    @Test
    void theFilesPageHasEveryKeyThatIsRead() throws IOException {
        String page = page("spillway.yaml.5");
        Set<String> keys = keys();
        assertThat(keys).contains("password-file", "keystore", "ladder", "warm");
        assertThat(keys).allSatisfy(key -> assertThat(page).contains(".B " + Roff.escaped(key) + "\n"));
    }

    /** The readers refuse what they do not know, so what they name there is all that there is. */
    private static Set<String> keys() throws IOException {
        Set<String> keys = new TreeSet<>();
        try (Stream<Path> files = Files.list(READERS)) {
            for (Path file : files.toList()) {
                Matcher known =
                        Pattern.compile("knowsOnly\\(\\s*Set\\.of\\(([^)]*)\\)").matcher(Files.readString(file));
                while (known.find()) {
                    Pattern.compile("\"([^\"]+)\"")
                            .matcher(known.group(1))
                            .results()
                            .forEach(key -> keys.add(key.group(1)));
                }
            }
        }
        return keys;
    }
}
