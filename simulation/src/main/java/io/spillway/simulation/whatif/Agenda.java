package io.spillway.simulation.whatif;

import java.util.Arrays;

/**
 * What is to happen: a binary heap of numbers, each a second, a kind and whom it is about. Of one second, kinds come in
 * order, and of one kind the smaller number. Nothing is ever taken out: whoever it is about knows whether it still holds.
 */
final class Agenda {
    static final long NEVER = Long.MAX_VALUE;

    private static final int WHO_BITS = 27;
    private static final int KIND_BITS = 3;

    private long[] heap = new long[1024];
    private int size;

    int size() {
        return size;
    }

    long time() {
        return size == 0 ? NEVER : heap[0] >>> (WHO_BITS + KIND_BITS);
    }

    /** Of the first. */
    int kind() {
        return (int) (heap[0] >>> WHO_BITS) & ((1 << KIND_BITS) - 1);
    }

    /** Of the first. */
    int who() {
        return (int) heap[0] & ((1 << WHO_BITS) - 1);
    }

    void add(long time, int kind, int who) {
        long entry = time << (WHO_BITS + KIND_BITS) | (long) kind << WHO_BITS | who;
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, 2 * size);
        }
        int at = size++;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (heap[parent] <= entry) {
                break;
            }
            heap[at] = heap[parent];
            at = parent;
        }
        heap[at] = entry;
    }

    void removeFirst() {
        long last = heap[--size];
        int at = 0;
        for (int child = 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= last) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = last;
    }
}
