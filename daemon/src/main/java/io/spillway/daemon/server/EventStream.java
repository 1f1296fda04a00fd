package io.spillway.daemon.server;

import io.spillway.daemon.api.Json;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Server-sent events to one client. Nobody waits for the client: what it has not read yet is kept up to a bound, and
 * who is behind by more than that is let go. This class is threadsafe.
 */
final class EventStream {
    /** Events that wait for a client to read. */
    static final int MOST = 1024;

    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);

    private final Request request;
    private final Response response;
    private final Callback callback;
    private final Consumer<EventStream> closed;
    private final Deque<String> waiting = new ArrayDeque<>();
    private boolean writing;
    private boolean ending;
    private boolean over;

    EventStream(Request request, Response response, Callback callback, Consumer<EventStream> closed) {
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.closed = closed;
        // a quiet stream is no idle one: the heartbeat finds out who is gone
        request.addIdleTimeoutListener(idle -> false);
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    }

    void send(String event, Object document) {
        offer("event: " + event + "\ndata: " + Json.text(document) + "\n\n");
    }

    void heartbeat() {
        offer(": \n\n");
    }

    void end(String event, Object document) {
        send(event, document);
        end();
    }

    void end() {
        synchronized (this) {
            ending = true;
        }
        next();
    }

    private void offer(String text) {
        boolean behind;
        synchronized (this) {
            if (over || ending) {
                return;
            }
            behind = waiting.size() >= MOST;
            if (!behind) {
                waiting.add(text);
            }
        }
        if (behind) {
            LOG.warn("a client is let go: it is {} events behind", MOST);
            drop();
        } else {
            next();
        }
    }

    private void next() {
        StringBuilder text = new StringBuilder();
        boolean last;
        synchronized (this) {
            if (writing || over || (waiting.isEmpty() && !ending)) {
                return;
            }
            while (!waiting.isEmpty()) {
                text.append(waiting.poll());
            }
            last = ending;
            over = last;
            writing = true;
        }
        ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
        response.write(last, bytes, Callback.from(() -> written(last), this::failed));
    }

    private void written(boolean last) {
        if (last) {
            callback.succeeded();
            closed.accept(this);
            return;
        }
        synchronized (this) {
            writing = false;
        }
        next();
    }

    private void failed(Throwable gone) {
        synchronized (this) {
            over = true;
        }
        callback.failed(gone);
        closed.accept(this);
    }

    /** A write that waits for a client that does not read can be ended by its connection only. */
    private void drop() {
        synchronized (this) {
            over = true;
        }
        request.getConnectionMetaData().getConnection().getEndPoint().close();
        closed.accept(this);
    }
}
