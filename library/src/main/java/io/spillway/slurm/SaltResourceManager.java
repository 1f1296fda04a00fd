package io.spillway.slurm;

import com.fasterxml.jackson.databind.JsonNode;
import io.spillway.failure.NotFoundException;
import io.spillway.model.Job;
import io.spillway.model.NodeName;
import io.spillway.salt.SaltApi;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@link ResourceManager} through the runner {@code spillway}. */
public final class SaltResourceManager implements ResourceManager {
    /** slurmctld answers in milliseconds; Salt's way there may take seconds on a busy machine. */
    private static final Duration SHORT = Duration.ofSeconds(90);

    private static final int PROBE_SECONDS = 20;

    private final Door door;

    /**
     * Through this way to Salt.
     *
     * @param salt the way
     */
    public SaltResourceManager(SaltApi salt) {
        this.door = new Door(salt);
    }

    @Override
    public SlurmSite site() {
        return SiteReader.site(door.ask("site", Map.of(), SHORT));
    }

    @Override
    public Told<Probe> probe(NodeName node, Duration patience) {
        Map<String, Object> arguments =
                Map.of("node", node.value(), "timeout", PROBE_SECONDS, "wait", patience.toSeconds(), "look", true);
        JsonNode value = door.ask("probe", arguments, SHORT);
        return new Told<>(SiteReader.probe(value), Door.site(value));
    }

    @Override
    public Told<Processes> processes(NodeName node, Collection<String> jobs) {
        if (jobs.isEmpty()) {
            return Told.alone(new Processes(true, 0, 0));
        }
        Map<String, Object> arguments = Map.of("node", node.value(), "jobs", List.copyOf(jobs), "look", true);
        JsonNode value = door.ask("stopped", arguments, SHORT);
        Processes count = new Processes(
                value.path("answered").asBoolean(false),
                value.path("running").asInt(Integer.MAX_VALUE),
                value.path("stopped").asInt(0));
        return new Told<>(count, Door.site(value));
    }

    @Override
    public Optional<SlurmSite> drain(NodeName node, String reason) {
        return door.change("drain", Map.of("nodes", List.of(node.value()), "reason", reason), SHORT);
    }

    @Override
    public Optional<SlurmSite> undrain(NodeName node, boolean asked) {
        return door.change("undrain", Map.of("nodes", List.of(node.value()), "asked", asked), SHORT);
    }

    @Override
    public Optional<SlurmSite> down(NodeName node, String reason) {
        return door.change("down", Map.of("nodes", List.of(node.value()), "reason", reason), SHORT);
    }

    @Override
    public Optional<SlurmSite> release(Collection<String> jobs) {
        return jobs("release_jobs", jobs);
    }

    @Override
    public Optional<SlurmSite> requeue(Job job) {
        return door.change("requeue", meant(job), SHORT);
    }

    @Override
    public Optional<SlurmSite> cancel(Job job) {
        return door.change("cancel", meant(job), SHORT);
    }

    /** A job's id may be used anew, and a job may have begun anew elsewhere since it was seen. */
    private static Map<String, Object> meant(Job job) {
        if (job.nodes().isEmpty()) {
            throw new NotFoundException(job.id(), "job %s is on no node".formatted(job.id()));
        }
        Map<String, Object> arguments = new HashMap<>();
        arguments.put("job", job.id());
        arguments.put("nodes", job.nodes().stream().map(NodeName::value).toList());
        if (!job.user().isEmpty()) {
            arguments.put("user", job.user());
        }
        job.started().ifPresent(time -> arguments.put("started", time.getEpochSecond()));
        return arguments;
    }

    @Override
    public Optional<SlurmSite> suspend(Collection<String> jobs) {
        return jobs("suspend_jobs", jobs);
    }

    @Override
    public Optional<SlurmSite> resume(Collection<String> jobs) {
        return jobs("resume_jobs", jobs);
    }

    private Optional<SlurmSite> jobs(String function, Collection<String> jobs) {
        return jobs.isEmpty() ? Optional.empty() : door.change(function, Map.of("jobs", List.copyOf(jobs)), SHORT);
    }

    @Override
    public Optional<SlurmSite> wake(NodeName node) {
        return door.change("wake", Map.of("node", node.value()), SHORT);
    }

    @Override
    public Optional<SlurmSite> delete(NodeName node) {
        return door.change("delete_node", Map.of("node", node.value()), SHORT);
    }

    @Override
    public SlurmFacts examine(Set<NodeName> leave) {
        Map<String, Object> arguments = leave.isEmpty()
                ? Map.of()
                : Map.of("leave", leave.stream().map(NodeName::value).sorted().toList());
        return FactsReader.facts(door.ask("doctor", arguments, SHORT));
    }
}
