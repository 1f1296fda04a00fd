package io.spillway.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.model.Goal;
import io.spillway.simulation.Story.Order;
import io.spillway.simulation.Story.Twist;
import io.spillway.simulation.Story.What;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Stories in which a promise was once broken. */
class StoriesTest {
    private static Order order(String node, Goal goal) {
        return new Order(node, goal);
    }

    @Test
    void aSharedJobWaitsUntilANodeThatAnAdminPausedIsRight() {
        Play.of(new Story(
                List.of(order("vn01", Goal.ABSENT), order("vn02", Goal.ABSENT)),
                List.of(order("vn02", Goal.HELD), order("vn02", Goal.READY.on("cn01"))),
                List.of(new Twist(44, What.AN_ADMIN_PAUSES_THE_SERVER))));
    }

    @Test
    void aSharedJobThatAnAdminResumedWhileItWasHeldIsNotForgotten() {
        Play.of(new Story(
                List.of(
                        order("vn02", Goal.READY),
                        order("vn01", Goal.CHECKPOINTED.on("cn02")),
                        order("vn01", Goal.READY.on("cn02")),
                        order("vn02", Goal.READY.on("cn02"))),
                List.of(order("vn02", Goal.CHECKPOINTED)),
                List.of(new Twist(56, What.AN_ADMIN_RESUMES_THE_JOB), new Twist(14, What.AN_ADMIN_RESERVES))));
    }

    @Test
    void aStepThatFailedIsDecidedAnewAfterThePause() {
        Play.of(new Story(
                List.of(
                        order("vn01", Goal.CHECKPOINTED.on("cn02")),
                        order("vn02", Goal.READY.on("cn02")),
                        order("vn01", Goal.HELD)),
                List.of(order("vn01", Goal.READY), order("vn02", Goal.CHECKPOINTED.on("cn02"))),
                List.of(new Twist(10, What.THE_CALL_FAILS), new Twist(44, What.AN_ADMIN_LOCKS))));
    }

    @Test
    void whatIsHeldIsForgottenOnlyByAFreshLook() {
        Play.of(new Story(
                List.of(order("vn01", Goal.CHECKPOINTED), order("vn01", Goal.CHECKPOINTED)),
                List.of(order("vn01", Goal.READY)),
                List.of(
                        new Twist(28, What.A_USER_CANCELS_THE_JOB),
                        new Twist(33, What.THE_CALL_FAILS),
                        new Twist(33, What.ITS_ANSWER_IS_LOST),
                        new Twist(8, What.THE_HOST_FALLS_SILENT),
                        new Twist(47, What.AN_ADMIN_PAUSES_THE_SERVER))));
    }

    @Test
    void whatIsHeldIsNotForgottenWhileAnotherDaemonMayStillHold() {
        Play.of(new Story(
                List.of(
                        order("vn02", Goal.CHECKPOINTED),
                        order("vn01", Goal.HELD),
                        order("vn02", Goal.READY.on("cn01")),
                        order("vn02", Goal.CHECKPOINTED)),
                List.of(order("vn02", Goal.READY.on("cn01")), order("vn01", Goal.READY.on("cn01"))),
                List.of(new Twist(73, What.AN_ADMIN_RESUMES_THE_JOB))));
    }

    @Test
    void aSuspensionThatComesAfterItsJobsWereForgottenIsEnded() {
        Play play = Play.of(new Story(
                List.of(order("vn01", Goal.CHECKPOINTED)),
                List.of(order("vn01", Goal.READY)),
                List.of(new Twist(1, What.THE_DAEMON_IS_KILLED), new Twist(7, What.IT_TAKES_20_SECONDS))));
        assertThat(play.site.story())
                .map(line -> line.substring(line.indexOf(" s  ") + 4))
                .containsSubsequence(
                        "forget [spillway:held-jobs, spillway:back] vn01",
                        "suspend jobs [11, 20]",
                        "resume jobs [11, 20]");
    }

    @Test
    void aSuspensionThatHangsWhileAnotherDaemonOpensTheNodeIsEnded() {
        List<String> hung = IntStream.rangeClosed(1, 30)
                .mapToObj(call -> Play.of(new Story(
                        List.of(order("vn01", Goal.CHECKPOINTED)),
                        List.of(order("vn01", Goal.READY)),
                        List.of(new Twist(call, What.IT_TAKES_20_SECONDS)))))
                .map(play -> String.join("\n", play.site.story()))
                .filter(story -> story.matches("(?s).*20 s for suspend jobs.*DAEMON vn01 to READY.*suspend jobs.*"))
                .toList();
        assertThat(hung).isNotEmpty().allMatch(story -> story.matches("(?s).*suspend jobs.*resume jobs.*"));
    }

