package io.spillway.reconcile;

import io.spillway.failure.SpillwayException;
import io.spillway.model.NodeName;
import io.spillway.slurm.Probe;
import io.spillway.slurm.Processes;
import io.spillway.slurm.ResourceManager;
import io.spillway.slurm.SlurmSite;
import java.util.Collection;
import java.util.Map;
import java.util.function.Supplier;

/** A Slurm that gives no answer, whatever is asked. */
record Deaf(Supplier<SpillwayException> failure) implements ResourceManager {
    @Override
    public SlurmSite site() {
        throw failure.get();
    }

    @Override
    public Probe probe(NodeName node) {
        throw failure.get();
    }

    @Override
    public Processes processes(NodeName node, Collection<String> jobs) {
        throw failure.get();
    }

    @Override
    public void down(NodeName node, String reason) {
        throw failure.get();
    }

    @Override
    public void release(Collection<String> jobs) {
        throw failure.get();
    }

    @Override
    public void drain(NodeName node, String reason) {
        throw failure.get();
    }

    @Override
    public void undrain(NodeName node) {
        throw failure.get();
    }

    @Override
    public Map<String, String> suspend(Collection<String> jobs) {
        throw failure.get();
    }

    @Override
    public Map<String, String> resume(Collection<String> jobs) {
        throw failure.get();
    }

    @Override
    public void wake(NodeName node) {
        throw failure.get();
    }

    @Override
    public void delete(NodeName node) {
        throw failure.get();
    }
}
