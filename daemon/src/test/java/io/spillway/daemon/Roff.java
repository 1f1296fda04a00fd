package io.spillway.daemon;

import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The parts of a manual page that picocli knows, as man(7) wants them. picocli's own generator writes AsciiDoc, which
 * another tool of another language would have to make a page of.
 */
final class Roff {
    private final StringBuilder text = new StringBuilder();

    static String escaped(String words) {
        String plain = words.replace("\\", "\\e").replace("-", "\\-");
        return plain.startsWith(".") || plain.startsWith("'") ? "\\&" + plain : plain;
    }

    private static String words(String... description) {
        return escaped(Ansi.OFF
                .text(String.join(" ", description).replace("%%", "%").replace("%n", " "))
                .toString());
    }

    Roff line(String line) {
        text.append(line).append('\n');
        return this;
    }

    Roff section(String name) {
        return line(".SH " + name);
    }

    /** A term in bold and what it means. */
    Roff item(String term, String meaning) {
        return line(".TP").line(".B " + term).line(meaning);
    }

    Roff verb(CommandSpec spec) {
        String parameters = spec.positionalParameters().stream()
                .map(parameter -> " \\fI" + escaped(parameter.paramLabel()) + "\\fR")
                .collect(Collectors.joining());
        line(".SS \"" + escaped(spec.name()) + parameters + "\"");
        line(words(spec.usageMessage().description()));
        spec.positionalParameters().stream()
                .filter(parameter -> parameter.description().length > 0)
                .forEach(parameter ->
                        item("\\fI" + escaped(parameter.paramLabel()) + "\\fR", words(parameter.description())));
        return options(spec);
    }

    /** Those of this command alone, by their names. */
    Roff options(CommandSpec spec) {
        List<OptionSpec> own = spec.options().stream()
                .filter(option ->
                        !option.inherited() && !option.hidden() && !option.usageHelp() && !option.versionHelp())
                .sorted(java.util.Comparator.comparing(OptionSpec::longestName))
                .toList();
        own.forEach(option -> item(names(option), words(option.description())));
        return this;
    }

    private static String names(OptionSpec option) {
        String names = List.of(option.names()).stream().map(Roff::escaped).collect(Collectors.joining(", "));
        return option.arity().max() == 0 ? names : names + " \\fI" + escaped(label(option)) + "\\fR";
    }

    private static String label(ArgSpec argument) {
        return argument.paramLabel();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
