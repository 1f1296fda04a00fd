package io.spillway.policy;

import static io.spillway.policy.SomeSite.NOON;
import static io.spillway.policy.SomeSite.site;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillway.failure.BadInputException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SavingsTest {
    private static final JobClasses CLASSES = SomeSite.basis().classes();
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private Savings savings = Savings.NONE;

    /** A look so many minutes after noon. */
    private static SomeSite at(long minutes) {
        return site().at(NOON.plusSeconds(60 * minutes)).host("cn01", 4, 4000).pool("htc", "vn[01-08]", 0, 0);
    }

    private void look(SomeSite site) {
        savings = savings.seen(site.view(), CLASSES);
    }

    private void running(long minute, long ran) {
        look(at(minute).node("vn01", "cn01").job("12", "low", MINUTE.multipliedBy(ran), Duration.ZERO));
    }

    private void away(long minute, long ran) {
        look(at(minute).node("vn01", "cn01").checkpointed().job("12", "low", MINUTE.multipliedBy(ran), Duration.ZERO));
    }

    private Savings.Sum low() {
        return savings.byClass().getOrDefault("low", Savings.Sum.NONE);
    }

    @Test
    void whatRunsUndisturbedSavesNothing() {
        running(0, 60);
        running(1, 61);
        assertThat(savings.classes()).isEmpty();
        assertThat(savings.since()).contains(NOON);
    }

    @Test
    void anInterruptionRisksWhatTheJobHasRunAndKeepsItWhenItGoesOn() {
        running(0, 60);
        away(10, 60);
        assertThat(low()).isEqualTo(new Savings.Sum(1, HOUR, Duration.ZERO, Duration.ZERO));
        away(20, 60);
        assertThat(low().still()).isEqualTo(MINUTE.multipliedBy(10));
        running(30, 62);
        assertThat(low()).isEqualTo(new Savings.Sum(1, HOUR, HOUR, MINUTE.multipliedBy(18)));
    }

    @Test
    void theSecondInterruptionRisksOnlyWhatRanSinceTheFirst() {
        away(0, 60);
        running(10, 70);
        away(20, 80);
        running(30, 81);
        assertThat(low().interruptions()).isEqualTo(2);
        assertThat(low().risked()).isEqualTo(MINUTE.multipliedBy(80));
        assertThat(low().kept()).isEqualTo(MINUTE.multipliedBy(80));
    }

    @Test
    void whatIsBegunAnewOrEndsWhileItStandsStillIsNotKept() {
        away(0, 60);
        running(10, 3);
        assertThat(low().kept()).isZero();
        away(20, 13);
        assertThat(low().risked()).isEqualTo(HOUR.plus(MINUTE.multipliedBy(13)));
        look(at(30).node("vn01", "cn01"));
        assertThat(low().kept()).isZero();
        assertThat(savings.jobs()).isEmpty();
    }

    @Test
    void aJobThatItsUserSuspendsOnANodeThatRunsIsNoInterruption() {
        look(at(0).node("vn01", "cn01")
                .held()
                .job("12", "low", HOUR, Duration.ZERO)
                .is(io.spillway.model.Phase.READY, java.util.Optional.empty()));
        assertThat(savings.classes()).isEmpty();
    }

    @Test
    void aJobOverTwoNodesIsInterruptedOnce() {
        look(at(0).node("vn02", "cn01")
                .checkpointed()
                .node("vn01", "cn01")
                .checkpointed()
                .job("12", "low", HOUR, Duration.ZERO)
                .alsoOn("12", "vn02"));
        assertThat(low().interruptions()).isEqualTo(1);
    }

    @Test
    void itIsReadBack() {
        away(0, 60);
        away(5, 60);
        assertThat(Savings.parse(savings.json())).isEqualTo(savings);
        assertThat(Savings.parse(Savings.NONE.json())).isEqualTo(Savings.NONE);
        for (String wrong : List.of("[]", "{\"jobs\": {}}", "{\"jobs\": {\"1\": {\"class\": 1}}, \"classes\": {}}")) {
            assertThatThrownBy(() -> Savings.parse(wrong)).isInstanceOf(BadInputException.class);
        }
    }
}
