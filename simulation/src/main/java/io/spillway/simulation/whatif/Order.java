package io.spillway.simulation.whatif;

/** In which order jobs that wait get cores. */
public enum Order {
    /** First come, first served: nobody overtakes. */
    FIFO,
    /**
     * EASY backfill (D. Lifka 1995; A. Mu'alem and D. G. Feitelson 2001): the first that waits is told when enough jobs
     * will have ended by what their users requested; a later one may overtake if it will have ended by then, or needs
     * only cores that will be left over then.
     */
    EASY,
    /**
     * What AccaSim 1.1.3 calls EASY backfilling, to compare with it: the first that waits does not start before the time
     * that it was told, though cores be free; and whoever fits overtakes, though the first be late by it.
     */
    ACCASIM
}
