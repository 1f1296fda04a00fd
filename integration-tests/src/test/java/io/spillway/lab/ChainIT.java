package io.spillway.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The chain of {@code make demo} with a short absence, on the lab. */
class ChainIT {
    @Test
    void jobsOutliveTheirNodesCheckpointMoveAndRestore() {
        String demo = Lab.TREE.resolve("examples/chain/demo.py").toString();

        Lab.Answer answer = Lab.run(List.of(demo), Map.of("FAST", "1"), System.out::println);

        assertThat(answer.exit()).as(answer.error()).isZero();
        assertThat(answer.output().get(answer.output().size() - 1))
                .matches("chain: (\\d+) of \\1 steps, jobs COMPLETED 0:0, lines 1\\.\\.\\d+ without gap");
    }
}
