package io.spillway.simulation.whatif;

import java.util.Arrays;
import java.util.BitSet;
import java.util.SplittableRandom;

/** Virtual nodes on idle hosts, and the single-core jobs that wait for them or run on them. */
final class Cloud implements Hosts.Neighbour {
    private static final int NONE = -1;

    /** What a virtual node is. */
    private static final byte ABSENT = 0;

    /** Made, or on its way back: it has its place, its jobs stand still. */
    private static final byte RISING = 1;

    private static final byte READY = 2;
    private static final byte HELD = 3;
    private static final byte AWAY = 4;

    private final Slots slots;
    private final Hosts hosts;
    private final Agenda agenda;
    private final Tally tally;
    private final Eviction eviction;
    private final Costs costs;
    private final Site.Reclaim reclaim;
    private final SplittableRandom random;
    private final int cpus;
    private final long memory;
    private final int places;

    private final Ints waiting = new Ints();
    private final Ints away = new Ints();
    private final Ints absent = new Ints();
    private final Ints open = new Ints();
    private final BitSet listed = new BitSet();

    // of hosts
    private final int[] nodeAt;
    private final int[] carried;
    /** Hosts of which it is drawn when the owner wants them next. */
    private final BitSet drawn = new BitSet();

    private final BitSet reclaimed = new BitSet();
    private final BitSet roomy = new BitSet();

    // of nodes
    private final byte[] state;
    private final int[] hostOf;
    /** The host that has its memory while it does not run; none for one that never ran. */
    private final int[] memoryOn;

    private final long[] since;
    private final long[] upAt;
    private final int[] jobAt;
    private final int[] jobsOn;

    private long now;

    Cloud(Site site, Slots slots, Hosts hosts, Agenda agenda, Tally tally, Eviction eviction, Costs costs, long seed) {
        this.slots = slots;
        this.hosts = hosts;
        this.agenda = agenda;
        this.tally = tally;
        this.eviction = eviction;
        this.costs = costs;
        this.reclaim = site.reclaim() == null ? new Site.Reclaim(Integer.MAX_VALUE, 1) : site.reclaim();
        this.random = new SplittableRandom(seed);
        this.cpus = site.node().cpus();
        this.memory = site.node().memory();
        this.places = site.places();
        int nodes = site.hosts() * places;
        nodeAt = new int[nodes];
        Arrays.fill(nodeAt, NONE);
        carried = new int[site.hosts()];
        roomy.set(0, site.hosts());
        state = new byte[nodes];
        hostOf = new int[nodes];
        memoryOn = new int[nodes];
        since = new long[nodes];
        upAt = new long[nodes];
        jobAt = new int[nodes * cpus];
        Arrays.fill(jobAt, NONE);
        jobsOn = new int[nodes];
        for (int node = nodes - 1; node >= 0; node--) {
            absent.addLast(node);
        }
    }

    void now(long time) {
        now = time;
    }

    void submit(int slot) {
        waiting.addLast(slot);
    }

    // what comes due

    /** A killed job may run again; it goes before those that came after it. */
    void requeued(int slot) {
        waiting.addFirst(slot);
    }

    void up(int node) {
        if (state[node] != RISING || upAt[node] != now) {
            return;
        }
        boolean moved = memoryOn[node] != NONE && memoryOn[node] != hostOf[node];
        state[node] = READY;
        memoryOn[node] = NONE;
        tally.stood(cpus, now - since[node]);
        for (int i = node * cpus; i < (node + 1) * cpus; i++) {
            if (jobAt[i] != NONE) {
                slots.moves[jobAt[i]] += moved ? 1 : 0;
                begin(jobAt[i]);
            }
        }
        if (jobsOn[node] < cpus) {
            offer(node);
        }
    }

    /** Its end is due, as it was when that was written down; interrupted since, it ends later. Whether it ends now. */
    boolean ends(int slot) {
        slots.due.clear(slot);
        if (slots.end[slot] > now) {
            remind(slot);
        }
        return slots.end[slot] == now;
    }

    void ended(int slot) {
        int node = slots.place[slot];
        for (int i = node * cpus; i < (node + 1) * cpus; i++) {
            if (jobAt[i] == slot) {
                jobAt[i] = NONE;
            }
        }
        jobsOn[node]--;
        tally.cloud(-1);
        offer(node);
    }

    void taken(int host) {
        drawn.clear(host);
        if (carried[host] > 0 && !reclaimed.get(host)) {
            reclaimed.set(host);
            evict(host);
            agenda.add(now + reclaim.lasts(), Simulation.GIVEN_BACK, host);
        }
    }

    void givenBack(int host) {
        reclaimed.clear(host);
        if (hosts.idle(host)) {
            idle(host);
        }
    }

    // the metal's side

    @Override
    public long keeps(int host) {
        return carried[host] * memory;
    }

    @Override
    public int evict(int host) {
        roomy.clear(host);
        int delay = 0;
        for (int i = host * places; carried[host] > 0 && i < (host + 1) * places; i++) {
            if (nodeAt[i] != NONE) {
                delay = Math.max(delay, stepAside(nodeAt[i]));
            }
        }
        return delay;
    }

