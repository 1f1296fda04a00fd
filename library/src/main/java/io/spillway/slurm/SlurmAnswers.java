package io.spillway.slurm;

import static java.util.stream.Collectors.toMap;

import io.spillway.failure.BadInputException;
import io.spillway.model.Hostlist;
import io.spillway.model.Job;
import io.spillway.model.NodeName;
import io.spillway.salt.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The runner's answers as our words. */
final class SlurmAnswers {
    private SlurmAnswers() {}

    static SlurmSite site(Answer answer) {
        Map<NodeName, SlurmNode> nodes = answer.list("nodes").stream()
                .map(SlurmAnswers::node)
                .collect(toMap(SlurmNode::name, Function.identity()));
        return new SlurmSite(
                instant(answer.number("time")),
                nodes,
                answer.list("jobs").stream().map(SlurmAnswers::job).toList(),
                minions(answer.map("minions")));
    }

    static Probe probe(Answer answer) {
        return new Probe(
                answer.flag("answered"),
                answer.optionalNumber("clock_offset").map(SlurmAnswers::duration),
                answer.flag("munge_to_node"),
                answer.flag("munge_from_node"),
                answer.flag("slurmd"),
                answer.list("mounts").stream()
                        .filter(mount -> !mount.flag("alive"))
                        .map(mount -> mount.text("path"))
                        .toList(),
                answer.texts("wrong"));
    }

    private static SlurmNode node(Answer node) {
        return new SlurmNode(
                NodeName.of(node.text("name")),
                node.text("address"),
                Set.copyOf(node.texts("states")),
                node.text("reason"),
                node.flag("dynamic"));
    }

    private static Job job(Answer job) {
        return new Job(
                job.text("id"),
                job.text("name"),
                job.text("user"),
                job.text("partition"),
                Set.copyOf(job.texts("states")),
                Hostlist.of(job.texts("nodes").stream().map(NodeName::of).toList()),
                duration(job.number("run_time")),
                job.optionalNumber("suspend_time").map(SlurmAnswers::instant));
    }

    /** A minion whose id could not be a node's name is none of ours. */
    private static Map<NodeName, MinionKey> minions(Map<String, String> keys) {
        Map<NodeName, MinionKey> minions = new HashMap<>();
        keys.forEach((id, key) -> name(id).ifPresent(node -> minions.put(node, key(key))));
        return minions;
    }

    private static Optional<NodeName> name(String id) {
        try {
            return Optional.of(NodeName.of(id));
        } catch (BadInputException e) {
            return Optional.empty();
        }
    }

    private static MinionKey key(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "accepted" -> MinionKey.ACCEPTED;
            case "pending" -> MinionKey.PENDING;
            default -> MinionKey.REJECTED;
        };
    }

    private static Instant instant(double epoch) {
        return Instant.ofEpochMilli(Math.round(epoch * 1000));
    }

    private static Duration duration(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }
}
