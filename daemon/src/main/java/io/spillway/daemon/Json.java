package io.spillway.daemon;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spillway.Outcome;
import io.spillway.failure.SpillwayException;
import io.spillway.model.Goal;
import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.reconcile.NodeOutcome;
import io.spillway.reconcile.Step;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** The documents of --json. Their keys stay; new ones may come. */
final class Json {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Json() {}

    static String nodes(List<Node> nodes) {
        return text(Map.of("nodes", nodes.stream().map(Json::node).toList()));
    }

    private static Map<String, @Nullable Object> node(Node node) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("name", node.name().value());
        map.put("phase", node.phase().name());
        map.put("goal", node.goal().map(Goal::toString).orElse(null));
        map.put("pool", node.pool().orElse(null));
        map.put("server", node.server().map(Object::toString).orElse(null));
        map.put("host", node.host().orElse(null));
        map.put("address", node.address().orElse(null));
        map.put("jobs", node.jobs().stream().map(Json::job).toList());
        map.put("reason", node.reason());
        return map;
    }

    private static Map<String, Object> job(Job job) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", job.id());
        map.put("name", job.name());
        map.put("user", job.user());
        map.put("states", job.states().stream().sorted().toList());
        map.put("nodes", job.nodes().toString());
        return map;
    }

    static String operation(String name, Outcome outcome, Map<NodeName, Node> now) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("operation", name);
        map.put(
                "nodes",
                outcome.nodes().stream()
                        .map(node -> outcome(node, Optional.ofNullable(now.get(node.node()))))
                        .toList());
        return text(map);
    }

    private static Map<String, @Nullable Object> outcome(NodeOutcome outcome, Optional<Node> now) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("name", outcome.node().value());
        map.put("outcome", outcome.done() ? "done" : "failed");
        map.put("goal", outcome.goal().toString());
        map.put("kind", outcome.failure().map(SpillwayException::kind).orElse(null));
        map.put("retryable", outcome.failure().map(SpillwayException::retryable).orElse(null));
        map.put("reason", outcome.reason());
        map.put("phase", now.map(node -> node.phase().name()).orElse("ABSENT"));
        map.put("host", now.flatMap(Node::host).orElse(null));
        map.put("seconds", seconds(outcome.took()));
        map.put("own_seconds", seconds(outcome.own()));
        map.put(
                "steps",
                outcome.steps().stream()
                        .map(step -> {
                            Map<String, Object> one = new LinkedHashMap<>();
                            one.put("step", step.step());
                            one.put("seconds", seconds(step.took()));
                            one.put("own_seconds", seconds(step.own()));
                            one.put("party", step.party().name());
                            one.put("reason", step.reason());
                            return one;
                        })
                        .toList());
        return map;
    }

    static String plan(String name, SortedMap<NodeName, List<Step>> steps) {
        List<Map<String, Object>> nodes = steps.entrySet().stream()
                .map(entry -> Map.<String, Object>of(
                        "name",
                        entry.getKey().value(),
                        "steps",
                        entry.getValue().stream()
                                .map(step -> Map.of("step", DryRun.title(step), "reason", step.reason()))
                                .toList()))
                .toList();
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("operation", name);
        map.put("dry_run", true);
        map.put("nodes", nodes);
        return text(map);
    }

    private static double seconds(Duration time) {
        return time.toMillis() / 1000.0;
    }

    private static String text(Object document) {
        try {
            return JSON.writeValueAsString(document);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