    private int stepAside(int node) {
        if (state[node] == HELD) {
            return 0;
        }
        boolean ran = state[node] == READY;
        if (!ran) {
            tally.stood(cpus, now - since[node]);
        }
        if (jobsOn[node] == 0) {
            leave(node);
            remove(node);
            return 0;
        }
        if ((!ran && memoryOn[node] == NONE) || eviction == Eviction.KILL) {
            scatter(node, ran);
            leave(node);
            remove(node);
            return 0;
        }
        if (ran) {
            halt(node);
            memoryOn[node] = hostOf[node];
        }
        if (eviction == Eviction.SUSPEND) {
            state[node] = HELD;
            return ran ? costs.hold() : 0;
        }
        if (ran) {
            away.addLast(node);
        } else {
            away.addFirst(node);
        }
        leave(node);
        state[node] = AWAY;
        return ran ? costs.checkpoint() : 0;
    }

    /** Its jobs lose what they have done, and wait again. */
    private void scatter(int node, boolean ran) {
        for (int i = (node + 1) * cpus - 1; i >= node * cpus; i--) {
            int slot = jobAt[i];
            if (slot == NONE) {
                continue;
            }
            jobAt[i] = NONE;
            if (ran) {
                tally.cloud(-1);
                tally.lost(now - slots.mark[slot]);
                slots.end[slot] = -1;
                slots.kills[slot]++;
                agenda.add(now + costs.requeue(), Simulation.REQUEUED, slot);
            } else {
                waiting.addFirst(slot);
            }
        }
        jobsOn[node] = 0;
    }

    private void halt(int node) {
        for (int i = node * cpus; i < (node + 1) * cpus; i++) {
            int slot = jobAt[i];
            if (slot != NONE) {
                tally.cloud(-1);
                slots.left[slot] -= (int) (now - slots.mark[slot]);
                slots.end[slot] = -1;
                slots.suspensions[slot]++;
            }
        }
    }

    @Override
    public void idle(int host) {
        if (reclaimed.get(host)) {
            return;
        }
        for (int i = host * places; carried[host] > 0 && i < (host + 1) * places; i++) {
            if (nodeAt[i] != NONE && state[nodeAt[i]] == HELD) {
                rise(nodeAt[i], costs.release());
            }
        }
        watch(host);
        if (carried[host] < places) {
            roomy.set(host);
        }
    }

    // nodes and their places

    private void leave(int node) {
        int host = hostOf[node];
        for (int i = host * places; i < (host + 1) * places; i++) {
            if (nodeAt[i] == node) {
                nodeAt[i] = NONE;
            }
        }
        carried[host]--;
    }

    private void remove(int node) {
        state[node] = ABSENT;
        absent.addLast(node);
    }

    private void settle(int node, int host, int takes) {
        int i = host * places;
        while (nodeAt[i] != NONE) {
            i++;
        }
        nodeAt[i] = node;
        hostOf[node] = host;
        if (carried[host]++ == 0) {
            watch(host);
        }
        if (carried[host] == places) {
            roomy.clear(host);
        }
        rise(node, takes);
    }

    private void rise(int node, int takes) {
        state[node] = RISING;
        since[node] = now;
        upAt[node] = now + takes;
        agenda.add(upAt[node], Simulation.UP, node);
    }

    /**
     * When the owner wants a host is drawn when there is somebody on it to mind. A time that was drawn and has not come
     * is as good as a new one: such times have no memory.
     */
    private void watch(int host) {
        if (carried[host] > 0 && reclaim.every() != Integer.MAX_VALUE && !drawn.get(host)) {
            drawn.set(host);
            long until = (long) (-reclaim.every() * StrictMath.log1p(-random.nextDouble()));
            agenda.add(now + 1 + until, Simulation.TAKEN, host);
        }
    }

    private void offer(int node) {
        if (!listed.get(node)) {
            listed.set(node);
            open.addLast(node);
        }
    }

    private void begin(int slot) {
        slots.mark[slot] = now;
        slots.end[slot] = now + slots.left[slot];
        if (!slots.due.get(slot)) {
            remind(slot);
        }
        tally.cloud(1);
    }

    private void remind(int slot) {
        slots.due.set(slot);
        agenda.add(slots.end[slot], Simulation.CLOUD_END, slot);
    }

    // who comes next

    void schedule() {
        while (!away.isEmpty() && !roomy.isEmpty()) {
            int node = away.removeFirst();
            boolean home = roomy.get(memoryOn[node]);
            settle(node, home ? memoryOn[node] : roomy.length() - 1, home ? costs.restore() : costs.elsewhere());
        }
        while (!waiting.isEmpty()) {
            int node = vacancy();
            if (node == NONE) {
                return;
            }
            int slot = waiting.removeFirst();
            int i = node * cpus;
            while (jobAt[i] != NONE) {
                i++;
            }
            jobAt[i] = slot;
            slots.place[slot] = node;
            slots.left[slot] = slots.run[slot];
            if (++jobsOn[node] == cpus) {
                listed.clear(open.removeLast());
            }
            if (state[node] == READY) {
                begin(slot);
            }
        }
    }

    /** A node with a free core, which is the last of those that are open; a new one if need be. */
    private int vacancy() {
        while (true) {
            while (!open.isEmpty()) {
                int node = open.last();
                if ((state[node] == READY || state[node] == RISING) && jobsOn[node] < cpus) {
                    return node;
                }
                listed.clear(open.removeLast());
            }
            if (roomy.isEmpty() || absent.isEmpty()) {
                return NONE;
            }
            int node = absent.removeLast();
            memoryOn[node] = NONE;
            settle(node, roomy.length() - 1, costs.build());
            offer(node);
        }
    }
}
