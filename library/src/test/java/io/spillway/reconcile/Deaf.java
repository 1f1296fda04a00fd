package io.spillway.reconcile;

import io.spillway.failure.SpillwayException;
import io.spillway.model.Job;
import io.spillway.model.NodeName;
import io.spillway.slurm.Probe;
import io.spillway.slurm.Processes;
import io.spillway.slurm.ResourceManager;
import io.spillway.slurm.SlurmSite;
import io.spillway.slurm.Told;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Supplier;

/** A Slurm that gives no answer, whatever is asked. */
record Deaf(Supplier<SpillwayException> failure) implements ResourceManager {
    @Override
    public SlurmSite site() {
        throw failure.get();
    }

    @Override
    public Told<Probe> probe(NodeName node, Duration patience) {
        throw failure.get();
    }

    @Override
    public Told<Processes> processes(NodeName node, Collection<String> jobs) {
        throw failure.get();
    }

    @Override
    public Optional<SlurmSite> down(NodeName node, String reason) {
        throw failure.get();
    }

    @Override
    public Optional<SlurmSite> release(Collection<String> jobs) {
        throw failure.get();
    }

    @Override
    public Optional<SlurmSite> requeue(Job job) {
        throw failure.get();
    }

    @Override
    public Optional<SlurmSite> cancel(Job job) {
        throw failure.get();
    }

    @Override
    public Optional<SlurmSite> drain(NodeName node, String reason) {
        throw failure.get();
    }

    @Override
    public Optional<SlurmSite> undrain(NodeName node, boolean asked) {
        throw failure.get();
    }

    @Override
    public Optional<SlurmSite> suspend(Collection<String> jobs) {
        throw failure.get();
    }

    @Override
    public Optional<SlurmSite> resume(Collection<String> jobs) {
        throw failure.get();
    }

    @Override
    public Optional<SlurmSite> wake(NodeName node) {
        throw failure.get();
    }

    @Override
    public Optional<SlurmSite> delete(NodeName node) {
        throw failure.get();
    }
}
