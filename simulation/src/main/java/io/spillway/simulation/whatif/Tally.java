package io.spillway.simulation.whatif;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Counts while time goes by. What is counted of the machine is counted till the last submission; of jobs, all. */
final class Tally {
    /** Shorter jobs count as that long in a slowdown: what makes it bounded. */
    private static final int SHORT = 10;

    private static final int WORST = 5;
    private static final Comparator<Report.Hit> BY_SLOWDOWN = Comparator.comparingDouble(Report.Hit::slowdown);

    /** Of one class. */
    private static final class Kin {
        final Spread waits = new Spread();
        final Spread slowdowns = new Spread();
        long suspensions;
        long moves;
        long kills;
    }

    private final Kin parallel = new Kin();
    private final Kin single = new Kin();
    private final List<Report.Hit> worst = new ArrayList<>();
    private long now;
    private long begin = -1;
    private boolean closed;
    private int metalCores;
    private int cloudCores;
    private double metal;
    private double cloud;
    private double lost;
    private double stood;
    private long crowdedJobs;
    private long guessedJobs;
    private double crowded;

    void now(long time) {
        if (begin < 0) {
            begin = time;
        } else if (!closed) {
            metal += (double) metalCores * (time - now);
            cloud += (double) cloudCores * (time - now);
        }
        now = time;
    }

    /** The last job was submitted. */
    void close() {
        closed = true;
    }

    void metal(int cores) {
        metalCores += cores;
    }

    void cloud(int cores) {
        cloudCores += cores;
    }

    /** A core's work that must be done anew. */
    void lost(long seconds) {
        lost += closed ? 0 : seconds;
    }

    /** Cores that wait for a virtual node to come or to go. */
    void stood(int cores, long seconds) {
        stood += closed ? 0 : (double) cores * seconds;
    }

    /** Cores of the metal that do. */
    void gated(int cores, long seconds) {
        stood(cores, seconds);
        metal -= closed ? 0 : (double) cores * seconds;
    }

    /** A job on metal finds too little memory on hosts where it has so many cores. */
    void crowded(int cores, int run, boolean guessed) {
        crowdedJobs++;
        guessedJobs += guessed ? 1 : 0;
        crowded += (double) cores * run;
    }

    Report.Crowded crowded() {
        return new Report.Crowded(crowdedJobs, guessedJobs, crowded / 3600);
    }

    void ended(Slots slots, int slot) {
        int run = slots.run[slot];
        long waited = now - slots.submit[slot] - run;
        double slowdown = Math.max(1, (double) (waited + run) / Math.max(SHORT, run));
        Kin of = slots.processors[slot] == 1 ? single : parallel;
        of.waits.add((double) waited);
        of.slowdowns.add(slowdown);
        of.suspensions += slots.suspensions[slot];
        of.moves += slots.moves[slot];
        of.kills += slots.kills[slot];
        if (worst.size() < WORST || slowdown > worst.get(WORST - 1).slowdown()) {
            worst.add(new Report.Hit(
                    slots.id[slot],
                    slots.processors[slot],
                    run,
                    waited,
                    slowdown,
                    slots.suspensions[slot],
                    slots.moves[slot],
                    slots.kills[slot]));
            worst.sort(BY_SLOWDOWN.reversed());
            if (worst.size() > WORST) {
                worst.remove(WORST);
            }
        }
    }

    long done() {
        return parallel.waits.count() + single.waits.count();
    }

    long elapsed() {
        return begin < 0 ? 0 : now - begin;
    }

    List<Report.Hit> worst() {
        return List.copyOf(worst);
    }

    Report.Use use(long window, int cores) {
        double all = Math.max(1, (double) window * cores);
        return new Report.Use(metal / all, cloud / all, (metal + cloud - lost) / all, lost / 3600, stood / 3600);
    }

    Report.Jobs parallel() {
        return jobs(parallel);
    }

    Report.Jobs single() {
        return jobs(single);
    }

    private static Report.Jobs jobs(Kin of) {
        double count = Math.max(1, of.waits.count());
        return new Report.Jobs(
                of.waits.count(),
                of.waits.mean(),
                of.waits.quantile(0.5),
                of.waits.quantile(0.95),
                of.slowdowns.mean(),
                of.slowdowns.quantile(0.95),
                of.suspensions / count,
                of.moves / count,
                of.kills / count);
    }
}
