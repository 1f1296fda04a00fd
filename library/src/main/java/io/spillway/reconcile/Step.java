package io.spillway.reconcile;

import io.spillway.failure.SpillwayException;
import java.time.Duration;

/** What is to be done about a node now. Every step says why. */
public sealed interface Step permits Effect, Step.Done, Step.Look, Step.Refuse, Step.Wait {
    /**
     * Why, for a person.
     *
     * @return one line
     */
    String reason();

    /**
     * The goal is reached.
     *
     * @param reason how things stand
     */
    record Done(String reason) implements Step {}

    /**
     * Nothing can be done but look again later.
     *
     * @param on who is waited for
     * @param reason for what
     * @param least so long nobody need look
     */
    record Wait(Party on, String reason, Duration least) implements Step {
        Wait(Party on, String reason) {
            this(on, reason, Duration.ZERO);
        }
    }

    /**
     * The goal cannot be reached from here.
     *
     * @param failure why
     */
    record Refuse(SpillwayException failure) implements Step {
        @Override
        public String reason() {
            return failure.getMessage();
        }
    }

    /**
     * One more part must be looked at before anything can be said.
     *
     * @param part which
     * @param reason what for
     */
    record Look(Part part, String reason) implements Step {}

    /** A part of an observation that costs something to look at. */
    enum Part {
        /** How the guest is: clock, munge, slurmd, mounts. */
        PROBE,
        /** How the other guests of the jobs are that are to be resumed. */
        PEERS,
        /** Whether all processes of the node's suspended jobs stand still. */
        PROCESSES,
        /** The server's newest migration. */
        MIGRATION,
        /** Whether the node's port is there. */
        PORT,
        /** How the last run of a server that is SHUTOFF ended. */
        ENDING
    }
}
