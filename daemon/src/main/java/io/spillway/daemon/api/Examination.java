package io.spillway.daemon.api;

import io.spillway.Spillway;
import io.spillway.daemon.api.Documents.Doctor.Check;
import io.spillway.failure.SpillwayException;
import io.spillway.model.Host;
import io.spillway.model.Node;
import io.spillway.model.Phase;
import io.spillway.model.Pool;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** What can be found out about a site's health through the ports. Changes nothing. */
final class Examination {
    private final Spillway site;

    Examination(Spillway site) {
        this.site = site;
    }

    List<Check> checks() {
        List<Check> checks = new ArrayList<>();
        checks.add(check("Salt, Slurm and the cloud answer", () -> {
            List<Node> nodes = site.nodes();
            return right(nodes.size() + " virtual nodes are there");
        }));
        checks.add(check("hosts", this::hosts));
        checks.add(check("salt-cloud profiles", this::profiles));
        checks.add(check("nodes fit together", this::nodes));
        checks.add(check("pools make servers", this::pools));
        return checks;
    }

    private record Finding(boolean ok, String detail) {}

    private static Finding right(String detail) {
        return new Finding(true, detail);
    }

    private static Finding of(List<String> wrong, String right) {
        return wrong.isEmpty() ? right(right) : new Finding(false, String.join("; ", wrong));
    }

    private static Check check(String name, Supplier<Finding> look) {
        try {
            Finding finding = look.get();
            return new Check(name, finding.ok(), finding.detail());
        } catch (SpillwayException failure) {
            return new Check(name, false, failure.getMessage());
        }
    }

    private Finding hosts() {
        List<Host> hosts = site.hosts();
        List<String> down = hosts.stream()
                .filter(host -> !host.up())
                .map(host -> host.name() + " is down or disabled")
                .toList();
        return hosts.isEmpty() ? new Finding(false, "the cloud shows none") : of(down, hosts.size() + " are up");
    }

    private Finding profiles() {
        Set<String> profiles = site.profiles();
        List<String> missing = site.pools().stream()
                .map(Pool::profile)
                .filter(profile -> !profiles.contains(profile))
                .distinct()
                .map(profile -> "there is no profile " + profile)
                .toList();
        return of(missing, "every pool has its own");
    }

    private Finding nodes() {
        List<String> lost = site.nodes().stream()
                .filter(node -> node.phase() == Phase.LOST)
                .map(node -> node.name() + " is LOST: " + node.reason())
                .toList();
        return of(lost, "none is LOST");
    }

    private Finding pools() {
        List<String> closed = site.closedPools().values().stream().toList();
        return of(closed, "none is closed");
    }
}
