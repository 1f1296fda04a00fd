package io.spillway.simulation.whatif;

import io.spillway.simulation.trace.TraceJob;

/**
 * Whether jobs on metal fit beside what stands still in their hosts' memory. They run in any case, as under a Slurm that
 * does not count memory; of one that names none its cores' part of the host is taken.
 */
final class Memory {
    private final long size;
    private final double share;
    private final double[] used;
    private final Tally tally;
    private int crowded;
    private boolean guessed;

    Memory(Site site, long size, Tally tally) {
        this.size = size;
        this.share = (double) size / site.cores();
        this.used = new double[site.hosts()];
        this.tally = tally;
    }

    private double wants(int cores, int each) {
        return cores * (each == TraceJob.UNKNOWN ? share : each);
    }

    void take(int host, int cores, int each, long kept) {
        used[host] += wants(cores, each);
        if (kept > 0 && used[host] + kept > size) {
            crowded += cores;
            guessed |= each == TraceJob.UNKNOWN;
        }
    }

    void give(int host, int cores, int each) {
        used[host] = Math.max(0, used[host] - wants(cores, each));
    }

    /** The job has all its hosts. */
    void taken(int run) {
        if (crowded > 0) {
            tally.crowded(crowded, run, guessed);
        }
        crowded = 0;
        guessed = false;
    }
}
