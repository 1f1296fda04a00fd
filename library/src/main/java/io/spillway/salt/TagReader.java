package io.spillway.salt;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the tags out of salt-api's event stream. Whatever is sent, it keeps no more than the beginning of one line: an
 * event's data, which may be a whole job's return, is never held.
 */
final class TagReader implements Flow.Subscriber<List<ByteBuffer>> {
    private static final String TAG = "tag: ";

    /** Salt's tags are paths of names; what is longer is none that we know. */
    private static final int LONGEST = 512;

    private final Runnable connected;
    private final Consumer<String> tags;
    private final byte[] line = new byte[LONGEST];
    private int length;
    private Flow.@Nullable Subscription subscription;
    private boolean begun;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong events = new AtomicLong();

    TagReader(Runnable connected, Consumer<String> tags) {
        this.connected = connected;
        this.tags = tags;
    }

    /** How much came so far. */
    long bytes() {
        return bytes.get();
    }

    /** How many events came so far. */
    long events() {
        return events.get();
    }

    @Override
    public void onSubscribe(Flow.Subscription subscribed) {
        subscription = subscribed;
        subscribed.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> some) {
        if (!begun) {
            // not at the headers: Salt subscribes to the bus after these and before its first line
            begun = true;
            connected.run();
        }
        for (ByteBuffer buffer : some) {
            bytes.addAndGet(buffer.remaining());
            while (buffer.hasRemaining()) {
                read(buffer.get());
            }
        }
        if (subscription != null) {
            subscription.request(1);
        }
    }

    private void read(byte one) {
        if (one != '\n') {
            if (length < LONGEST) {
                line[length] = one;
            }
            length++;
            return;
        }
        if (length < LONGEST) {
            String text = new String(line, 0, length, StandardCharsets.UTF_8);
            if (text.startsWith(TAG)) {
                events.incrementAndGet();
                tags.accept(text.substring(TAG.length()).strip());
            }
        }
        length = 0;
    }

    @Override
    public void onError(Throwable failure) {
        // the exchange's future has it as well
    }

    @Override
    public void onComplete() {
        // the exchange's future has it as well
    }
}
