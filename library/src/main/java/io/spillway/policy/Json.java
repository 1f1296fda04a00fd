package io.spillway.policy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spillway.failure.BadInputException;
import io.spillway.model.NodeName;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** How plans, histories, savings and calibrations are stored. Fields that are not known are left out. */
final class Json {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    static String write(Plan plan) {
        ObjectNode root = JSON.createObjectNode()
                .put("site", plan.site())
                .put("time", plan.time().toString());
        ArrayNode actions = root.putArray("actions");
        plan.actions().forEach(action -> actions.add(write(action)));
        ArrayNode refused = root.putArray("refused");
        for (Plan.Refused one : plan.refused()) {
            ObjectNode node = refused.addObject().put("policy", one.policy()).put("why", one.why());
            one.action().ifPresent(action -> node.set("action", write(action)));
        }
        return root.toString();
    }

    private static ObjectNode write(Action action) {
        ObjectNode node = JSON.createObjectNode().put("do", action.verb());
        if (action instanceof Action.OnNode on) {
            node.put("node", on.node().value());
        } else if (action instanceof Action.OnJob on) {
            node.put("job", on.job());
        } else if (action instanceof Action.OnHost on) {
            node.put("host", on.host());
        }
        if (action instanceof Action.Build build) {
            node.put("pool", build.pool());
        }
        if (action instanceof Action.DisableHost disable) {
            node.put("words", disable.words());
        }
        action.target().ifPresent(host -> node.put("target", host));
        Why why = action.why();
        node.put("reason", why.reason()).put("rule", why.rule());
        node.put("takes", why.cost().takes().toString())
                .put("away", why.cost().away().toString())
                .put("lost", why.cost().lost());
        why.deadline().ifPresent(time -> node.put("deadline", time.toString()));
        return node;
    }

    static Plan plan(String text) {
        Part root = read("plan", text);
        List<Action> actions = root.list("actions").stream().map(Json::action).toList();
        List<Plan.Refused> refused = root.list("refused").stream()
                .map(part -> new Plan.Refused(
                        part.text("policy"), part.part("action").map(Json::action), part.text("why")))
                .toList();
        return new Plan(root.text("site"), root.time("time"), actions, refused);
    }

    private static Action action(Part part) {
        Cost cost = new Cost(part.duration("takes"), part.duration("away"), part.number("lost"));
        Why why = new Why(
                part.text("reason"),
                part.text("rule"),
                cost,
                part.optional("deadline").map(given -> part.time("deadline")));
        String verb = part.text("do");
        return switch (verb) {
            case "build" -> new Action.Build(part.node("node"), part.text("pool"), part.optional("target"), why);
            case "checkpoint" -> new Action.Checkpoint(part.node("node"), why);
            case "restore" -> new Action.Restore(part.node("node"), part.optional("target"), why);
            case "migrate" -> new Action.Migrate(part.node("node"), part.text("target"), why);
            case "hold" -> new Action.Hold(part.node("node"), why);
            case "release" -> new Action.Release(part.node("node"), why);
            case "remove" -> new Action.Remove(part.node("node"), why);
            case "requeue" -> new Action.Requeue(part.text("job"), why);
            case "cancel" -> new Action.Cancel(part.text("job"), why);
            case "disable" -> new Action.DisableHost(part.text("host"), part.text("words"), why);
            case "enable" -> new Action.EnableHost(part.text("host"), why);
            default -> throw part.wrong("do", "is '%s', which is no action".formatted(Part.shown(verb)));
        };
    }

    static String write(Calibration calibration) {
        ObjectNode root = JSON.createObjectNode();
        ObjectNode factors = root.putObject("factors");
        new TreeMap<>(calibration.factors())
                .forEach((work, factor) -> factors.put(work.name().toLowerCase(Locale.ROOT), factor));
        return root.toString();
    }

    static Calibration calibration(String text) {
        Map<Work, Double> factors = new EnumMap<>(Work.class);
        Part part = read("calibration", text).need("factors");
        part.forEach((name, value) -> {
            for (Work work : Work.values()) {
                if (work.name().equalsIgnoreCase(name)) {
                    factors.put(work, part.decimal(name));
                }
            }
        });
        return new Calibration(factors);
    }

    static String write(History history) {
        ObjectNode root = JSON.createObjectNode();
        ObjectNode jobs = root.putObject("jobs");
        new TreeMap<>(history.jobs())
                .forEach((id, past) -> jobs.putObject(id)
                        .put("times", past.times())
                        .put("last", past.last().toString()));
        ObjectNode idle = root.putObject("idle");
        new TreeMap<>(history.idle()).forEach((node, since) -> idle.put(node.value(), since.toString()));
        ObjectNode moved = root.putObject("moved");
        new TreeMap<>(history.moved()).forEach((node, when) -> moved.put(node.value(), when.toString()));
        return root.toString();
    }

    static History history(String text) {
        Part root = read("history", text);
        Map<String, History.Past> jobs = new HashMap<>();
        root.need("jobs")
                .parts((id, part) -> jobs.put(id, new History.Past((int) part.number("times"), part.time("last"))));
        return new History(jobs, times(root.need("idle")), times(root.need("moved")));
    }

