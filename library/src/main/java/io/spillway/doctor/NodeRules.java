package io.spillway.doctor;

import static io.spillway.doctor.Judgement.advice;
import static io.spillway.doctor.Judgement.right;
import static io.spillway.doctor.Judgement.unknown;
import static io.spillway.doctor.Judgement.wrong;
import static java.util.stream.Collectors.joining;

import io.spillway.model.Fact;
import io.spillway.slurm.Probe;
import io.spillway.slurm.SlurmFacts;
import io.spillway.slurm.SlurmFacts.Mount;
import io.spillway.slurm.SlurmFacts.OneNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** Whether the nodes that are awake are fit to be put away and woken. Nodes that sleep are not asked. */
final class NodeRules {
    static final List<Rule> RULES = List.of(
            new Rule(
                    Area.NODES,
                    "minions",
                    "without its minion a node can be neither made nor woken",
                    "the house's plan",
                    facts -> Judgement.of(facts.slurm(), NodeRules::minions)),
            new Rule(
                    Area.NODES,
                    "clocks",
                    "munge forgives 300 s, NFS and make less; no job goes on before the clock is right",
                    "docs/time.md",
                    facts -> each(
                            facts,
                            node -> node.clockOffset().map(NodeRules::clock),
                            "within %d s of the controller's".formatted(Probe.CLOCK_TOLERANCE.toSeconds()),
                            "see 'journalctl -u spillway-clockguard' and 'chronyc tracking' there, and docs/time.md")),
            new Rule(
                    Area.NODES,
                    "munge",
                    "Slurm believes nobody whose credentials do not decode, in either direction",
                    "measured with Slurm 22.05",
                    facts -> each(
                            facts,
                            NodeRules::munge,
                            "decodes both ways",
                            "the same /etc/munge/munge.key everywhere (states: pillar spillway:munge:key), right clocks,"
                                    + " and munged running")),
            new Rule(
                    Area.NODES,
                    "slurmd",
                    "a node whose slurmd does not answer gets no job back",
                    "docs/lifecycle.md",
                    facts -> each(
                            facts,
                            node -> Fact.known(node.slurmd() ? "" : "does not answer"),
                            "answers",
                            "see 'journalctl -u slurmd' there")),
            new Rule(
                    Area.NODES,
                    "clock guard",
                    "it sets a woken node's clock right in seconds, chrony alone takes half a minute and more; on a physical"
                            + " node it would believe a clock that drifts",
                    "docs/time.md",
                    NodeRules::guards),
            new Rule(
                    Area.NODES,
                    "guests yield",
                    "a job that starts at once beside virtual nodes must have the CPUs without anybody's doing",
                    "docs/tide.md",
                    NodeRules::guests),
            new Rule(
                    Area.STORAGE,
                    "network mounts",
                    "a job on a mount that does not answer hangs",
                    "docs/lifecycle.md",
                    facts -> each(
                            facts,
                            node -> Fact.known(node.deadMounts().isEmpty() ? "" : dead(node.deadMounts())),
                            "all there, all answer",
                            "see 'systemctl list-units --type=mount' there, and the NFS server")),
            new Rule(
                    Area.STORAGE,
                    "hard mounts",
                    "a hard mount waits for a server that is silent; a soft one gives jobs an I/O error",
                    "docs/nfs-locks.md",
                    facts -> each(
                            facts,
                            node -> Fact.known(soft(node.nfs())),
                            "no mount of NFS is soft",
                            "take 'soft' out of the mount's options (states: pillar spillway:nfs:mounts)")),
            new Rule(
                    Area.STORAGE,
                    "locks",
                    "an NFSv4 server without courtesy drops the locks of a node that is away longer than its lease: none,"
                            + " recover and nlm are three answers, each with its risk",
                    "docs/nfs-locks.md",
                    facts -> Judgement.of(nodes(facts), NodeRules::locks)));

    private NodeRules() {}

    private static Fact<Map<String, Fact<OneNode>>> nodes(SiteFacts facts) {
        return facts.slurm().map(SlurmFacts::nodes);
    }

    /** One line for each node that is wrong; empty for one that is right. */
    private static Judgement each(SiteFacts facts, Function<OneNode, Fact<String>> look, String right, String mend) {
        return Judgement.of(nodes(facts), nodes -> each(nodes, look, right, mend));
    }

    private static Judgement each(
            Map<String, Fact<OneNode>> nodes, Function<OneNode, Fact<String>> look, String right, String mend) {
        Map<String, String> wrong = new TreeMap<>();
        Map<String, String> doubts = new TreeMap<>();
        List<String> fine = new ArrayList<>();
        nodes.forEach((name, node) -> {
            Fact<String> seen = node.flatMap(look);
            if (seen.value().isEmpty()) {
                doubts.put(name, seen.why());
            } else if (seen.value().get().isEmpty()) {
                fine.add(name);
            } else {
                wrong.put(name, seen.value().get());
            }
        });
        if (!wrong.isEmpty()) {
            return wrong(String.join("; ", Names.lines(wrong)), mend);
        }
        if (nodes.isEmpty()) {
            return unknown("no node was asked");
        }
        return doubts.isEmpty()
                ? right("%s: %s".formatted(Names.of(fine), right))
                : unknown(String.join("; ", Names.lines(doubts)));
    }

