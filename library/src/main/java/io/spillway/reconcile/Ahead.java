package io.spillway.reconcile;

import io.spillway.failure.SpillwayException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A look at Slurm that goes on beside one way, while that waits for somebody else or writes a note. One that fails is
 * none: who needs it looks for itself. This class is not threadsafe.
 */
final class Ahead {
    private final Reconciler reconciler;
    private @Nullable CompletableFuture<Newest.Look> look;

    Ahead(Reconciler reconciler) {
        this.reconciler = reconciler;
    }

    /** Begins a look, unless one is under way. */
    void begin() {
        if (look == null) {
            look = CompletableFuture.supplyAsync(this::take, reconciler.pace::beside);
        }
    }

    private Newest.Look take() {
        long began = reconciler.pace.nanos();
        Newest.Look taken = new Newest.Look(reconciler.looks.slurm(), began);
        reconciler.newest.seen(taken.slurm(), began);
        return taken;
    }

    /** The look, if it has ended; each is given once. */
    Optional<Newest.Look> ended() throws InterruptedException {
        return look != null && look.isDone() ? awaited() : Optional.empty();
    }

    /** The look, when it has ended; empty if none is under way. */
    Optional<Newest.Look> awaited() throws InterruptedException {
        CompletableFuture<Newest.Look> end = look;
        look = null;
        if (end == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(reconciler.pace.await(end));
        } catch (ExecutionException failure) {
            Throwable cause = failure.getCause();
            if (cause instanceof Error error) {
                throw error;
            }
            if (cause instanceof RuntimeException mistake && !(cause instanceof SpillwayException)) {
                throw mistake;
            }
            return Optional.empty();
        }
    }

    /** What is under way may have seen the state before a change. */
    void forget() {
        look = null;
    }
}
