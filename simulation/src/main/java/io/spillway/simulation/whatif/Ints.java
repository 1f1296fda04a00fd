package io.spillway.simulation.whatif;

/** Numbers in a row, that come and go at both ends. */
final class Ints {
    private int[] ring = new int[16];
    private int head;
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    void addLast(int value) {
        grow();
        ring[(head + size++) & (ring.length - 1)] = value;
    }

    void addFirst(int value) {
        grow();
        head = (head - 1) & (ring.length - 1);
        ring[head] = value;
        size++;
    }

    int first() {
        return ring[head];
    }

    int removeFirst() {
        int value = ring[head];
        head = (head + 1) & (ring.length - 1);
        size--;
        return value;
    }

    int last() {
        return ring[(head + size - 1) & (ring.length - 1)];
    }

    int removeLast() {
        return ring[(head + --size) & (ring.length - 1)];
    }

    private void grow() {
        if (size == ring.length) {
            int[] larger = new int[2 * size];
            for (int i = 0; i < size; i++) {
                larger[i] = ring[(head + i) & (size - 1)];
            }
            ring = larger;
            head = 0;
        }
    }
}
