package io.spillway.doctor;

import static io.spillway.doctor.Judgement.advice;
import static io.spillway.doctor.Judgement.none;
import static io.spillway.doctor.Judgement.right;
import static io.spillway.doctor.Judgement.unknown;
import static io.spillway.doctor.Judgement.wrong;

import io.spillway.cloud.CloudFacts;
import io.spillway.cloud.CloudFacts.Account;
import io.spillway.cloud.CloudFacts.ComputeService;
import io.spillway.cloud.CloudFacts.Inventory;
import io.spillway.cloud.Right;
import io.spillway.model.Fact;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What the cloud lets our account do, and how it is set up. */
final class CloudRules {
    private static final String RIGHTS = "docs/cloud-rights.md";

    /** What Spillway can do without. */
    private static final Set<Right> WELCOME =
            Set.of(Right.LIST_HYPERVISORS, Right.LIST_SERVER_MIGRATIONS, Right.UPDATE_SERVICES);

    static final List<Rule> RULES = Stream.of(
                    Stream.of(
                            new Rule(
                                    Area.CLOUD,
                                    "answers",
                                    "what should be stands in the servers' metadata",
                                    "the house's plan",
                                    facts -> facts.cloud()
                                            .value()
                                            .map(any -> right("Keystone and Nova answer"))
                                            .orElseGet(() -> wrong(
                                                    facts.cloud().why(),
                                                    "look at what is named, and at 'cloud' in spillway.yaml with its"
                                                            + " clouds.yaml"))),
                            new Rule(
                                    Area.CLOUD,
                                    "microversion",
                                    "Nova since 2.69 lists servers whose cell does not answer, so that none seems gone",
                                    "Nova's API history",
                                    facts -> Judgement.of(
                                            facts.cloud().flatMap(CloudFacts::newest), CloudRules::microversion)),
                            new Rule(
                                    Area.CLOUD,
                                    "account",
                                    "an administrator of Nova is one in all projects; Spillway needs much less",
                                    RIGHTS,
                                    facts -> Judgement.of(
                                            facts.cloud().flatMap(CloudFacts::account), CloudRules::account))),
                    Stream.of(Right.values()).map(CloudRules::mayWe),
                    Stream.of(
                            new Rule(
                                    Area.CLOUD,
                                    "hosts",
                                    "servers on a host that does not answer are left alone; one that is disabled gets none",
                                    "docs/lifecycle.md",
                                    facts -> Judgement.of(
                                            facts.cloud().flatMap(CloudFacts::services), CloudRules::hosts)),
                            new Rule(
                                    Area.CLOUD,
                                    "allocation ratios",
                                    "a checkpointed node keeps its claim in Placement: at ratio 1 nobody else gets the room"
                                            + " that it leaves on its host",
                                    "measured with Nova 26",
                                    facts -> Judgement.of(
                                            facts.cloud().flatMap(CloudFacts::inventories), CloudRules::ratios)),
                            new Rule(
                                    Area.CLOUD,
                                    "hypervisors' nova.conf",
                                    "when two of Nova's hands activate a moved port at once, Nova writes ERROR and the old"
                                            + " host",
                                    RIGHTS + "; measured with Nova 26",
                                    facts -> new Judgement(
                                            Verdict.UNKNOWN,
                                            "no call of Nova's shows it",
                                            "[workarounds] handle_virt_lifecycle_events = false and [DEFAULT]"
                                                    + " sync_power_state_interval = 30, on each hypervisor"))))
            .flatMap(rules -> rules)
            .toList();

    private CloudRules() {}

    private static Rule mayWe(Right right) {
        return new Rule(
                Area.CLOUD, "may " + right.what(), "Nova's rule `%s`".formatted(right.rule()), RIGHTS, facts -> {
                    Judgement judgement = Judgement.of(
                            facts.cloud()
                                    .flatMap(cloud -> cloud.rights().getOrDefault(right, Fact.unknown("not asked"))),
                            may -> may ? right("yes") : refused(right));
                    return WELCOME.contains(right) ? judgement.atMostAdvice() : judgement;
                });
    }

    private static Judgement refused(Right right) {
        String more = right == Right.LIVE_MIGRATE || right == Right.LIST_SERVER_MIGRATIONS
                ? " (from Nova 2025.2 also \"%s:host\")".formatted(right.rule())
                : "";
        return wrong("Nova refuses it", "%s in Nova's policy.yaml%s; %s".formatted(right.grant(), more, RIGHTS));
    }

    private static Judgement microversion(String newest) {
        return minor(newest) >= minor(CloudFacts.NEEDED)
                ? right(newest)
                : wrong(
                        "Nova speaks up to %s, Spillway needs %s".formatted(newest, CloudFacts.NEEDED),
                        "upgrade Nova to Stein (2019.1) or later");
    }

    private static int minor(String microversion) {
        return Integer.parseInt(microversion.substring(microversion.indexOf('.') + 1));
    }

    private static Judgement account(Account account) {
        return account.roles().contains("admin")
                ? advice(
                        "it has the role admin, and so all rights in all projects",
                        "a role of its own instead: docs/cloud-rights.md")
                : right("roles "
                        + String.join(", ", account.roles().stream().sorted().toList()));
    }

    private static Judgement hosts(List<ComputeService> services) {
        if (services.isEmpty()) {
            return wrong("Nova shows none", "see 'openstack compute service list'");
        }
        List<String> silent = services.stream()
                .filter(one -> !one.up())
                .map(one -> one.host() + " does not answer")
                .toList();
        List<String> disabled = services.stream()
                .filter(one -> one.up() && !one.enabled())
                .map(ComputeService::host)
                .toList();
        if (!silent.isEmpty()) {
            return none(silent, "", "see nova-compute there; nodes on it wait for it");
        }
        return disabled.isEmpty()
                ? right(services.size() + " answer")
                : advice(
                        "%s disabled, and get no servers".formatted(String.join(", ", disabled)),
                        "'openstack compute service set --enable HOST nova-compute' when their maintenance is over");
    }

    private static Judgement ratios(List<Inventory> hosts) {
        if (hosts.isEmpty()) {
            return unknown("Placement shows no host");
        }
        List<String> tight = new ArrayList<>();
        for (Inventory host : hosts) {
            if (host.cores() <= 1 || host.memory() <= 1) {
                tight.add("%s has %s for cores and %s for memory".formatted(host.host(), host.cores(), host.memory()));
            }
        }
        return tight.isEmpty()
                ? right("above 1 on all %d hosts".formatted(hosts.size()))
                : advice(
                        String.join("; ", tight),
                        "where others are to use that room: initial_cpu_allocation_ratio and"
                                + " initial_ram_allocation_ratio above 1 in nova.conf, or by Placement's API");
    }
}
