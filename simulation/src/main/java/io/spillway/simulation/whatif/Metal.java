package io.spillway.simulation.whatif;

/** The queue for the metal, and who of it starts when. */
final class Metal {
    /** Starts a job that has its cores now. */
    interface Starter {
        void start(int slot);
    }

    private final Slots slots;
    private final Hosts hosts;
    private final Order order;
    private final Starter starter;
    private final Waiting waiting = new Waiting();
    private final Ends ends;

    /** When the first that waits may start; only AccaSim keeps to that. */
    private long reserved = NOT;

    private static final long NOT = -1;

    Metal(Slots slots, Hosts hosts, Order order, Starter starter) {
        this.slots = slots;
        this.hosts = hosts;
        this.order = order;
        this.starter = starter;
        this.ends = new Ends(slots);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    void submit(int slot) {
        waiting.add(slot, slots.processors[slot], slots.requested[slot]);
    }

    void ended(int slot) {
        ends.remove(slots.mark[slot], slot);
    }

    /** When AccaSim looks again though nothing happens. */
    long wake(long now) {
        return order == Order.ACCASIM && !waiting.isEmpty() ? Math.max(now + 1, reserved) : Agenda.NEVER;
    }

    /** Starts whoever may start now. */
    void schedule(long now) {
        if (order == Order.ACCASIM) {
            asAccaSim(now);
            return;
        }
        headsWhileTheyFit(now);
        if (order == Order.EASY && waiting.size() > 1 && hosts.free() > 0) {
            int head = waiting.head();
            long shadow = ends.when(slots.processors[waiting.slot(head)] - hosts.free());
            overtake(head + 1, now, shadow, ends.extra);
        }
    }

    private boolean headsWhileTheyFit(long now) {
        while (!waiting.isEmpty()) {
            int head = waiting.head();
            if (slots.processors[waiting.slot(head)] > hosts.free()) {
                return false;
            }
            start(head, now);
        }
        return true;
    }

    private void overtake(int from, long now, long shadow, long spare) {
        long extra = spare;
        int at = waiting.find(from, hosts.free(), shadow - now, extra);
        while (at != Waiting.NONE) {
            int slot = waiting.slot(at);
            if (now + slots.requested[slot] > shadow) {
                extra -= slots.processors[slot];
            }
            start(at, now);
            at = hosts.free() == 0 ? Waiting.NONE : waiting.find(at + 1, hosts.free(), shadow - now, extra);
        }
    }

    private void asAccaSim(long now) {
        if (reserved != NOT && reserved <= now && slots.processors[waiting.slot(waiting.head())] <= hosts.free()) {
            start(waiting.head(), now);
            reserved = NOT;
        }
        if (reserved == NOT && !headsWhileTheyFit(now)) {
            reserved = ends.when(slots.processors[waiting.slot(waiting.head())] - hosts.free());
        }
        if (reserved != NOT && hosts.free() > 0) {
            overtake(waiting.head() + 1, now, Agenda.NEVER, 0);
        }
    }

    private void start(int position, long now) {
        int slot = waiting.slot(position);
        waiting.remove(position);
        slots.mark[slot] = now + slots.requested[slot];
        ends.add(slots.mark[slot], slot);
        starter.start(slot);
    }
}
