package io.spillway.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The contracts of all ports on the lab's real adapters, which the simulation is held to as well. They run in a process of
 * their own inside the lab's network, see {@link Contracts}.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ContractIT {
    @BeforeAll
    static void oneNode() {
        Lab.Answer up = Lab.spillway("up", OnTheLab.NODE);
        assertThat(up.exit()).as(up.error()).isZero();
    }

    @AfterAll
    static void leaveNothing() {
        Lab.spillway("down", OnTheLab.NODE);
    }

    @Test
    void theLabKeepsTheContractsOfTheSimulation() {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classpath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

        Lab.Answer answer = Lab.run(
                List.of(Lab.ENTRY, "exec", java, "-Dlab.tree=" + Lab.TREE, "-cp", classpath, Contracts.class.getName()),
                Map.of(),
                System.out::println);

        assertThat(answer.exit()).as(answer.error()).isZero();
    }
}
