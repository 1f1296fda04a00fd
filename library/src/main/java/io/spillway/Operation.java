package io.spillway;

import io.spillway.failure.StoppedException;
import io.spillway.reconcile.NodeOutcome;
import io.spillway.reconcile.Pace;
import io.spillway.reconcile.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * A goal being reached for some nodes. It began when it was made; its nodes go side by side and one's failure does not
 * hold the others up. This class is threadsafe.
 */
public final class Operation {
    private final String name;
    private final Pace pace;
    private final List<Progress> told = new ArrayList<>();
    private final List<Consumer<Progress>> listeners = new ArrayList<>();
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private volatile boolean stopped;

    Operation(String name, Pace pace) {
        this.name = name;
        this.pace = pace;
    }

    void follow(List<CompletableFuture<NodeOutcome>> ways) {
        var unused = CompletableFuture.allOf(ways.toArray(CompletableFuture[]::new))
                .whenComplete((nothing, failure) -> {
                    if (failure != null) {
                        outcome.completeExceptionally(failure);
                    } else {
                        outcome.complete(new Outcome(
                                ways.stream().map(CompletableFuture::join).toList()));
                    }
                });
    }

    void tell(Progress progress) {
        List<Consumer<Progress>> now;
        synchronized (told) {
            told.add(progress);
            now = List.copyOf(listeners);
        }
        now.forEach(listener -> listener.accept(progress));
    }

    boolean stopped() {
        return stopped;
    }

    /**
     * What was asked for, such as {@code checkpoint}.
     *
     * @return the operation's name
     */
    public String name() {
        return name;
    }

    /**
     * Has a listener told of all that happens, what happened before included. It is called by the operation's own
     * threads, which wait for it.
     *
     * @param listener the listener
     * @return this
     */
    public Operation onProgress(Consumer<Progress> listener) {
        synchronized (told) {
            told.forEach(listener);
            listeners.add(listener);
        }
        return this;
    }

    /**
     * Waits for the end.
     *
     * @return each node's outcome, failures included
     * @throws StoppedException if the waiting thread is interrupted; the operation goes on
     */
    public Outcome await() {
        try {
            return pace.await(outcome);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new StoppedException(null, "interrupted while waiting; the operation goes on", interrupt);
        } catch (ExecutionException bug) {
            throw new IllegalStateException(bug.getCause());
        }
    }

    /**
     * The end, for those who do not want to wait.
     *
     * @return completes with each node's outcome; cancelling it does not stop the operation, {@link #stop} does
     */
    public CompletableFuture<Outcome> outcome() {
        return outcome.copy();
    }

    /**
     * Stops before the next step of each node. The goals stand: the same call goes on from there.
     */
    public void stop() {
        stopped = true;
    }
}
