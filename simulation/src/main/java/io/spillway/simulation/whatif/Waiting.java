package io.spillway.simulation.whatif;

import java.util.Arrays;

/**
 * The jobs that wait, in order, and a tree over them that knows the fewest processors and the shortest request of each
 * stretch: whole stretches where nobody fits are passed over.
 */
final class Waiting {
    static final int NONE = -1;

    private int width = 1024;
    private int[] slotAt = new int[width];
    private int[] fewest = filled(2 * width);
    private int[] shortest = filled(2 * width);
    private int tail;
    private int size;
    private int head;

    private static int[] filled(int length) {
        int[] all = new int[length];
        Arrays.fill(all, Integer.MAX_VALUE);
        return all;
    }

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    void add(int slot, int processors, int requested) {
        if (tail == width) {
            pack();
        }
        slotAt[tail] = slot;
        set(tail++, processors, requested);
        size++;
    }

    private void set(int position, int processors, int requested) {
        int at = width + position;
        fewest[at] = processors;
        shortest[at] = requested;
        for (at >>= 1; at > 0; at >>= 1) {
            int few = Math.min(fewest[2 * at], fewest[2 * at + 1]);
            int brief = Math.min(shortest[2 * at], shortest[2 * at + 1]);
            if (few == fewest[at] && brief == shortest[at]) {
                break;
            }
            fewest[at] = few;
            shortest[at] = brief;
        }
    }

    /** Closes the gaps, and makes room if few were there. */
    private void pack() {
        int wide = size > width / 2 ? 2 * width : width;
        int[] slots = new int[wide];
        int[] few = filled(2 * wide);
        int[] brief = filled(2 * wide);
        int to = 0;
        for (int from = 0; from < tail; from++) {
            if (fewest[width + from] != Integer.MAX_VALUE) {
                slots[to] = slotAt[from];
                few[wide + to] = fewest[width + from];
                brief[wide + to++] = shortest[width + from];
            }
        }
        for (int at = wide - 1; at > 0; at--) {
            few[at] = Math.min(few[2 * at], few[2 * at + 1]);
            brief[at] = Math.min(brief[2 * at], brief[2 * at + 1]);
        }
        width = wide;
        slotAt = slots;
        fewest = few;
        shortest = brief;
        tail = to;
        head = 0;
    }

    /** The position of the first that waits; there must be one. */
    int head() {
        while (fewest[width + head] == Integer.MAX_VALUE) {
            head++;
        }
        return head;
    }

    int slot(int position) {
        return slotAt[position];
    }

    void remove(int position) {
        set(position, Integer.MAX_VALUE, Integer.MAX_VALUE);
        size--;
    }

    /**
     * The first from a position on that has at most so many processors and either a request of at most so long or at most
     * so many processors; {@link #NONE} if there is none.
     */
    int find(int from, int processors, long requested, long spare) {
        return find(1, 0, width, from, processors, requested, spare);
    }

    private int find(int at, int low, int high, int from, int processors, long requested, long spare) {
        boolean nobody = high <= from
                || low >= tail
                || fewest[at] > processors
                || (shortest[at] > requested && fewest[at] > spare);
        if (nobody || at >= width) {
            return nobody ? NONE : low;
        }
        int middle = (low + high) >>> 1;
        int left = find(2 * at, low, middle, from, processors, requested, spare);
        return left >= 0 ? left : find(2 * at + 1, middle, high, from, processors, requested, spare);
    }
}
