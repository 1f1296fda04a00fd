package io.spillway.simulation.shell;

import io.spillway.failure.BadInputException;
import io.spillway.policy.Action;
import io.spillway.policy.Outlook;
import io.spillway.policy.Plan;
import io.spillway.policy.Policy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A policy that was typed; one that decides for ever is given up. Not threadsafe. */
final class Typed implements Policy {
    static final String NAME = "shell";

    private final Shell.Wish wish;
    private final Duration patience;
    private String stuck = "";

    Typed(Shell.Wish wish, Duration patience) {
        this.wish = wish;
        this.patience = patience;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Plan plan(Outlook outlook) {
        FutureTask<List<? extends Action>> deciding = new FutureTask<>(() -> wish.of(outlook.view()));
        Thread thread = new Thread(deciding, "policy");
        thread.setDaemon(true);
        thread.start();
        try {
            return Plan.of(outlook, deciding.get(patience.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException late) {
            deciding.cancel(true);
            stuck = "policy %s decides for ever at %s: no answer after %d ms"
                    .formatted(NAME, outlook.now(), patience.toMillis());
            throw new BadInputException(null, stuck, late);
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof RuntimeException mistake
                    ? mistake
                    : new IllegalStateException(String.valueOf(failed.getCause()), failed);
        } catch (InterruptedException interrupted) {
            deciding.cancel(true);
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }

    /** After a decision. */
    void mustHaveAnswered() {
        if (!stuck.isEmpty()) {
            throw new BadInputException(null, stuck);
        }
    }
}
