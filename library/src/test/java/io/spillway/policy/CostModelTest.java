package io.spillway.policy;

import static io.spillway.policy.SomeSite.site;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spillway.failure.BadInputException;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CostModelTest {
    private static final CostModel COSTS = CostModel.DEFAULT;

    @ParameterizedTest(name = "{0} of 768 MiB takes {1} to {2} s")
    @CsvSource({"HOLD,2.2,2.6", "CHECKPOINT,4.5,5.5", "RESTORE,10.0,11.0", "MIGRATE,8.4,10.8", "RELEASE,0.1,1.0"})
    void theDefaultsAreWhatWasMeasured(Work work, double least, double most) {
        assertThat(COSTS.takes(work, 768).toMillis() / 1000.0).isBetween(least, most);
    }

    private static Node busy() {
        return site().pool("htc", "vn[01-08]", 0, 0)
                .node("vn01", "cn01")
                .job("12", "low")
                .outlook()
                .node(NodeName.of("vn01"))
                .orElseThrow();
    }

    @Test
    void onlyEndingAJobLosesItsWork() {
        assertThat(COSTS.cost(Rung.MIGRATE, busy()).lost()).isZero();
        assertThat(COSTS.cost(Rung.CHECKPOINT, busy()).lost()).isZero();
        assertThat(COSTS.cost(Rung.REQUEUE, busy()).lost()).isEqualTo(600);
    }

    @Test
    void whatWasSeenDrawsTheExpectationToItself() {
        CostModel seen = COSTS;
        Duration slow = COSTS.takes(Work.MIGRATE, 1024).multipliedBy(3);
        assertThat(seen.observed(Work.MIGRATE, 1024, slow).takes(Work.MIGRATE, 1024))
                .isEqualTo(slow);
        seen = seen.observed(Work.MIGRATE, 1024, COSTS.takes(Work.MIGRATE, 1024));
        for (int i = 0; i < 30; i++) {
            seen = seen.observed(Work.MIGRATE, 1024, slow);
        }
        assertThat(seen.calibration().factor(Work.MIGRATE)).isCloseTo(3, within(0.01));
        assertThat(seen.takes(Work.CHECKPOINT, 768)).isEqualTo(COSTS.takes(Work.CHECKPOINT, 768));
    }

    @Test
    void aBigNodeSaysMoreThanALittleOne() {
        CostModel known = COSTS.observed(Work.RESTORE, 1024, COSTS.takes(Work.RESTORE, 1024));
        double little = known.observed(
                        Work.RESTORE, 512, COSTS.takes(Work.RESTORE, 512).multipliedBy(2))
                .calibration()
                .factor(Work.RESTORE);
        double big = known.observed(
                        Work.RESTORE, 8192, COSTS.takes(Work.RESTORE, 8192).multipliedBy(2))
                .calibration()
                .factor(Work.RESTORE);
        assertThat(big).isGreaterThan(little);
    }

    @Test
    void aCalibrationIsReadBack() {
        Calibration seen =
                COSTS.observed(Work.BUILD, 1024, Duration.ofSeconds(30)).calibration();
        assertThat(Calibration.parse(seen.json())).isEqualTo(seen);
        assertThat(Calibration.parse("{\"factors\":{\"teleport\":2}}")).isEqualTo(new Calibration(Map.of()));
        assertThatThrownBy(() -> Calibration.parse("{\"factors\":{\"build\":-1}}"))
                .isInstanceOf(BadInputException.class);
    }
}
