package io.spillway.simulation.whatif;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a trace under one policy. Times are seconds.
 *
 * @param policy what is done about single-core jobs that are in the way
 * @param order how the queue for the metal is worked off
 * @param complete whether it was played to its end; else somebody stopped it
 * @param days from the first submission to the last
 * @param ended jobs that ended
 * @param unfinished jobs that did not, within as long again as the trace and 30 days
 * @param tooLarge jobs larger than the machine, left out
 * @param remarks what the trace's reader stumbled over
 * @param crowded jobs on metal that find too little memory beside what stands still there; null if that is not known
 * @param use of the machine, till the last submission
 * @param parallel jobs of more than one core
 * @param single jobs of one core
 * @param worst those with the largest bounded slowdown
 * @param seconds how long the simulation took
 */
public record Report(
        String policy,
        String order,
        boolean complete,
        double days,
        long ended,
        long unfinished,
        long tooLarge,
        List<String> remarks,
        @Nullable Crowded crowded,
        Use use,
        Jobs parallel,
        Jobs single,
        List<Hit> worst,
        double seconds) {
    public Report {
        remarks = List.copyOf(remarks);
        worst = List.copyOf(worst);
    }

    /**
     * The same, whatever time the simulation took.
     *
     * @return it with 0 seconds
     */
    public Report timeless() {
        return new Report(
                policy,
                order,
                complete,
                days,
                ended,
                unfinished,
                tooLarge,
                remarks,
                crowded,
                use,
                parallel,
                single,
                worst,
                0);
    }

    /**
     * What the machine's cores did.
     *
     * @param metal share of all core time that jobs on metal used
     * @param cloud share that jobs on virtual nodes used, also for what was lost
     * @param goodput share that was work that counts
     * @param lostHours core hours of work that was lost and done anew
     * @param standingHours core hours that cores waited for virtual nodes to be made, saved, brought back or gone
     */
    public record Use(double metal, double cloud, double goodput, double lostHours, double standingHours) {}

    /**
     * Jobs on metal that got hosts in whose memory suspended jobs stand still, and found too little beside them. They ran
     * nevertheless, as under a Slurm that does not count memory; where it does, they would have waited.
     *
     * @param jobs how many
     * @param guessed of these, of which the trace does not name the memory: taken is their cores' part of the host's
     * @param hours core hours on such hosts
     */
    public record Crowded(long jobs, long guessed, double hours) {}

    /**
     * Jobs of one class that ended. A job waits while it does no work that counts: before its start, while suspended, and
     * for as long as it ran in vain. Its bounded slowdown is its time from submission to end over its run time, or over
     * 10 s if that is longer.
     *
     * @param count how many
     * @param meanWait mean
     * @param medianWait half of them waited no longer
     * @param longWait 95 % of them waited no longer
     * @param meanSlowdown mean
     * @param longSlowdown 95 % of them had no larger one
     * @param suspensions of each, in the mean
     * @param moves of each, in the mean: restored on another host
     * @param kills of each, in the mean
     */
    public record Jobs(
            long count,
            double meanWait,
            double medianWait,
            double longWait,
            double meanSlowdown,
            double longSlowdown,
            double suspensions,
            double moves,
            double kills) {}

    /**
     * A job that was hit hard.
     *
     * @param id which
     * @param processors its cores
     * @param run its run time
     * @param waited how long it waited
     * @param slowdown its bounded slowdown
     * @param suspensions how often it was suspended
     * @param moves how often it came back on another host
     * @param kills how often it began anew
     */
    public record Hit(
            String id, int processors, int run, long waited, double slowdown, int suspensions, int moves, int kills) {}
}
