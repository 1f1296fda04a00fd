package io.spillway.slurm;

import java.util.function.Consumer;

/**
 * What the site says by itself. It only makes things quick: what was not said, the next full look finds. This class is
 * threadsafe.
 */
public interface Happenings {
    /** A site that says nothing. */
    Happenings NONE = happened -> () -> {};

    /**
     * Listens, from now until that is closed.
     *
     * @param happened told that something happened and what, in a word for the log; also when something may have
     *     happened unheard. Called in a thread of the port's own, it must return at once
     * @return to be closed
     */
    Listening listen(Consumer<String> happened);

    /** Somebody who listens. */
    interface Listening extends AutoCloseable {
        /** Ends it; nothing is told after, but what is being told just now. */
        @Override
        void close();
    }
}
