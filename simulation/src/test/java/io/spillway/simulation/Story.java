package io.spillway.simulation;

import io.spillway.model.Goal;
import java.util.List;
import java.util.Locale;

/** What is asked for, by one daemon and by a second, and what goes wrong meanwhile. */
record Story(List<Order> first, List<Order> second, List<Twist> twists) {
    /** One node to one goal. */
    record Order(String node, Goal goal) {
        @Override
        public String toString() {
            return node + " to " + goal;
        }
    }

    /** At the so manieth call to the site this happens. */
    record Twist(int call, What what) {
        @Override
        public String toString() {
            return "at call " + call + " "
                    + what.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** What can go wrong. */
    enum What {
        THE_CALL_FAILS,
        ITS_ANSWER_IS_LOST,
        IT_TAKES_20_SECONDS,
        THE_DAEMON_IS_KILLED,
        THE_MINION_GOES_DEAF,
        THE_HOST_FALLS_SILENT,
        THE_NEXT_MIGRATION_FAILS,
        AN_ADMIN_DRAINS,
        AN_ADMIN_UNDRAINS,
        AN_ADMIN_RESERVES,
        AN_ADMIN_LOCKS,
        AN_ADMIN_UNLOCKS,
        AN_ADMIN_PINS,
        AN_ADMIN_UNPINS,
        AN_ADMIN_PAUSES_THE_SERVER,
        AN_ADMIN_STOPS_THE_SERVER,
        THE_SERVER_DIES,
        AN_ADMIN_SUSPENDS_THE_JOB,
        AN_ADMIN_RESUMES_THE_JOB,
        A_USER_CANCELS_THE_JOB,
        A_USER_SUBMITS_A_JOB,
        A_SECOND_SERVER_IS_MADE
    }

    @Override
    public String toString() {
        return "the first daemon brings " + first + ", the second " + second + "; " + twists;
    }
}
