package io.spillway.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scenes of {@code make demo SCENE=…} on the lab, all moves by policies. Each takes some ten minutes. */
@Tag("long")
class ScenesIT {
    @ParameterizedTest
    @ValueSource(strings = {"poster", "tide"})
    void lowWorkStepsAsideMovesAndComesBackByPolicies(String scene) {
        String demo = Lab.TREE.resolve("examples/%s/demo.py".formatted(scene)).toString();

        Lab.Answer answer = Lab.run(List.of(demo), Map.of(), System.out::println);

        assertThat(answer.exit()).as(answer.error()).isZero();
        assertThat(answer.output().get(answer.output().size() - 1))
                .matches(scene + ": (\\d+) of \\1 moves by policy, jobs COMPLETED 0:0");
        assertThat(Files.exists(Lab.TREE.resolve("target/%s.svg".formatted(scene))))
                .isTrue();
        assertThat(Files.exists(Lab.TREE.resolve("target/%s.png".formatted(scene))))
                .isTrue();
    }
}
