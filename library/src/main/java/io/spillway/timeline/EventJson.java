package io.spillway.timeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spillway.model.Phase;
import io.spillway.timeline.Event.Decided;
import io.spillway.timeline.Event.HostChanged;
import io.spillway.timeline.Event.JobChanged;
import io.spillway.timeline.Event.Maintenance;
import io.spillway.timeline.Event.NodeChanged;
import io.spillway.timeline.Event.Watch;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One event as one line of JSON, and back. What is empty is left out. */
final class EventJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private EventJson() {}

    static String line(Event event) {
        ObjectNode line = JSON.createObjectNode();
        line.put("time", event.time().toString());
        if (event instanceof Watch watch) {
            line.put("event", "watch").put("state", word(watch.state()));
        } else if (event instanceof HostChanged host) {
            line.put("event", "host").put("host", host.host()).put("up", host.up());
        } else if (event instanceof Maintenance one) {
            line.put("event", "maintenance").put("host", one.host()).put("state", word(one.state()));
            text(line, "reason", one.reason());
        } else if (event instanceof NodeChanged node) {
            line.put("event", "node")
                    .put("node", node.node())
                    .put("phase", node.phase().name());
            text(line, "host", node.host());
            text(line, "from", node.from());
            text(line, "reason", node.reason());
        } else if (event instanceof JobChanged job) {
            line.put("event", "job").put("job", job.job());
            text(line, "name", job.name());
            text(line, "user", job.user());
            line.put("state", word(job.state()));
            if (!job.nodes().isEmpty()) {
                job.nodes().forEach(line.putArray("nodes")::add);
            }
            text(line, "end", job.end());
            text(line, "exit", job.exit());
        } else if (event instanceof Decided one) {
            line.put("event", "decision").put("by", one.by()).put("what", one.what());
            text(line, "node", one.node());
            text(line, "from", one.from());
            text(line, "to", one.to());
            text(line, "reason", one.reason());
            text(line, "rule", one.rule());
        }
        try {
            return JSON.writeValueAsString(line);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static void text(ObjectNode line, String key, String value) {
        if (!value.isEmpty()) {
            line.put(key, value);
        }
    }

    private static void text(ObjectNode line, String key, Optional<String> value) {
        value.ifPresent(text -> line.put(key, text));
    }

    private static String word(Enum<?> state) {
        return state.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** Empty if it is none that we know, or lacks what such a one has. */
    static Optional<Event> event(String line) {
        try {
            JsonNode json = JSON.readTree(line);
            return json.isObject() ? event(json) : Optional.empty();
        } catch (JsonProcessingException | DateTimeException | IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }

    private static Optional<Event> event(JsonNode json) {
        Instant time = Instant.parse(needed(json, "time"));
        return Optional.ofNullable(
                switch (needed(json, "event")) {
                    case "watch" -> new Watch(time, value(Watch.Turn.class, needed(json, "state")));
                    case "host" ->
                        new HostChanged(
                                time, needed(json, "host"), json.path("up").asBoolean());
                    case "maintenance" ->
                        new Maintenance(
                                time,
                                needed(json, "host"),
                                value(Maintenance.Stage.class, needed(json, "state")),
                                text(json, "reason"));
                    case "node" ->
                        new NodeChanged(
                                time,
                                needed(json, "node"),
                                Phase.valueOf(needed(json, "phase")),
                                some(json, "host"),
                                some(json, "from"),
                                text(json, "reason"));
                    case "job" -> job(time, json);
                    case "decision" ->
                        new Decided(
                                time,
                                text(json, "by"),
                                needed(json, "what"),
                                some(json, "node"),
                                some(json, "from"),
                                some(json, "to"),
                                text(json, "reason"),
                                some(json, "rule"));
                    default -> null;
                });
    }

    private static JobChanged job(Instant time, JsonNode json) {
        List<String> nodes = new ArrayList<>();
        json.path("nodes").forEach(node -> nodes.add(node.asText()));
        return new JobChanged(
                time,
                needed(json, "job"),
                text(json, "name"),
                text(json, "user"),
                value(JobChanged.Doing.class, needed(json, "state")),
                nodes,
                some(json, "end"),
                some(json, "exit"));
    }

    private static <T extends Enum<T>> T value(Class<T> type, String word) {
        return Enum.valueOf(type, word.toUpperCase(Locale.ROOT).replace(' ', '_'));
    }

    private static String needed(JsonNode json, String key) {
        return some(json, key).orElseThrow(() -> new IllegalArgumentException("without " + key));
    }

    private static Optional<String> some(JsonNode json, String key) {
        return json.path(key).isValueNode() && !json.path(key).isNull()
                ? Optional.of(json.path(key).asText())
                : Optional.empty();
    }

    private static String text(JsonNode json, String key) {
        return some(json, key).orElse("");
    }
}
