package io.spillway.slurm;

import com.fasterxml.jackson.databind.JsonNode;
import io.spillway.model.NodeName;
import io.spillway.salt.SaltApi;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

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
    public Probe probe(NodeName node) {
        return SiteReader.probe(door.ask("probe", Map.of("node", node.value(), "timeout", PROBE_SECONDS), SHORT));
    }

    @Override
    public Processes processes(NodeName node, Collection<String> jobs) {
        if (jobs.isEmpty()) {
            return new Processes(true, 0, 0);
        }
        JsonNode value = door.ask("stopped", Map.of("node", node.value(), "jobs", List.copyOf(jobs)), SHORT);
        return new Processes(
                value.path("answered").asBoolean(false),
                value.path("running").asInt(Integer.MAX_VALUE),
                value.path("stopped").asInt(0));
    }

    @Override
    public void drain(NodeName node, String reason) {
        door.ask("drain", Map.of("nodes", List.of(node.value()), "reason", reason), SHORT);
    }

    @Override
    public void undrain(NodeName node) {
        door.ask("undrain", Map.of("nodes", List.of(node.value())), SHORT);
    }

    @Override
    public void down(NodeName node, String reason) {
        door.ask("down", Map.of("nodes", List.of(node.value()), "reason", reason), SHORT);
    }

    @Override
    public void release(Collection<String> jobs) {
        jobs("release_jobs", jobs);
    }

    @Override
    public Map<String, String> suspend(Collection<String> jobs) {
        return jobs("suspend_jobs", jobs);
    }

    @Override
    public Map<String, String> resume(Collection<String> jobs) {
        return jobs("resume_jobs", jobs);
    }

    private Map<String, String> jobs(String function, Collection<String> jobs) {
        return jobs.isEmpty() ? Map.of() : skipped(door.ask(function, Map.of("jobs", List.copyOf(jobs)), SHORT));
    }

    private static Map<String, String> skipped(JsonNode value) {
        Map<String, String> skipped = new TreeMap<>();
        value.path("skipped")
                .properties()
                .forEach(one -> skipped.put(one.getKey(), one.getValue().asText()));
        return skipped;
    }

    @Override
    public void wake(NodeName node) {
        door.ask("wake", Map.of("node", node.value()), SHORT);
    }

    @Override
    public void delete(NodeName node) {
        door.ask("delete_node", Map.of("node", node.value()), SHORT);
    }

    @Override
    public SlurmFacts examine(Set<NodeName> leave) {
        Map<String, Object> arguments = leave.isEmpty()
                ? Map.of()
                : Map.of("leave", leave.stream().map(NodeName::value).sorted().toList());
        return FactsReader.facts(door.ask("doctor", arguments, SHORT));
    }
}
