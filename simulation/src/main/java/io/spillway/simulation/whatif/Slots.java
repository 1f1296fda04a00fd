package io.spillway.simulation.whatif;

import io.spillway.simulation.trace.TraceJob;
import java.util.Arrays;
import java.util.BitSet;

/** The jobs between their submission and their end: a column for each thing known of them. Places are used again. */
final class Slots {
    private static final int MOST = 1 << 27;

    private final Ints free = new Ints();
    private int used;

    String[] id = new String[1024];
    long[] submit = new long[1024];
    int[] run = new int[1024];
    int[] requested = new int[1024];
    int[] processors = new int[1024];

    /** On metal: when it will have ended by what was requested. In the cloud: since when it runs there. */
    long[] mark = new long[1024];

    /** When it ends; -1 while it does not run. */
    long[] end = new long[1024];

    /** On metal: where the hosts that it has are noted. In the cloud: its node. */
    int[] place = new int[1024];

    /** What it has still to run. */
    int[] left = new int[1024];

    /** What it keeps in memory a core, in MiB. */
    int[] memory = new int[1024];

    /** In the cloud: whether an end is in the agenda, at the time when it ends or before. */
    final BitSet due = new BitSet();

    int[] suspensions = new int[1024];
    int[] moves = new int[1024];
    int[] kills = new int[1024];

    int add(TraceJob job) {
        int slot = free.isEmpty() ? fresh() : free.removeLast();
        id[slot] = job.id();
        submit[slot] = job.submit();
        run[slot] = job.run();
        requested[slot] = job.requested();
        processors[slot] = job.processors();
        end[slot] = -1;
        place[slot] = -1;
        left[slot] = job.run();
        memory[slot] = job.memory();
        suspensions[slot] = 0;
        moves[slot] = 0;
        kills[slot] = 0;
        return slot;
    }

    void remove(int slot) {
        end[slot] = -1;
        free.addLast(slot);
    }

    int inFlight() {
        return used - free.size();
    }

    private int fresh() {
        if (used == id.length) {
            int more = Math.min(MOST, 2 * used);
            if (more == used) {
                throw new IllegalStateException(MOST + " jobs wait or run at once");
            }
            id = Arrays.copyOf(id, more);
            submit = Arrays.copyOf(submit, more);
            run = Arrays.copyOf(run, more);
            requested = Arrays.copyOf(requested, more);
            processors = Arrays.copyOf(processors, more);
            mark = Arrays.copyOf(mark, more);
            end = Arrays.copyOf(end, more);
            place = Arrays.copyOf(place, more);
            left = Arrays.copyOf(left, more);
            memory = Arrays.copyOf(memory, more);
            suspensions = Arrays.copyOf(suspensions, more);
            moves = Arrays.copyOf(moves, more);
            kills = Arrays.copyOf(kills, more);
        }
        return used++;
    }
}
