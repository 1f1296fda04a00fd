package io.spillway.doctor;

import static io.spillway.doctor.Judgement.advice;
import static io.spillway.doctor.Judgement.none;
import static io.spillway.doctor.Judgement.right;
import static io.spillway.doctor.Judgement.wrong;

import io.spillway.doctor.SiteFacts.Caller;
import io.spillway.model.Fact;
import io.spillway.slurm.SlurmFacts;
import io.spillway.slurm.SlurmFacts.Api;
import io.spillway.slurm.SlurmFacts.Controller;
import io.spillway.slurm.SlurmFacts.Master;
import io.spillway.slurm.SlurmFacts.OneNode;
import io.spillway.slurm.SlurmFacts.Permission;
import io.spillway.slurm.SlurmFacts.Software;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** The one door: what it lets through, and whether both sides of it are of one make. */
final class SaltRules {
    private static final String NO_BORDER = "measured with Salt 3006.28, 3007.15 and 3008.3";
    private static final Set<String> ENOUGH = Set.of("runner", "runner_async");
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "::1", "localhost");
    private static final String RUNNER = "@runner";
    private static final int SALT_3006 = 3006;
    private static final String EVERYBODY = "*";

    static final List<Rule> RULES = List.of(
            new Rule(
                    Area.SALT,
                    "answers",
                    "Slurm is reached through salt-api and the runner spillway only",
                    "the house's plan",
                    facts -> facts.slurm()
                            .value()
                            .map(any -> right("salt-api and the runner spillway answer"))
                            .orElseGet(() -> wrong(
                                    facts.slurm().why(),
                                    "look at salt-master and salt-api, at 'salt' in spillway.yaml, and for saltext-spillway"
                                            + " on the master (docs/salt-extension.md)"))),
            new Rule(
                    Area.SALT,
                    "salt-api's clients",
                    "for the local clients function lists are no border: who may call one function may call all",
                    NO_BORDER,
                    facts -> Judgement.of(
                            facts.master(),
                            master -> Judgement.of(
                                    master.clients(), clients -> clients(clients, permissions(master, facts))))),
            new Rule(
                    Area.SALT,
                    "eauth",
                    "who has Spillway's password can do with the cluster what Spillway's eauth entry allows",
                    NO_BORDER,
                    facts -> Judgement.of(
                            facts.master().flatMap(master -> permissions(master, facts)), SaltRules::eauth)),
            new Rule(
                    Area.SALT,
                    "salt-api's TLS",
                    "with Python's ssl each client that is lost spoils a thread of salt-api, which then breaks off others' connections",
                    "docs/faults.md; measured with Python 3.13, cheroot 11.1.2 and Salt 3008.3",
                    facts -> Judgement.of(facts.master(), master -> Judgement.of(master.api(), SaltRules::tls))),
            new Rule(
                    Area.SALT,
                    "versions of Salt",
                    "a minion may be older than its master, never newer; the extension is tested from 3006 on",
                    "Salt's documentation",
                    facts -> Judgement.of(
                            facts.master(),
                            master ->
                                    Judgement.of(Release.salt(master.software().salt()), now -> versions(now, facts)))),
            new Rule(
                    Area.SALT,
                    "versions of saltext-spillway",
                    "the runner's questions and the minions' answers must be of one make",
                    "the house's plan",
                    facts -> Judgement.of(facts.master(), master -> extension(master, facts))),
            new Rule(
                    Area.SALT,
                    "minion keys",
                    "a virtual node's key is accepted before its server is made; one that waits or was rejected is"
                            + " somebody else's, and keeps the node out",
                    "docs/salt-extension.md",
                    facts -> Judgement.of(facts.slurm().flatMap(SlurmFacts::minions), keys -> keys(keys, facts))));

    private SaltRules() {}

    /** What our account may call, for all users' sake included. */
    private static Fact<List<Permission>> permissions(Master master, SiteFacts facts) {
        if (facts.caller().isEmpty()) {
            return Fact.unknown("there is no account of salt-api here");
        }
        Caller caller = facts.caller().get();
        return master.permissions().flatMap(all -> {
            Map<String, List<Permission>> users = all.getOrDefault(caller.eauth(), Map.of());
            List<Permission> ours = new ArrayList<>(users.getOrDefault(caller.user(), List.of()));
            ours.addAll(users.getOrDefault(EVERYBODY, List.of()));
            return ours.isEmpty()
                    ? Fact.unknown("external_auth of the master names no user %s under %s; a group may allow it"
                            .formatted(caller.user(), caller.eauth()))
                    : Fact.known(ours);
        });
    }

    private static boolean forMinions(Permission permission) {
        return !permission.where().startsWith("@");
    }

    private static Judgement clients(List<String> clients, Fact<List<Permission>> ours) {
        List<String> more =
                clients.stream().filter(client -> !ENOUGH.contains(client)).toList();
        if (more.isEmpty()) {
            return right(String.join(", ", clients));
        }
        boolean open = more.stream().anyMatch(client -> client.startsWith("local"))
                && ours.value().orElse(List.of()).stream().anyMatch(SaltRules::forMinions);
        String mend = "netapi_enable_clients: [runner, runner_async] in the master's configuration, then restart"
                + " salt-master and salt-api";
        return open
                ? wrong(
                        "%s let in, and Spillway's user may call minions: so it may call anything on them"
                                .formatted(String.join(", ", more)),
                        mend)
                : advice("%s let in as well; Spillway needs none of them".formatted(String.join(", ", more)), mend);
    }

    private static Judgement eauth(List<Permission> ours) {
        List<String> wide = ours.stream()
                .filter(permission -> !permission.where().equals(RUNNER) || !ofSpillway(permission.function()))
                .map(permission -> permission.where() + " " + permission.function())
                .toList();
        return wide.isEmpty()
                ? right("only functions of the runner spillway")
                : wrong(
                        "Spillway's user may also call " + String.join(", ", wide),
                        "allow it {'@runner': ['spillway\\.[a-z_]+$']} only, in external_auth of the master's"
                                + " configuration");
    }

    private static Judgement tls(Api api) {
        if (api.tls()) {
            return advice(
                    "salt-api ends TLS itself: it breaks requests off, more of them the longer it runs; they are sent again",
                    "let haproxy end it before a salt-api on 127.0.0.1 (states: pillar spillway:master:api:tls,"
                            + " docs/salt-states.md)");
        }
        return LOOPBACK.contains(api.host())
                ? right("something else ends it, and salt-api listens at %s only".formatted(api.host()))
                : wrong(
                        "salt-api listens at %s without TLS: who hears it has Spillway's password"
                                .formatted(api.host()),
                        "host: 127.0.0.1 in rest_cherrypy of the master's configuration, then restart salt-api");
    }

    private static boolean ofSpillway(String pattern) {
        return pattern.replace("\\", "").startsWith("spillway.");
    }

    /** The machines that told their versions, the controller's first. */
    private static Map<String, Software> software(SiteFacts facts) {
        Map<String, Software> all = new TreeMap<>();
        facts.controller().map(Controller::software).value().ifPresent(one -> all.put("the controller", one));
        facts.slurm()
                .map(SlurmFacts::nodes)
                .value()
                .orElse(Map.of())
                .forEach((name, node) -> node.map(OneNode::software).value().ifPresent(one -> all.put(name, one)));
        return all;
    }

    private static Map<String, String> saying(SiteFacts facts, Function<Software, String> word) {
        Map<String, String> said = new TreeMap<>();
        software(facts).forEach((name, one) -> said.put(name, word.apply(one)));
        said.values().removeIf(String::isEmpty);
        return said;
    }

    private static Judgement versions(Release master, SiteFacts facts) {
        if (master.major() < SALT_3006) {
            return wrong("the master has " + master.text(), "upgrade the master to 3006 or later");
        }
        Map<String, String> newer = saying(
                facts,
                one -> Release.salt(one.salt())
                        .value()
                        .filter(theirs -> theirs.compareTo(master) > 0)
                        .map(Release::text)
                        .orElse(""));
        return none(
                newer.isEmpty()
                        ? List.of()
                        : List.of("the master has %s; %s"
                                .formatted(master.text(), String.join("; ", Names.lines(newer)))),
                master.text() + ", no minion has a newer one",
                "upgrade the master first");
    }

    private static Judgement extension(Master master, SiteFacts facts) {
        String ours = master.software().extension();
        Map<String, String> others = saying(facts, one -> one.extension().equals(ours) ? "" : one.extension());
        facts.slurm().map(SlurmFacts::nodes).value().orElse(Map.of()).forEach((name, node) -> {
            if (node.why().contains("unknown question")) {
                others.put(name, "an older one");
            }
        });
        if (facts.controller().why().contains("unknown question")) {
            others.put("the controller", "an older one");
        }
        return none(
                others.isEmpty()
                        ? List.of()
                        : List.of("the master has %s; %s".formatted(ours, String.join("; ", Names.lines(others)))),
                ours + " everywhere",
                "salt-pip install saltext-spillway==%s there and in the image, then restart salt-minion"
                        .formatted(ours));
    }

    private static Judgement keys(Map<String, String> keys, SiteFacts facts) {
        Map<String, String> odd = new TreeMap<>(keys);
        odd.values().removeIf(state -> state.equals("accepted"));
        odd.keySet().removeIf(name -> !facts.virtual(name));
        return none(
                Names.lines(odd),
                "none of the pools' names waits or was rejected",
                "salt-key --delete=NAME for each, then 'spillway up NAME'");
    }
}
