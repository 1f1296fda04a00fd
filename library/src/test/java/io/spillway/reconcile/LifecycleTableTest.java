package io.spillway.reconcile;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.model.Goal;
import io.spillway.reconcile.CloudState.Keep;
import io.spillway.reconcile.CloudState.Machine;
import io.spillway.reconcile.CloudState.Mark;
import io.spillway.reconcile.CloudState.Peer;
import io.spillway.reconcile.CloudState.Place;
import io.spillway.reconcile.CloudState.Twin;
import io.spillway.reconcile.SlurmState.Drain;
import io.spillway.reconcile.SlurmState.Kind;
import io.spillway.reconcile.SlurmState.Work;
import io.spillway.slurm.MinionKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Draws the table of states into docs/lifecycle.md; run with {@code -Ddraw} after a change that was meant. */
class LifecycleTableTest {
    private static final Path PAGE = Path.of("..", "docs", "lifecycle.md");
    private static final String BEGIN = "<!-- drawn by LifecycleTableTest: begin -->\n";
    private static final String END = "<!-- drawn by LifecycleTableTest: end -->\n";
    private static final List<Goal> GOALS =
            List.of(Goal.READY, Goal.READY.on("cn02"), Goal.HELD, Goal.CHECKPOINTED, Goal.ABSENT);

    private static final CloudState SERVER =
            new CloudState(Machine.ACTIVE, Keep.FREE, Place.CN01, true, true, Mark.NONE, Peer.NONE, Twin.NONE);
    private static final SlurmState NODE = new SlurmState(Kind.IDLE, Drain.NONE, Work.NONE, MinionKey.ACCEPTED, false);

    @Test
    void thePageShowsTheTableOfStates() throws IOException {
        String page = Files.readString(PAGE);
        String drawn =
                page.substring(0, page.indexOf(BEGIN) + BEGIN.length()) + tables() + page.substring(page.indexOf(END));
        if (System.getProperty("draw") != null) {
            Files.writeString(PAGE, drawn);
        }
        assertThat(Files.readString(PAGE))
                .as("docs/lifecycle.md; -Ddraw draws it anew")
                .isEqualTo(drawn);
    }

    private static String tables() {
        return table("the server is", Stream.of(Machine.values()), machine -> row(NODE, SERVER.with(machine)))
                + table("the server's place is", Stream.of(Place.values()), place -> row(NODE, SERVER.with(place)))
                + table(
                        "an admin has it",
                        Stream.of(Keep.values()),
                        keep -> row(
                                NODE,
                                new CloudState(
                                        Machine.ACTIVE, keep, Place.CN01, true, true, Mark.NONE, Peer.NONE, Twin.NONE)))
                + table(
                        "a second server is",
                        Stream.of(Twin.values()),
                        twin -> row(
                                NODE,
                                new CloudState(
                                        Machine.ACTIVE, Keep.FREE, Place.CN01, true, true, Mark.NONE, Peer.NONE, twin)))
                + table("Slurm's node is", Stream.of(Kind.values()), kind -> row(NODE.with(kind), SERVER))
                + table("drained by", Stream.of(Drain.values()), drain -> row(NODE.with(drain), SERVER))
                + table(
                        "its jobs are (drained by us, nothing written down)",
                        Stream.of(Work.values()),
                        work -> row(NODE.with(Drain.OURS).with(work), SERVER))
                + table(
                        "its jobs are (drained by us, job 1 held by us, the server SUSPENDED)",
                        Stream.of(Work.values()),
                        work -> row(
                                NODE.with(Drain.OURS).with(work),
                                SERVER.with(Machine.SUSPENDED).with(Mark.DATED)))
                + table(
                        "its jobs are (drained by us, job 1 held by us, the server ACTIVE)",
                        Stream.of(Work.values()),
                        work -> row(NODE.with(Drain.OURS).with(work), SERVER.with(Mark.DATED)))
                + table(
                        "its minion's key is (drained by us, not in Slurm yet)",
                        Stream.of(MinionKey.values()),
                        key -> row(NODE.with(Kind.ABSENT).with(key), SERVER))
                + table(
                        "its minion's key is (no server)",
                        Stream.of(MinionKey.values()),
                        key -> row(NODE.with(Kind.ABSENT).with(key), CloudState.NOTHING));
    }

    private static <E extends Enum<E>> String table(String what, Stream<E> states, Function<E, String> row) {
        return "\n| %s | %s |\n|---|%s\n%s\n"
                .formatted(
                        what,
                        GOALS.stream().map(Goal::toString).collect(joining(" | ")),
                        "---|".repeat(GOALS.size()),
                        states.map(state -> "| %s | %s |".formatted(words(state), row.apply(state)))
                                .collect(joining("\n")));
    }

    private static String words(Enum<?> state) {
        return state.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String row(SlurmState slurm, CloudState cloud) {
        return GOALS.stream()
                .map(goal -> title(LifecycleFindingsTest.next(slurm, cloud, goal)))
                .collect(joining(" | "));
    }

    private static String title(Step step) {
        if (step instanceof Effect effect) {
            return "**" + effect.title() + "**";
        } else if (step instanceof Step.Look look) {
            return "look: " + words(look.part());
        } else if (step instanceof Step.Wait wait) {
            return "wait: " + words(wait.on());
        }
        return step instanceof Step.Done ? "done" : "refuse";
    }

    @Test
    void everyPromiseStandsOnThePage() throws IOException {
        String page = Files.readString(PAGE);
        assertThat(Arrays.stream(Promise.values()).map(promise -> promise.words))
                .allMatch(page::contains);
    }
}
