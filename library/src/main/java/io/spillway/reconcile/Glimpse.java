package io.spillway.reconcile;

import io.spillway.cloud.Server;
import io.spillway.model.Job;
import io.spillway.reconcile.Observation.CloudSide;
import io.spillway.reconcile.Observation.SlurmSide;
import io.spillway.slurm.SlurmNode;
import java.util.Optional;
import java.util.TreeSet;

/** What was seen of a node, in a few words for the log. */
final class Glimpse {
    private Glimpse() {}

    static String of(Observation seen) {
        return cloud(seen.cloud()) + ", " + slurm(seen.slurm());
    }

    private static String cloud(Seen<CloudSide> cloud) {
        Optional<CloudSide> side = cloud.toOptional();
        if (side.isEmpty()) {
            return "cloud unknown";
        }
        return side.get().server().map(Glimpse::server).orElse("no server");
    }

    private static String server(Server server) {
        Marks marks = Marks.of(server.metadata());
        return "server %s%s%s%s"
                .formatted(
                        server.status(),
                        server.task().map(task -> " (" + task + ")").orElse(""),
                        server.host().map(host -> " on " + host).orElse(""),
                        marks.held().isEmpty()
                                ? ""
                                : " holding " + Situation.named(marks.held().ids()));
    }

    private static String slurm(Seen<SlurmSide> slurm) {
        Optional<SlurmSide> side = slurm.toOptional();
        if (side.isEmpty()) {
            return "Slurm unknown";
        }
        String node = side.get()
                .node()
                .map(SlurmNode::states)
                .map(states -> "Slurm " + String.join("+", new TreeSet<>(states)))
                .orElse("not in Slurm");
        long jobs = side.get().jobs().stream().filter(Job::onNodes).count();
        return jobs == 0 ? node : node + " with " + jobs + (jobs == 1 ? " job" : " jobs");
    }
}