    private static Judgement minions(SlurmFacts facts) {
        Map<String, String> silent = new TreeMap<>();
        facts.nodes().forEach((name, node) -> {
            if (node.value().isEmpty()) {
                silent.put(name, node.why());
            }
        });
        if (!silent.isEmpty()) {
            return new Judgement(
                    Verdict.UNKNOWN,
                    String.join("; ", Names.lines(silent)),
                    "see 'systemctl status salt-minion' there");
        }
        List<String> words = new ArrayList<>();
        if (!facts.nodes().isEmpty()) {
            words.add(Names.of(facts.nodes().keySet()) + ": answer");
        }
        Names.lines(facts.left()).forEach(line -> words.add("not asked " + line));
        return facts.nodes().isEmpty()
                ? unknown(words.isEmpty() ? "no node was asked" : String.join("; ", words))
                : right(String.join("; ", words));
    }

    private static String clock(Duration offset) {
        return offset.abs().compareTo(Probe.CLOCK_TOLERANCE) < 0
                ? ""
                : "%.1f s %s".formatted(offset.abs().toMillis() / 1000.0, offset.isNegative() ? "behind" : "ahead");
    }

    private static Fact<String> munge(OneNode node) {
        return node.mungeToNode()
                .flatMap(to -> node.mungeFromNode()
                        .map(from -> to && from
                                ? ""
                                : "does not decode " + (to ? "from there" : from ? "there" : "in either direction")));
    }

    private static Judgement guards(SiteFacts facts) {
        return Judgement.of(nodes(facts), nodes -> {
            Map<String, String> odd = new TreeMap<>();
            boolean seen = false;
            for (Map.Entry<String, Fact<OneNode>> entry : nodes.entrySet()) {
                var guard = entry.getValue().value().flatMap(OneNode::clockguard);
                seen |= guard.isPresent();
                boolean virtual = facts.virtual(entry.getKey());
                if (guard.isPresent() && guard.get() != virtual) {
                    odd.put(entry.getKey(), virtual ? "it does not run" : "it runs on a physical node");
                }
            }
            if (!odd.isEmpty()) {
                return advice(
                        String.join("; ", Names.lines(odd)),
                        "give the role clockguard to virtual nodes and to no others (pillar spillway:roles)");
            }
            return seen ? right("on the virtual nodes that were asked, and on no others") : unknown("no node told");
        });
    }

    private static Judgement guests(SiteFacts facts) {
        return Judgement.of(
                facts.controller().flatMap(SlurmFacts.Controller::config),
                config -> config.getOrDefault("PrologSlurmctld", "").endsWith("/spillway-gate-at-once")
                        ? Judgement.of(nodes(facts), NodeRules::guests)
                        : right("no job starts at once beside virtual nodes"));
    }

    private static Judgement guests(Map<String, Fact<OneNode>> nodes) {
        Map<String, String> wrong = new TreeMap<>();
        List<String> fine = new ArrayList<>();
        nodes.forEach((name, node) -> node.value().flatMap(OneNode::guestsYield).ifPresent(yields -> {
            if (yields) {
                fine.add(name);
            } else {
                wrong.put(name, "its virtual machines have CPU time like any other work");
            }
        }));
        if (!wrong.isEmpty()) {
            return wrong(
                    String.join("; ", Names.lines(wrong)),
                    "give it the role hypervisor (pillar spillway:roles), or take gate:start: when_clear");
        }
        return fine.isEmpty() ? unknown("no node told of virtual machines") : right(Names.of(fine) + ": they do");
    }

    private static String dead(List<String> mounts) {
        return "%s missing or silent".formatted(String.join(", ", mounts));
    }

    private static String soft(List<Mount> mounts) {
        return mounts.stream()
                .filter(mount -> !mount.hard())
                .map(mount -> mount.path() + " is soft")
                .collect(joining(", "));
    }

    private static Judgement locks(Map<String, Fact<OneNode>> nodes) {
        Map<String, TreeSet<String>> policies = new TreeMap<>();
        nodes.forEach((name, node) -> node.value()
                .ifPresent(known -> known.nfs()
                        .forEach(mount -> policies.computeIfAbsent(
                                        "%s %s (NFS %s)".formatted(mount.path(), mount.locks(), mount.version()),
                                        unused -> new TreeSet<>())
                                .add(name))));
        Map<String, TreeSet<String>> perPath = new TreeMap<>();
        nodes.values()
                .forEach(node -> node.value()
                        .ifPresent(known -> known.nfs()
                                .forEach(mount -> perPath.computeIfAbsent(mount.path(), unused -> new TreeSet<>())
                                        .add(mount.locks()))));
        if (policies.isEmpty()) {
            return nodes.values().stream().anyMatch(node -> node.value().isPresent())
                    ? right("no NFS mount was seen")
                    : unknown("no node was asked");
        }
        String seen = policies.entrySet().stream()
                .map(entry -> "%s on %s".formatted(entry.getKey(), Names.of(entry.getValue())))
                .collect(joining("; "));
        boolean mixed = perPath.values().stream().anyMatch(locks -> locks.size() > 1);
        boolean local = perPath.values().stream().anyMatch(locks -> locks.contains("local"));
        String mend = "one answer for all nodes that mount the same: pillar spillway:nfs:locks, docs/nfs-locks.md";
        if (local) {
            return advice(seen + ": local locks are seen by no other node", mend);
        }
        return mixed ? advice(seen + ": nodes differ", mend) : right(seen);
    }
}