    @Test
    void ofTwinsTheOneThatSlurmUsesStaysWithItsJobs() {
        Play play = Play.of(new Story(
                List.of(order("vn01", Goal.CHECKPOINTED), order("vn01", Goal.READY)),
                List.of(),
                List.of(new Twist(30, What.A_SECOND_SERVER_IS_MADE))));
        assertThat(play.site.story()).anyMatch(line -> line.contains("delete twin vn01"));
        assertThat(play.site.batches).containsKeys("11", "20");
    }

    @Test
    void aJobThatIsCancelledWhileItsNodeIsAwayEndsWhenItWakesUp() {
        Play play = Play.of(new Story(
                List.of(order("vn01", Goal.CHECKPOINTED), order("vn01", Goal.READY)),
                List.of(),
                List.of(new Twist(30, What.A_USER_CANCELS_THE_JOB))));
        assertThat(play.site.batches).doesNotContainKey("20");
    }

    @Test
    void aServerThatDiesComesBackAndItsJobsStartAnew() {
        Play play = Play.of(new Story(
                List.of(order("vn01", Goal.READY), order("vn02", Goal.CHECKPOINTED)),
                List.of(),
                List.of(new Twist(5, What.THE_SERVER_DIES))));
        assertThat(play.site.story())
                .map(line -> line.substring(line.indexOf(" s  ") + 4))
                .containsSubsequence("ADMIN kills vn01", "set DOWN vn01", "start server vn01", "undrain vn01");
        assertThat(play.site.story()).anyMatch(line -> line.contains("job 11 starts anew"));
    }

    @Test
    void aServerThatDiesOnItsWayToDiskLosesNoJob() {
        Play play = Play.of(new Story(
                List.of(order("vn01", Goal.CHECKPOINTED)), List.of(), List.of(new Twist(10, What.THE_SERVER_DIES))));
        assertThat(play.site.story()).anyMatch(line -> line.contains("release jobs [11, 20]"));
        assertThat(play.site.batches).containsKeys("11", "20");
    }

    @Test
    void aCheckpointedServerIsNeverTakenForADeadOne() {
        Play play = Play.of(new Story(
                List.of(order("vn01", Goal.CHECKPOINTED), order("vn02", Goal.HELD)),
                List.of(),
                List.of(new Twist(32, What.THE_SERVER_DIES))));
        assertThat(play.site.story())
                .anyMatch(line -> line.contains("ADMIN kills vn01"))
                .noneMatch(line -> line.contains("set DOWN") || line.contains("start server"));
    }

    @Test
    void aServerThatAnAdminStopsStaysStopped() {
        Play play = Play.of(new Story(
                List.of(order("vn01", Goal.READY), order("vn02", Goal.CHECKPOINTED), order("vn01", Goal.READY)),
                List.of(),
                List.of(new Twist(5, What.AN_ADMIN_STOPS_THE_SERVER))));
        assertThat(play.site.story())
                .anyMatch(line -> line.contains("refused") || line.contains("somebody stopped its server"))
                .noneMatch(line -> line.contains("set DOWN") || line.contains("start server"));
    }

    @Test
    void aServerThatIsPinnedWhileNovaTakesItsTimeToAnswerIsNotMoved() {
        Play play = Play.of(new Story(
                List.of(order("vn01", Goal.READY.on("cn02")), order("vn02", Goal.READY)),
                List.of(order("vn01", Goal.READY.on("cn02")), order("vn02", Goal.READY)),
                List.of(new Twist(4, What.IT_TAKES_20_SECONDS), new Twist(15, What.AN_ADMIN_PINS))));
        assertThat(play.site.story()).anyMatch(line -> line.contains("FAULT 20 s for newest migration"));
    }

    @Test
    void theSameStoryIsTheSameStory() {
        Story story = new Story(
                List.of(order("vn01", Goal.CHECKPOINTED), order("vn01", Goal.READY.on("cn02"))),
                List.of(order("vn02", Goal.HELD)),
                List.of(new Twist(12, What.ITS_ANSWER_IS_LOST)));
        assertThat(Play.of(story).site.story()).isEqualTo(Play.of(story).site.story());
    }
}
