package io.spillway.simulation.whatif;

import java.util.Arrays;

/**
 * When running jobs will have ended by what was requested, and how many cores that frees: sorted, in pieces of bounded
 * size, each with its sum, so that coming, going and looking up take little longer for many than for few.
 */
final class Ends {
    private static final int PIECE = 256;
    private static final int SLOT_BITS = 27;

    private final Slots slots;
    private long[][] pieces = new long[16][];
    private int[] sizes = new int[16];
    private long[] sums = new long[16];
    private int count;

    Ends(Slots slots) {
        this.slots = slots;
        pieces[0] = new long[PIECE];
        count = 1;
    }

    private static long key(long time, int slot) {
        return time << SLOT_BITS | slot;
    }

    private int cores(long key) {
        return slots.processors[(int) key & ((1 << SLOT_BITS) - 1)];
    }

    /** The last piece that begins with that or before; the first if none does. */
    private int piece(long key) {
        int low = 0;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (pieces[middle][0] <= key) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    void add(long time, int slot) {
        long key = key(time, slot);
        int p = piece(key);
        if (sizes[p] == PIECE) {
            split(p);
            p = piece(key);
        }
        int at = -Arrays.binarySearch(pieces[p], 0, sizes[p], key) - 1;
        System.arraycopy(pieces[p], at, pieces[p], at + 1, sizes[p] - at);
        pieces[p][at] = key;
        sizes[p]++;
        sums[p] += cores(key);
    }

    private void split(int p) {
        if (count == pieces.length) {
            pieces = Arrays.copyOf(pieces, 2 * count);
            sizes = Arrays.copyOf(sizes, 2 * count);
            sums = Arrays.copyOf(sums, 2 * count);
        }
        shift(p + 1, p + 2);
        int half = PIECE / 2;
        pieces[p + 1] = new long[PIECE];
        System.arraycopy(pieces[p], half, pieces[p + 1], 0, PIECE - half);
        sizes[p] = half;
        sizes[p + 1] = PIECE - half;
        sums[p + 1] = 0;
        for (int i = 0; i < sizes[p + 1]; i++) {
            sums[p + 1] += cores(pieces[p + 1][i]);
        }
        sums[p] -= sums[p + 1];
        count++;
    }

    private void shift(int from, int to) {
        System.arraycopy(pieces, from, pieces, to, count - from);
        System.arraycopy(sizes, from, sizes, to, count - from);
        System.arraycopy(sums, from, sums, to, count - from);
    }

    void remove(long time, int slot) {
        long key = key(time, slot);
        int p = piece(key);
        int at = Arrays.binarySearch(pieces[p], 0, sizes[p], key);
        System.arraycopy(pieces[p], at + 1, pieces[p], at, sizes[p] - at - 1);
        sizes[p]--;
        sums[p] -= cores(key);
        if (sizes[p] == 0 && count > 1) {
            shift(p + 1, p);
            count--;
        }
    }

    /** Cores that will be free at the time that was looked up last, beyond those asked for. */
    long extra;

    /** When that many cores will have come free. */
    long when(long cores) {
        long sum = 0;
        int p = 0;
        while (sum + sums[p] < cores) {
            sum += sums[p++];
        }
        int i = 0;
        do {
            sum += cores(pieces[p][i++]);
        } while (sum < cores);
        long time = pieces[p][i - 1] >>> SLOT_BITS;
        extra = sum - cores + alsoAt(time, p, i);
        return time;
    }

    /** What those from there on free at the same time. */
    private long alsoAt(long time, int piece, int from) {
        long sum = 0;
        int i = from;
        for (int p = piece; p < count; p++) {
            for (; i < sizes[p]; i++) {
                if (pieces[p][i] >>> SLOT_BITS != time) {
                    return sum;
                }
                sum += cores(pieces[p][i]);
            }
            i = 0;
        }
        return sum;
    }
}
