package io.spillway.daemon.server;

import io.spillway.daemon.api.Documents;
import io.spillway.failure.UnavailableException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** All open streams: those that watch everything, and those that follow one operation. This class is threadsafe. */
final class Streams {
    /** Streams at once; a person needs one. */
    static final int MOST = 512;

    private final Set<EventStream> open = ConcurrentHashMap.newKeySet();
    private final Set<EventStream> watchers = ConcurrentHashMap.newKeySet();

    /**
     * Opens one.
     *
     * @throws UnavailableException if there are too many
     */
    EventStream open(Request request, Response response, Callback callback) {
        if (open.size() >= MOST) {
            throw new UnavailableException(
                    null, "%d event streams are open, which is the most; close some".formatted(MOST));
        }
        EventStream stream = new EventStream(request, response, callback, this::forget);
        open.add(stream);
        return stream;
    }

    void watch(EventStream stream) {
        watchers.add(stream);
        stream.heartbeat();
    }

    private void forget(EventStream stream) {
        open.remove(stream);
        watchers.remove(stream);
    }

    void tell(Documents.Event event) {
        watchers.forEach(stream -> stream.send("event", event));
    }

    void heartbeat() {
        open.forEach(EventStream::heartbeat);
    }

    void end() {
        watchers.forEach(EventStream::end);
    }

    int count() {
        return open.size();
    }
}
