package io.spillway.simulation.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.spillway.slurm.Happenings;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What {@link Happenings} promise: the extension's engine and Salt's bus. */
public abstract class HappeningsContract extends Contract {
    /** A suite. */
    protected HappeningsContract() {}

    @Override
    final String port() {
        return "events";
    }

    /** Listens, and says what was heard once there is a first word. */
    private Queue<String> listening(Consumer<Queue<String>> meanwhile) {
        Queue<String> heard = new ConcurrentLinkedQueue<>();
        Happenings.Listening listening = site().ports().happenings().listen(heard::add);
        try {
            until("a first word", () -> List.copyOf(heard), words -> !words.isEmpty());
            meanwhile.accept(heard);
        } finally {
            listening.close();
        }
        return heard;
    }

    /** What came before it listened may have been missed, so it is told to look. */
    @Test
    void whoBeginsToListenIsToldToLook() {
        assertFalse(listening(heard -> {}).isEmpty());
    }

    @Test
    void aJobIsHeardOfWhenItBeginsAndEnds() {
        listening(heard -> {
            String look = heard.remove();
            heard.clear();
            String id = running();
            hears("its begin", heard, look);
            heard.clear();
            over(id);
            hears("its end", heard, look);
        });
    }

    /** A job was told of, or the stream broke and begins anew: what was lost in between is told by the word to look. */
    private void hears(String what, Queue<String> heard, String look) {
        until(
                what,
                () -> List.copyOf(heard),
                words -> words.stream().anyMatch(word -> word.equals(look) || word.contains("job")));
    }

    @Test
    void whoHasClosedHearsNothing() {
        Queue<String> heard = listening(words -> {});
        heard.clear();
        over(running());
        site().pass(Duration.ofSeconds(1));
        assertEquals(List.of(), List.copyOf(heard));
    }
}
