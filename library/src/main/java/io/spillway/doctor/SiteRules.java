package io.spillway.doctor;

import static io.spillway.doctor.Judgement.none;
import static io.spillway.doctor.Judgement.right;
import static io.spillway.doctor.Judgement.unknown;
import static io.spillway.doctor.Judgement.wrong;

import io.spillway.cloud.CloudFacts;
import io.spillway.cloud.CloudFacts.Limit;
import io.spillway.cloud.CloudFacts.Quota;
import io.spillway.model.Fact;
import io.spillway.model.Node;
import io.spillway.model.Phase;
import io.spillway.model.Pool;
import io.spillway.model.Size;
import io.spillway.slurm.SlurmFacts;
import io.spillway.slurm.SlurmFacts.Profile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToLongFunction;

/** Whether Slurm, Salt and the cloud fit together for the pools. */
final class SiteRules {
    static final List<Rule> RULES = List.of(
            new Rule(
                    Area.SITE,
                    "nodes are seen",
                    "nothing is decided while Slurm, Salt or the cloud does not answer",
                    "docs/lifecycle.md",
                    facts -> facts.nodes()
                            .value()
                            .map(nodes -> right(nodes.size() + " virtual nodes are there"))
                            .orElseGet(() -> wrong(
                                    facts.nodes().why(),
                                    "look at what is named; slurmctld, salt-master, salt-api, Keystone and Nova must"
                                            + " answer"))),
            new Rule(
                    Area.SITE,
                    "nodes fit together",
                    "Spillway leaves a node alone whose server, Slurm node and key tell different stories",
                    "docs/lifecycle.md",
                    facts -> Judgement.of(facts.nodes(), SiteRules::lost)),
            new Rule(
                    Area.SITE,
                    "pools make servers",
                    "a pool is closed when there is no room, or when its image is broken",
                    "docs/daemon.md",
                    facts -> none(
                            List.copyOf(new TreeMap<>(facts.closed()).values()),
                            "none is closed",
                            "mend what is named, then 'spillway pools --reset POOL'")),
            new Rule(
                    Area.SITE,
                    "profiles",
                    "each of a pool's nodes is made by the pool's salt-cloud profile, with an address of its own",
                    "docs/salt-extension.md",
                    facts -> Judgement.of(profiles(facts), known -> ofPools(known, facts))),
            new Rule(
                    Area.SITE,
                    "networks",
                    "only a network's owner may choose addresses, and a node keeps its own for life",
                    "docs/cloud-rights.md",
                    facts -> Judgement.of(
                            profiles(facts),
                            known -> Judgement.of(
                                    facts.cloud().flatMap(CloudFacts::networks),
                                    networks -> networks(known, networks, facts)))),
            new Rule(
                    Area.SITE,
                    "quota of servers",
                    "a pool must be able to grow to its maximum; nodes on disk count as well",
                    "Nova frees a quota only when a server is deleted",
                    facts -> Judgement.of(facts.cloud().flatMap(CloudFacts::quota), quota -> servers(quota, facts))),
            new Rule(
                    Area.SITE,
                    "quota of cores and memory",
                    "the same, by the flavors of the pools' profiles",
                    "Nova frees a quota only when a server is deleted",
                    facts -> Judgement.of(
                            facts.cloud().flatMap(CloudFacts::quota),
                            quota -> Judgement.of(needs(facts), needs -> sizes(quota, needs)))));

    private SiteRules() {}

    private static Fact<Map<String, Profile>> profiles(SiteFacts facts) {
        return facts.slurm().flatMap(SlurmFacts::profiles);
    }

    private static Judgement lost(List<Node> nodes) {
        return none(
                nodes.stream()
                        .filter(node -> node.phase() == Phase.LOST)
                        .map(node -> node.name() + ": " + node.reason())
                        .toList(),
                "none is LOST",
                "do what is named with each, see docs/lifecycle.md");
    }