    static String write(Savings savings) {
        ObjectNode root = JSON.createObjectNode();
        savings.since().ifPresent(time -> root.put("since", time.toString()));
        savings.last().ifPresent(time -> root.put("last", time.toString()));
        ObjectNode jobs = root.putObject("jobs");
        new TreeMap<>(savings.jobs())
                .forEach((id, mark) -> jobs.putObject(id)
                        .put("class", mark.jobClass())
                        .put("cpus", mark.cpus())
                        .put("ran", mark.ran().toString())
                        .put("risked", mark.risked().toString())
                        .put("still", mark.still()));
        ObjectNode classes = root.putObject("classes");
        savings.byClass()
                .forEach((name, sum) -> classes.putObject(name)
                        .put("interruptions", sum.interruptions())
                        .put("risked", sum.risked().toString())
                        .put("kept", sum.kept().toString())
                        .put("still", sum.still().toString()));
        return root.toString();
    }

    static Savings savings(String text) {
        Part root = read("savings", text);
        Map<String, Savings.Mark> jobs = new HashMap<>();
        root.need("jobs")
                .parts((id, part) -> jobs.put(
                        id,
                        new Savings.Mark(
                                part.text("class"),
                                (int) part.number("cpus"),
                                part.duration("ran"),
                                part.duration("risked"),
                                part.truth("still"))));
        Map<String, Savings.Sum> classes = new HashMap<>();
        root.need("classes")
                .parts((name, part) -> classes.put(
                        name,
                        new Savings.Sum(
                                part.number("interruptions"),
                                part.duration("risked"),
                                part.duration("kept"),
                                part.duration("still"))));
        return new Savings(
                root.optional("since").map(time -> root.time("since")),
                root.optional("last").map(time -> root.time("last")),
                jobs,
                classes);
    }

    private static Map<NodeName, Instant> times(Part part) {
        Map<NodeName, Instant> times = new HashMap<>();
        part.forEach((name, value) -> times.put(NodeName.of(name), part.time(name)));
        return times;
    }

    private static Part read(String what, String text) {
        try {
            JsonNode node = JSON.readTree(text);
            return new Part(what, node);
        } catch (JsonProcessingException mistake) {
            throw new BadInputException(
                    null, "this is no %s: %s".formatted(what, mistake.getOriginalMessage()), mistake);
        }
    }

    /** An object, with the path to it. */
    private record Part(String path, JsonNode json) {
        Part {
            if (!json.isObject()) {
                throw new BadInputException(null, path + " must be an object");
            }
        }

        private static String shown(String text) {
            return text.replaceAll("\\p{Cntrl}", "?");
        }

        BadInputException wrong(String key, String why) {
            return new BadInputException(null, "%s.%s %s".formatted(path, shown(key), why));
        }

        private JsonNode value(String key) {
            JsonNode value = json.get(key);
            if (value == null || value.isNull()) {
                throw wrong(key, "is missing");
            }
            return value;
        }

        String text(String key) {
            if (!value(key).isTextual()) {
                throw wrong(key, "must be a text");
            }
            String text = value(key).asText();
            if (text.isBlank()) {
                throw wrong(key, "must not be empty");
            }
            return text;
        }

        Optional<String> optional(String key) {
            return json.hasNonNull(key) ? Optional.of(text(key)) : Optional.empty();
        }

        NodeName node(String key) {
            return NodeName.of(text(key));
        }

        long number(String key) {
            if (!value(key).isIntegralNumber() || !value(key).canConvertToLong()) {
                throw wrong(key, "must be a whole number");
            }
            return value(key).asLong();
        }

        boolean truth(String key) {
            if (!value(key).isBoolean()) {
                throw wrong(key, "must be true or false");
            }
            return value(key).asBoolean();
        }

        double decimal(String key) {
            if (!value(key).isNumber()) {
                throw wrong(key, "must be a number");
            }
            return value(key).asDouble();
        }

        Instant time(String key) {
            try {
                return Instant.parse(text(key));
            } catch (DateTimeException mistake) {
                throw wrong(key, "must be a time such as 2026-11-23T15:00:00Z");
            }
        }

        Duration duration(String key) {
            try {
                return Duration.parse(text(key));
            } catch (DateTimeException mistake) {
                throw wrong(key, "must be a duration such as PT5.2S");
            }
        }

        Part need(String key) {
            return new Part(path + "." + key, value(key));
        }

        Optional<Part> part(String key) {
            return json.hasNonNull(key) ? Optional.of(need(key)) : Optional.empty();
        }

        List<Part> list(String key) {
            JsonNode value = value(key);
            if (!value.isArray()) {
                throw wrong(key, "must be a list");
            }
            List<Part> parts = new ArrayList<>();
            for (JsonNode one : value) {
                parts.add(new Part("%s.%s[%d]".formatted(path, key, parts.size()), one));
            }
            return parts;
        }

        void forEach(BiConsumer<String, JsonNode> reader) {
            json.properties().forEach(field -> reader.accept(field.getKey(), field.getValue()));
        }

        void parts(BiConsumer<String, Part> reader) {
            forEach((name, value) -> reader.accept(name, new Part(path + "." + shown(name), value)));
        }
    }
}
