package io.spillway.simulation.contract;

import io.spillway.cloud.Cloud;
import io.spillway.cloud.Server;
import io.spillway.failure.SpillwayException;
import io.spillway.model.Hostlist;
import io.spillway.model.Job;
import io.spillway.reconcile.Marks;
import io.spillway.slurm.ResourceManager;
import io.spillway.slurm.SlurmNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

/** What the suites share. One that extends it says what it is played on. */
@ExtendWith(Count.class)
public abstract class Contract {
    private static final Duration LOOK = Duration.ofMillis(500);

    Contract() {}

    /**
     * What the contracts are played on, the same for all of them.
     *
     * @return the site
     */
    protected abstract ContractSite site();

    /** Which port it is the contract of. */
    abstract String port();

    final Cloud cloud() {
        return site().ports().cloud();
    }

    final ResourceManager slurm() {
        return site().ports().slurm();
    }

    final Server server() {
        return cloud().servers().stream()
                .filter(one -> Marks.of(one.metadata()).node().equals(Optional.of(site().node())))
                .findFirst()
                .orElseThrow(() -> new AssertionError(site().node() + " has no server"));
    }

    final SlurmNode registered() {
        SlurmNode node = slurm().site().nodes().get(site().node());
        if (node == null) {
            throw new AssertionError("Slurm has no node " + site().node());
        }
        return node;
    }

    final Job job(String id) {
        return slurm().site().jobs().stream()
                .filter(one -> one.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError("Slurm has no job " + id));
    }

    /** Looks until it is so. */
    final <T> T until(String what, Supplier<T> look, Predicate<T> so) {
        T seen = look.get();
        for (Duration waited = Duration.ZERO; !so.test(seen); waited = waited.plus(LOOK)) {
            if (waited.compareTo(site().patience()) > 0) {
                throw new AssertionError("waited in vain for %s; last seen: %s".formatted(what, seen));
            }
            site().pass(LOOK);
            seen = look.get();
        }
        return seen;
    }

    /** A job on the node that runs. */
    final String running() {
        String id = site().submits(Hostlist.of(List.of(site().node())));
        until(
                "job %s to run".formatted(id),
                () -> slurm().site().jobs(),
                jobs -> jobs.stream().anyMatch(job -> job.id().equals(id) && job.running()));
        return id;
    }

    /** Ends a job, and waits until the node is rid of it. */
    final void over(String id) {
        site().cancels(id);
        until(
                "the end of job " + id,
                () -> slurm().site().jobs(),
                jobs -> jobs.stream().noneMatch(job -> job.id().equals(id) && (job.onNodes() || job.pending())));
    }

    static <E extends SpillwayException> void refused(Class<E> kind, Executable call) {
        SpillwayException failure = Assertions.assertThrows(kind, call);
        String words = String.valueOf(failure.getMessage());
        Assertions.assertFalse(words.isBlank() || words.contains("\n"), () -> "no one line: " + words);
    }
}
