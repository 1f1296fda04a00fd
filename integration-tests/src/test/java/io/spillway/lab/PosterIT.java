package io.spillway.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The scene of {@code make demo SCENE=poster} on the lab: all moves by policies. Takes some ten minutes. */
@Tag("long")
class PosterIT {
    @Test
    void lowWorkStepsAsideMovesAndComesBackByPolicies() {
        String demo = Lab.TREE.resolve("examples/poster/demo.py").toString();

        Lab.Answer answer = Lab.run(List.of(demo), Map.of(), System.out::println);

        assertThat(answer.exit()).as(answer.error()).isZero();
        assertThat(answer.output().get(answer.output().size() - 1))
                .matches("poster: (\\d+) of \\1 moves by policy, jobs COMPLETED 0:0");
        assertThat(Files.exists(Lab.TREE.resolve("target/poster.svg"))).isTrue();
        assertThat(Files.exists(Lab.TREE.resolve("target/poster.png"))).isTrue();
    }
}
