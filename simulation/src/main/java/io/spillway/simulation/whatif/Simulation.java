package io.spillway.simulation.whatif;

import io.spillway.failure.BadInputException;
import io.spillway.simulation.trace.Jobs;
import io.spillway.simulation.trace.TraceJob;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One run of a trace under one policy. What happens at one second happens first; then those that wait are looked at. */
final class Simulation implements Metal.Starter {
    // what can come due, in the order of one second
    static final int METAL_END = 0;
    static final int CLOUD_END = 1;
    static final int UP = 2;
    static final int TAKEN = 3;
    static final int GIVEN_BACK = 4;
    static final int REQUEUED = 5;

    /** What is left of a trace that never ends by itself: jobs that are killed again and again before they are done. */
    private static final long PATIENCE = 30 * 86_400L;

    /** So many rounds less one are between two looks of who watches. */
    private static final int ROUNDS = 0x3ff;

    private static final Hosts.Neighbour NOBODY = new Hosts.Neighbour() {
        @Override
        public int evict(int host) {
            return 0;
        }

        @Override
        public void idle(int host) {}
    };

    private final WhatIf what;
    private final Eviction eviction;
    private final WhatIf.Watcher watcher;
    private final Slots slots = new Slots();
    private final Agenda agenda = new Agenda();
    private final Tally tally = new Tally();
    private final @Nullable Memory memory;
    private final Hosts hosts;
    private final Metal metal;
    private final Standstill standstill;
    private final @Nullable Cloud cloud;
    private long now;
    private long first = -1;
    private long last;
    private long tooLarge;
    private int smallest = Integer.MAX_VALUE;
    private long until = Agenda.NEVER;
    private long rounds;

    Simulation(WhatIf what, Eviction eviction, WhatIf.Watcher watcher) {
        this.what = what;
        this.eviction = eviction;
        this.watcher = watcher;
        Site site = what.site();
        Long size = site.memory();
        memory = eviction == Eviction.SUSPEND && size != null ? new Memory(site, size, tally) : null;
        hosts = new Hosts(site.hosts(), site.cores(), memory);
        metal = new Metal(slots, hosts, what.order(), this);
        Costs costs = Costs.of(what.costs(), site.node().memory());
        cloud = eviction == Eviction.NO_CLOUD
                ? null
                : new Cloud(site, slots, hosts, agenda, tally, eviction, costs, what.seed());
        standstill = new Standstill(eviction, site, slots);
    }

    Report run(Jobs jobs) {
        long began = System.nanoTime();
        boolean complete = true;
        TraceJob next = jobs.next();
        while (true) {
            long time = Math.min(next == null ? Agenda.NEVER : next.submit(), agenda.time());
            if (time == Agenda.NEVER) {
                time = metal.wake(now);
            }
            if (time >= until) {
                break;
            }
            pass(time);
            while (agenda.time() == now) {
                due();
            }
            while (next != null && next.submit() == now) {
                submit(next);
                next = jobs.next();
                if (next == null) {
                    tally.close();
                    until = last + (last - first) + PATIENCE;
                }
            }
            metal.schedule(now);
            if (cloud != null) {
                cloud.schedule();
            }
            if ((++rounds & ROUNDS) == 0 && !watcher.goOn(jobs.progress(), tally.done())) {
                complete = false;
                break;
            }
        }
        return report(complete, jobs.remarks().lines(), (System.nanoTime() - began) / 1e9);
    }

    private void pass(long time) {
        now = time;
        tally.now(time);
        if (cloud != null) {
            cloud.now(time);
        }
    }

    private void due() {
        int kind = agenda.kind();
        int who = agenda.who();
        agenda.removeFirst();
        standstill.seen(now, kind, who);
        if (kind == METAL_END) {
            hosts.give(slots, who, cloud == null ? NOBODY : cloud);
            metal.ended(who);
            tally.metal(-slots.processors[who]);
            end(who);
        } else if (cloud != null) {
            switch (kind) {
                case CLOUD_END -> {
                    if (cloud.ends(who)) {
                        cloud.ended(who);
                        end(who);
                    }
                }
                case UP -> cloud.up(who);
                case TAKEN -> cloud.taken(who);
                case GIVEN_BACK -> cloud.givenBack(who);
                default -> cloud.requeued(who);
            }
        }
    }

    private void end(int slot) {
        standstill.over();
        tally.ended(slots, slot);
        watcher.ended(slots.id[slot], now - slots.run[slot], now);
        slots.remove(slot);
    }

    private void submit(TraceJob job) {
        first = first < 0 ? job.submit() : first;
        last = job.submit();
        if (job.processors() > what.site().allCores()) {
            tooLarge++;
            smallest = Math.min(smallest, job.processors());
            return;
        }
        int slot = slots.add(job);
        if (cloud != null && job.processors() == 1) {
            cloud.submit(slot);
        } else {
            metal.submit(slot);
        }
    }

    @Override
    public void start(int slot) {
        int processors = slots.processors[slot];
        int delay = hosts.take(slots, slot, cloud == null ? NOBODY : cloud);
        tally.metal(processors);
        if (memory != null) {
            memory.taken(slots.run[slot]);
        }
        if (delay > 0) {
            tally.gated(processors, delay);
        }
        agenda.add(now + delay + slots.run[slot], METAL_END, slot);
    }

    /** How much is in its agenda, for a test. */
    int pending() {
        return agenda.size();
    }

    int inFlight() {
        return slots.inFlight();
    }

    /** A question without an answer. */
    private void refuse(List<String> remarks) {
        String trace = what.trace().name();
        if (tooLarge > 0) {
            throw new BadInputException(
                    trace,
                    "%s: no job can run on a site of %d cores: all %d ask for more, the smallest for %d"
                            .formatted(trace, what.site().allCores(), tooLarge, smallest));
        }
        throw new BadInputException(
                trace,
                "%s: there is no job in it%s"
                        .formatted(trace, remarks.isEmpty() ? "" : " to simulate: " + String.join(", ", remarks)));
    }

    private Report.@Nullable Crowded crowded() {
        boolean unknown = eviction == Eviction.SUSPEND && what.site().memory() == null;
        return unknown ? null : tally.crowded();
    }

    private Report report(boolean complete, List<String> remarks, double seconds) {
        if (complete && tally.done() + slots.inFlight() == 0) {
            refuse(remarks.stream().map(String::strip).toList());
        }
        long window = Math.max(1, last - Math.max(0, first));
        return new Report(
                eviction.toString(),
                what.order().name().toLowerCase(Locale.ROOT),
                complete,
                window / 86_400.0,
                tally.done(),
                slots.inFlight(),
                tooLarge,
                remarks,
                crowded(),
                tally.use(window, what.site().allCores()),
                tally.parallel(),
                tally.single(),
                tally.worst(),
                seconds);
    }
}
