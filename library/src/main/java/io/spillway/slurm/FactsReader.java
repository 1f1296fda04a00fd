package io.spillway.slurm;

import com.fasterxml.jackson.databind.JsonNode;
import io.spillway.failure.FailedException;
import io.spillway.model.Fact;
import io.spillway.slurm.SlurmFacts.Api;
import io.spillway.slurm.SlurmFacts.Controller;
import io.spillway.slurm.SlurmFacts.Listed;
import io.spillway.slurm.SlurmFacts.Master;
import io.spillway.slurm.SlurmFacts.Mount;
import io.spillway.slurm.SlurmFacts.OneNode;
import io.spillway.slurm.SlurmFacts.Permission;
import io.spillway.slurm.SlurmFacts.Profile;
import io.spillway.slurm.SlurmFacts.Software;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** From the answer of the runner's function {@code doctor} to our values. What is not there is unknown. */
final class FactsReader {
    private static final String NOT_TOLD = "it was not told";

    private FactsReader() {}

    static SlurmFacts facts(JsonNode value) {
        if (!value.path("controller").isObject() || !value.path("master").isObject()) {
            throw new FailedException(null, "spillway.doctor answers without controller or master");
        }
        return new SlurmFacts(
                fact(value.get("controller"), FactsReader::controller),
                Fact.known(master(value.get("master"))),
                fact(value.path("profiles"), all -> map(all, FactsReader::profile)),
                fact(value.path("minions"), all -> map(all, JsonNode::asText)),
                map(value.path("nodes"), node -> fact(node, FactsReader::node)),
                map(value.path("left"), JsonNode::asText));
    }

    private static Controller controller(JsonNode one) {
        return new Controller(
                software(one, "version"),
                fact(one.path("config"), all -> map(all, JsonNode::asText)),
                fact(one.path("nodes"), all -> list(all, FactsReader::listed)),
                fact(one.path("unresolved"), all -> list(all, JsonNode::asText)));
    }

    private static Listed listed(JsonNode one) {
        return new Listed(
                one.path("name").asText(),
                Set.copyOf(list(one.path("states"), JsonNode::asText)),
                one.path("dynamic").asBoolean(),
                one.path("version").asText());
    }

    private static Master master(JsonNode one) {
        return new Master(
                software(one, "slurm"),
                fact(one.path("clients"), all -> list(all, JsonNode::asText)),
                fact(one.path("permissions"), all -> map(all, users -> map(users, FactsReader::permissions))),
                fact(
                        one.path("api"),
                        api -> new Api(
                                api.path("host").asText(), api.path("tls").asBoolean())));
    }

    private static List<Permission> permissions(JsonNode pairs) {
        return list(
                pairs,
                pair -> new Permission(pair.path(0).asText(), pair.path(1).asText()));
    }

    private static Profile profile(JsonNode one) {
        return new Profile(
                one.path("size").asText(), one.path("network").asText(), list(one.path("names"), JsonNode::asText));
    }

    private static OneNode node(JsonNode one) {
        return new OneNode(
                software(one, "slurm"),
                one.path("clock_offset").isNumber()
                        ? Fact.known(Duration.ofMillis(
                                Math.round(one.get("clock_offset").asDouble() * 1000)))
                        : Fact.unknown(NOT_TOLD),
                truth(one.path("munge_to_node")),
                truth(one.path("munge_from_node")),
                one.path("slurmd").asBoolean(),
                list(one.path("mounts"), mount -> mount).stream()
                        .filter(mount -> !mount.path("alive").asBoolean())
                        .map(mount -> mount.path("path").asText())
                        .toList(),
                list(one.path("nfs"), FactsReader::mount),
                truth(one.path("clockguard")).value(),
                truth(one.path("guests_yield")).value());
    }

    private static Mount mount(JsonNode one) {
        return new Mount(
                one.path("path").asText(),
                one.path("version").asText(),
                one.path("hard").asBoolean(),
                one.path("locks").asText());
    }

    private static Software software(JsonNode one, String slurm) {
        return new Software(
                one.path("salt").asText(), one.path("extension").asText(), fact(one.path(slurm), JsonNode::asText));
    }

    private static Fact<Boolean> truth(JsonNode value) {
        return value.isBoolean() ? Fact.known(value.asBoolean()) : Fact.unknown(NOT_TOLD);
    }

    private static <T> Fact<T> fact(JsonNode fact, Function<JsonNode, T> read) {
        return fact.hasNonNull("value")
                ? Fact.known(read.apply(fact.get("value")))
                : Fact.unknown(Optional.of(fact.path("unknown").asText())
                        .filter(why -> !why.isEmpty())
                        .orElse(NOT_TOLD));
    }

    private static <T> List<T> list(JsonNode values, Function<JsonNode, T> read) {
        List<T> list = new ArrayList<>();
        values.forEach(value -> list.add(read.apply(value)));
        return List.copyOf(list);
    }

    private static <T> Map<String, T> map(JsonNode values, Function<JsonNode, T> read) {
        Map<String, T> map = new TreeMap<>();
        values.properties().forEach(entry -> map.put(entry.getKey(), read.apply(entry.getValue())));
        return map;
    }
}
