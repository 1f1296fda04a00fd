package io.spillway.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.Outcome;
import io.spillway.Spillway;
import io.spillway.failure.SpillwayException;
import io.spillway.model.Hostlist;
import io.spillway.model.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** What the documentation shows is what there is. */
class DocumentationTest {
    private static final Path DOCS = Path.of("..", "docs");

    @Test
    void everyVerbAndOptionIsInThePage() throws IOException {
        String page = Files.readString(DOCS.resolve("command.md"));
        SpillwayCommand root = new SpillwayCommand(new FakeSite(), new Console(System.out, System.err));
        CommandSpec spec = new CommandLine(root, new Commands(root)).getCommandSpec();
        spec.subcommands().forEach((verb, line) -> {
            assertThat(page).contains("`" + verb);
            line.getCommandSpec().options().stream()
                    .map(option -> option.longestName())
                    .filter(name -> !name.equals("--help") && !name.equals("--version"))
                    .forEach(name -> assertThat(page).as(verb).contains(name));
        });
    }

    @Test
    void everyFailureIsInThePage() throws IOException {
        String page = Files.readString(DOCS.resolve("java-api.md"));
        String command = Files.readString(DOCS.resolve("command.md"));
        Stream.of(SpillwayException.class.getPermittedSubclasses()).forEach(type -> {
            assertThat(page).contains(type.getSimpleName());
        });
        assertThat(command).contains("no-capacity", "deadline", "stopped");
    }

    /** The page's example, which must at least compile. */
    @Test
    void theExample() {
        FakeSite fake = new FakeSite();
        try (Spillway site = fake.connect(Optional.empty())) {
            Hostlist nodes = Hostlist.parse("vn[01-02]");

            site.provision(nodes).await().orThrow();

            Outcome away = site.because("kernel update")
                    .checkpoint(nodes)
                    .onProgress(told -> assertThat(told.node() + " " + told.what() + ": " + told.reason())
                            .isNotBlank())
                    .await();
            assertThat(away.done()).isEqualTo(nodes);
            assertThat(away.failed()).isEqualTo(Hostlist.empty());

            for (Node node : site.nodes()) {
                assertThat(node.name() + " " + node.phase() + " " + node.host().orElse("-"))
                        .endsWith("CHECKPOINTED cn01");
            }
        }
        assertThat(fake.changes).contains("drain spillway: checkpoint: kernel update");
    }
}