    private static Judgement ofPools(Map<String, Profile> known, SiteFacts facts) {
        List<String> wrong = new ArrayList<>();
        for (Pool pool : facts.pools()) {
            Profile profile = known.get(pool.profile());
            if (profile == null) {
                wrong.add("there is no profile " + pool.profile());
                continue;
            }
            Set<String> names = Set.copyOf(profile.names());
            List<String> missing = pool.nodes().stream()
                    .map(Object::toString)
                    .filter(name -> !names.contains(name))
                    .toList();
            if (!missing.isEmpty()) {
                wrong.add("profile %s has no address for %s".formatted(pool.profile(), Names.of(missing)));
            }
        }
        return none(
                wrong,
                "each pool has its own, with an address for each node",
                "in /etc/salt/cloud.profiles.d (states: pillar spillway:master:cloud), or change the pool in spillway.yaml");
    }

    private static Judgement networks(Map<String, Profile> known, Map<String, Boolean> networks, SiteFacts facts) {
        Set<String> foreign = new TreeSet<>();
        Set<String> unseen = new TreeSet<>();
        for (Pool pool : facts.pools()) {
            Profile profile = known.get(pool.profile());
            if (profile != null && !networks.containsKey(profile.network())) {
                unseen.add(profile.network());
            } else if (profile != null && !networks.getOrDefault(profile.network(), true)) {
                foreign.add(profile.network());
            }
        }
        if (!unseen.isEmpty()) {
            return wrong(
                    "our project sees no network " + String.join(", ", unseen),
                    "name a network of our project in the profile");
        }
        return foreign.isEmpty()
                ? right("our project's own")
                : new Judgement(
                        Verdict.UNKNOWN,
                        "%s is another project's; Neutron's policy may still let us choose addresses"
                                .formatted(String.join(", ", foreign)),
                        "an administrator can make one for our project: docs/cloud-rights.md");
    }

    private static Judgement servers(Quota quota, SiteFacts facts) {
        long needed = facts.pools().stream().mapToLong(Pool::maximum).sum();
        long there = facts.nodes().value().orElse(List.of()).stream()
                .filter(node -> node.server().isPresent())
                .count();
        if (facts.nodes().value().isEmpty()) {
            return unknown(facts.nodes().why());
        }
        long others = Math.max(0, quota.servers().used() - there);
        return limit("servers", quota.servers(), needed + others, "instances");
    }

    /** What the pools' nodes need when all pools are full. */
    private record Needs(long cores, long memory) {}

    private static Fact<Needs> needs(SiteFacts facts) {
        return profiles(facts)
                .flatMap(known -> facts.cloud().flatMap(CloudFacts::flavors).flatMap(flavors -> {
                    for (Pool pool : facts.pools()) {
                        Profile profile = known.get(pool.profile());
                        if (profile == null || !flavors.containsKey(profile.size())) {
                            return Fact.unknown("the flavor of pool %s is not known".formatted(pool.name()));
                        }
                    }
                    return Fact.known(new Needs(
                            sum(facts, known, flavors, Size::cpus), sum(facts, known, flavors, Size::memory)));
                }));
    }

    private static long sum(
            SiteFacts facts, Map<String, Profile> known, Map<String, Size> flavors, ToLongFunction<Size> size) {
        long sum = 0;
        for (Pool pool : facts.pools()) {
            Profile profile = known.get(pool.profile());
            Size flavor = profile == null ? null : flavors.get(profile.size());
            sum += flavor == null ? 0 : pool.maximum() * size.applyAsLong(flavor);
        }
        return sum;
    }

    private static Judgement sizes(Quota quota, Needs needs) {
        Judgement cores = limit("cores", quota.cores(), needs.cores(), "cores");
        Judgement memory = limit("MiB of memory", quota.memory(), needs.memory(), "ram");
        if (cores.verdict() == Verdict.RIGHT && memory.verdict() == Verdict.RIGHT) {
            return right(cores.detail() + "; " + memory.detail());
        }
        return cores.verdict() == Verdict.WRONG ? cores : memory;
    }

    private static Judgement limit(String what, Limit limit, long needed, String option) {
        if (limit.most() < 0 || needed <= limit.most()) {
            return right("%d %s needed, %s allowed"
                    .formatted(needed, what, limit.most() < 0 ? "any number" : Long.toString(limit.most())));
        }
        return wrong(
                "full pools need %d %s, the project may have %d".formatted(needed, what, limit.most()),
                "'openstack quota set --%s %d PROJECT' by an administrator, or a smaller maximum in spillway.yaml"
                        .formatted(option, needed));
    }
}
