package io.spillway.simulation.whatif;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The machine's metal. A job gets free cores from the left, so that idle hosts, where the cloud lives, are on the right.
 */
final class Hosts {
    /** Whom it concerns that a host is no longer idle, or is again. */
    interface Neighbour {
        /** Metal comes: everybody else leaves; after so many seconds the host is free. */
        int evict(int host);

        void idle(int host);

        /** What it keeps of the host's memory though metal has come, in MiB. */
        default long keeps(int host) {
            return 0;
        }
    }

    final int cores;
    private final int[] used;
    private final BitSet room;
    private int[] hostOf = new int[1024];
    private int[] coresOf = new int[1024];
    private int[] nextOf = new int[1024];
    private final @Nullable Memory memory;
    private int unused = -1;
    private int notes;
    private int free;

    Hosts(int hosts, int cores, @Nullable Memory memory) {
        this.cores = cores;
        this.memory = memory;
        this.used = new int[hosts];
        this.room = new BitSet(hosts);
        room.set(0, hosts);
        free = Math.multiplyExact(hosts, cores);
    }

    int free() {
        return free;
    }

    boolean idle(int host) {
        return used[host] == 0;
    }

    /** How long until a job has the hosts that it is given for itself; it must fit. What it has is noted in its slot. */
    int take(Slots slots, int slot, Neighbour neighbour) {
        int wanted = slots.processors[slot];
        int delay = 0;
        int list = -1;
        for (int host = room.nextSetBit(0); wanted > 0; host = room.nextSetBit(host + 1)) {
            if (used[host] == 0) {
                delay = Math.max(delay, neighbour.evict(host));
            }
            int some = Math.min(wanted, cores - used[host]);
            used[host] += some;
            if (used[host] == cores) {
                room.clear(host);
            }
            if (memory != null) {
                memory.take(host, some, slots.memory[slot], neighbour.keeps(host));
            }
            wanted -= some;
            list = note(host, some, list);
        }
        free -= slots.processors[slot];
        slots.place[slot] = list;
        return delay;
    }

    private int note(int host, int some, int next) {
        int note = unused;
        if (note >= 0) {
            unused = nextOf[note];
        } else {
            note = notes++;
            if (note == hostOf.length) {
                hostOf = Arrays.copyOf(hostOf, 2 * note);
                coresOf = Arrays.copyOf(coresOf, 2 * note);
                nextOf = Arrays.copyOf(nextOf, 2 * note);
            }
        }
        hostOf[note] = host;
        coresOf[note] = some;
        nextOf[note] = next;
        return note;
    }

    void give(Slots slots, int slot, Neighbour neighbour) {
        for (int note = slots.place[slot]; note >= 0; ) {
            int host = hostOf[note];
            used[host] -= coresOf[note];
            room.set(host);
            if (memory != null) {
                memory.give(host, coresOf[note], slots.memory[slot]);
            }
            if (used[host] == 0) {
                neighbour.idle(host);
            }
            int next = nextOf[note];
            nextOf[note] = unused;
            unused = note;
            note = next;
        }
        free += slots.processors[slot];
        slots.place[slot] = -1;
    }
}
