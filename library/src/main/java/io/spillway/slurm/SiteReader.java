package io.spillway.slurm;

import com.fasterxml.jackson.databind.JsonNode;
import io.spillway.failure.FailedException;
import io.spillway.failure.SpillwayException;
import io.spillway.model.Hostlist;
import io.spillway.model.Job;
import io.spillway.model.NodeName;
import io.spillway.model.Request;
import io.spillway.model.Size;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** From the runner's answers to our values. Unknown fields are let be; a missing one that decides is a failure. */
final class SiteReader {
    /** Features that are all wanted: no choice, no count, no group. */
    private static final Pattern PLAIN = Pattern.compile("([^&|*\\[\\](),]+(&[^&|*\\[\\](),]+)*)?");

    private SiteReader() {}

    static SlurmSite site(JsonNode value) {
        if (!value.path("time").isNumber()
                || !value.path("nodes").isArray()
                || !value.path("jobs").isArray()
                || !value.path("minions").isObject()) {
            throw new FailedException(null, "spillway.site answers without time, nodes, jobs or minions");
        }
        Map<NodeName, SlurmNode> nodes = new HashMap<>();
        for (JsonNode one : value.get("nodes")) {
            name(one.path("name").asText()).ifPresent(name -> nodes.put(name, node(name, one)));
        }
        List<Job> jobs = new ArrayList<>();
        Set<String> ours = new HashSet<>();
        for (JsonNode one : value.get("jobs")) {
            Job job = job(one);
            jobs.add(job);
            if (one.path("ours").asBoolean(false)) {
                ours.add(job.id());
            }
        }
        Map<NodeName, MinionKey> minions = new HashMap<>();
        value.get("minions")
                .properties()
                .forEach(one -> name(one.getKey())
                        .ifPresent(name -> minions.put(name, key(one.getValue().asText()))));
        return new SlurmSite(seconds(value.get("time")), nodes, jobs, minions, ours);
    }

    /** Slurm and Salt may know names that can be none of ours. */
    private static Optional<NodeName> name(String text) {
        try {
            return Optional.of(NodeName.of(text));
        } catch (SpillwayException notOurs) {
            return Optional.empty();
        }
    }

    private static SlurmNode node(NodeName name, JsonNode one) {
        return new SlurmNode(
                name,
                one.path("address").asText(""),
                texts(one.path("states")),
                one.path("reason").isTextual() ? one.get("reason").asText() : "",
                one.path("dynamic").asBoolean(false),
                new Size(one.path("cpus").asInt(0), one.path("memory_mb").asLong(0)),
                words(one.path("partitions")));
    }

    private static Job job(JsonNode one) {
        if (!one.path("id").isTextual()
                || !one.path("states").isArray()
                || one.get("states").isEmpty()) {
            throw new FailedException(null, "spillway.site tells of a job without id or states");
        }
        List<NodeName> nodes = new ArrayList<>();
        one.path("nodes").forEach(node -> name(node.asText()).ifPresent(nodes::add));
        return new Job(
                one.get("id").asText(),
                one.path("name").asText(""),
                one.path("user").asText(""),
                one.path("partition").asText(""),
                texts(one.path("states")),
                Hostlist.of(nodes),
                Duration.ofSeconds(one.path("run_time").asLong(0)),
                time(one.path("suspend_time")),
                one.path("reason").asText("").startsWith("JobHeld"),
                time(one.path("start_time")),
                one.path("exit_code").asText("0:0"),
                request(one));
    }

    private static Request request(JsonNode one) {
        String features = one.path("features").asText("");
        boolean plain = PLAIN.matcher(features).matches();
        return new Request(
                one.path("account").asText(""),
                one.path("qos").asText(""),
                one.path("priority").asLong(0),
                time(one.path("submit_time")).orElse(Instant.EPOCH),
                one.path("time_limit").isNumber()
                        ? Optional.of(Duration.ofSeconds(one.get("time_limit").asLong()))
                        : Optional.empty(),
                one.path("node_count").asInt(1),
                new Size(one.path("cpus").asInt(0), one.path("memory_mb").asLong(0)),
                plain && !features.isEmpty() ? Set.of(features.split("&")) : Set.of(),
                plain,
                one.path("requeue").asBoolean(false),
                one.path("reason").asText(""),
                Math.max(1, one.path("tasks").asInt(1)));
    }

    private static Optional<Instant> time(JsonNode epoch) {
        return epoch.isNumber() && epoch.asLong() > 0 ? Optional.of(seconds(epoch)) : Optional.empty();
    }

    private static MinionKey key(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "accepted" -> MinionKey.ACCEPTED;
            case "pending" -> MinionKey.PENDING;
            case "rejected", "denied" -> MinionKey.REJECTED;
            default -> throw new FailedException(null, "spillway.site tells of a minion key that is " + word);
        };
    }

    static Probe probe(JsonNode value) {
        List<String> dead = new ArrayList<>();
        value.path("mounts").forEach(mount -> {
            if (!mount.path("alive").asBoolean(false)) {
                dead.add(mount.path("path").asText());
            }
        });
        List<String> wrong = new ArrayList<>();
        value.path("wrong").forEach(line -> wrong.add(line.asText()));
        return new Probe(
                value.path("answered").asBoolean(false),
                value.path("clock_offset").isNumber()
                        ? Optional.of(Duration.ofNanos(
                                (long) (value.get("clock_offset").asDouble() * 1e9)))
                        : Optional.empty(),
                value.path("munge_to_node").asBoolean(false),
                value.path("munge_from_node").asBoolean(false),
                value.path("slurmd").asBoolean(false),
                dead,
                wrong);
    }

    private static Instant seconds(JsonNode epoch) {
        return Instant.ofEpochMilli((long) (epoch.asDouble() * 1000));
    }

    private static Set<String> words(JsonNode list) {
        Set<String> words = new HashSet<>();
        list.forEach(one -> words.add(one.asText()));
        return words;
    }

    private static Set<String> texts(JsonNode list) {
        Set<String> texts = new HashSet<>();
        list.forEach(one -> texts.add(one.asText().toUpperCase(Locale.ROOT)));
        return texts;
    }
}
