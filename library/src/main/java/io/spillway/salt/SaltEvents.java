package io.spillway.salt;

import java.util.function.Consumer;

/** Salt's event bus. */
public interface SaltEvents {
    /**
     * Follows the bus until that is closed; connects anew by itself. Both are called in a thread of the HTTP client's,
     * one after the other, and must return at once.
     *
     * @param connected called at the beginning of each connection: events before it may be lost
     * @param tags called with each event's tag
     * @return to be closed
     */
    Stream listen(Runnable connected, Consumer<String> tags);

    /** The bus as somebody follows it. */
    interface Stream extends AutoCloseable {
        @Override
        void close();
    }
}
