package io.spillway.daemon.api;

import io.spillway.failure.SpillwayException;
import io.spillway.reconcile.Progress;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * What the command asks for: answered by the library within the process, or by a daemon. Every call throws
 * {@link SpillwayException}s.
 */
public interface Front extends AutoCloseable {
    /** Told how an operation goes on. */
    interface Watcher {
        /**
         * It was checked and begins.
         *
         * @param begin what begins
         */
        void begin(Documents.Begin begin);

        /**
         * Something happened.
         *
         * @param progress what
         */
        void progress(Progress progress);
    }

    /** The virtual nodes that are there in any way. */
    Documents.Nodes nodes();

    /** The hypervisors. */
    Documents.Hosts hosts();

    /** The pools. */
    Documents.Pools pools();

    /**
     * What the policies decided last; without a daemon, what they would do now.
     *
     * @throws io.spillway.failure.NotFoundException if no policy is on
     */
    Documents.Policy policy();

    /** What suspension has saved, as far as the daemon saw it. */
    Documents.Report report();

    /** Lets a pool make servers again. */
    void reopen(String pool);

    /** Looks whether all is well. */
    Documents.Doctor doctor();

    /** The timeline of the last so long, as SVG. */
    String timeline(Duration since);

    /** What an order would do. */
    Documents.Plan plan(Order order);

    /** Carries an order out; returns when it has ended. */
    Documents.Operation carryOut(Order order, Watcher watcher);

    /**
     * Ends what is under way as far as this process does it.
     *
     * @return one line that says what becomes of it
     */
    String leave();

    /** Tells of what happens to nodes, until the thread is interrupted. */
    void events(Consumer<Documents.Event> told);

    @Override
    void close();
}
