package io.spillway.doctor;

import static io.spillway.doctor.Judgement.advice;
import static io.spillway.doctor.Judgement.none;
import static io.spillway.doctor.Judgement.right;
import static io.spillway.doctor.Judgement.unknown;
import static io.spillway.doctor.Judgement.wrong;

import io.spillway.failure.BadInputException;
import io.spillway.model.Fact;
import io.spillway.model.Hostlist;
import io.spillway.slurm.SlurmFacts.Controller;
import io.spillway.slurm.SlurmFacts.Listed;
import io.spillway.slurm.SlurmFacts.Software;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What of slurm.conf keeps the jobs of a node that is away. */
final class SlurmRules {
    private static final String MEASURED = "measured with Slurm 22.05 and 24.11";

    /** What slurmctld takes for the widest tree: every node is spoken to directly. */
    private static final long WIDEST = 65_533;

    /** Slurm's own default, seconds. */
    private static final long CREDENTIAL_LIFE = 120;

    private static final Pattern NUMBER = Pattern.compile("(\\d{1,18})\\b.*");
    private static final Pattern EXPIRE = Pattern.compile("cred_expire=(\\d{1,9})");

    private static final int SLURM_22_05 = 2205;
    private static final int SLURM_23_11 = 2311;
    private static final int SLURM_24_11 = 2411;

    static final List<Rule> RULES = List.of(
            setting(
                    "SlurmdTimeout",
                    "after so long a silence Slurm sets a node DOWN and requeues its jobs, suspended ones too; 0 leaves that"
                            + " to Spillway",
                    MEASURED,
                    (value, facts) -> number(value, SlurmRules::slurmdTimeout)),
            setting(
                    "TreeWidth",
                    "when messages are passed on from node to node, one that is away delays others, and a slurmd may hang"
                            + " at its end",
                    MEASURED,
                    SlurmRules::treeWidth),
            setting(
                    "ReturnToService",
                    "0 keeps a node down that was only silent; 2 brings one back that an admin or Spillway declared dead",
                    "slurm.conf(5); 1 measured with Slurm 22.05 and 24.11",
                    (value, facts) -> number(value, SlurmRules::returnToService)),
            setting(
                    "AuthInfo",
                    "a requeued job starts no earlier than its old credential expires",
                    "measured with Slurm 24.11: 121 s by default, 41 s with cred_expire=30",
                    (value, facts) -> credentialLife(value)),
            setting(
                    "SchedulerParameters",
                    "Slurm's timers delay a job's start by up to a second and more",
                    "measured with Slurm 22.05 and 24.11: 1.4 s before, 0.5 s after",
                    (value, facts) -> words(
                            value,
                            List.of("batch_sched_delay=0", "sched_min_interval=0"),
                            "SchedulerParameters",
                            "jobs wait for Slurm's timers")),
            setting(
                    "SlurmctldParameters",
                    "virtual nodes get slurm.conf from slurmctld",
                    "the states' way; measured with Slurm 22.05 and 24.11",
                    (value, facts) -> words(
                            value,
                            List.of("enable_configless"),
                            "SlurmctldParameters",
                            "each node must have slurm.conf from elsewhere")),
            setting(
                    "SelectType",
                    "only select/cons_tres knows nodes that join by themselves",
                    "Slurm's page on dynamic nodes",
                    (value, facts) -> value.equals("select/cons_tres")
                            ? right(value)
                            : wrong(value, set("SelectType=select/cons_tres"))),
            setting(
                    "MaxNodeCount",
                    "a node beyond it cannot join, and slurmctld may end",
                    "slurm.conf(5); measured with Slurm 22.05",
                    (value, facts) -> number(
                            value, most -> Judgement.of(facts.mostNodes(), needed -> maxNodeCount(most, needed)))),
            setting(
                    "InactiveLimit",
                    "a job whose srun or salloc sleeps with its node is ended after so long",
                    "slurm.conf(5); 0, the default, measured with Slurm 22.05",
                    (value, facts) -> number(
                            value,
                            limit -> limit == 0
                                    ? right("0")
                                    : advice(
                                            limit
                                                    + " s: ends jobs whose srun or salloc is on a node that is away longer",
                                            set("InactiveLimit=0")))),
            new Rule(
                    Area.SLURM,
                    "power saving",
                    "a node that Slurm powers up again is not accepted with an old boot time: its jobs are requeued",
                    MEASURED,
                    facts -> Judgement.of(config(facts), config -> powerSaving(config, facts))),
            new Rule(
                    Area.SLURM,
                    "defunct options",
                    "every one of Slurm's commands complains of them",
                    "measured with Slurm 24.11",
                    facts -> Judgement.of(
                            config(facts), config -> Judgement.of(version(facts), now -> defunct(config, now)))),
            new Rule(
                    Area.SLURM,
                    "version",
                    "nodes that join by themselves came with 22.05; before 23.11 slurmctld ends when a reconfigure brings"
                            + " another number of nodes",
                    "measured with Slurm 22.05 and 24.11",
                    facts -> Judgement.of(version(facts), SlurmRules::ofSlurmctld)),
            new Rule(
                    Area.SLURM,
                    "versions of slurmd",
                    "a slurmd may be older than slurmctld, never newer",
                    "Slurm's upgrade guide",
                    facts -> Judgement.of(
                            listed(facts), nodes -> Judgement.of(version(facts), now -> ofSlurmds(nodes, now)))),
            new Rule(
                    Area.SLURM,
                    "addresses",
                    "slurmctld stands still for each name that it cannot resolve (Debian: 10 s), and forgets the node",
                    "measured with Slurm 24.11",
                    facts -> Judgement.of(
                            facts.controller().flatMap(Controller::unresolved),
                            names -> none(
                                    names.isEmpty()
                                            ? List.of()
                                            : List.of("the controller cannot resolve " + Names.of(names)),
                                    "all resolve",
                                    "give each NodeName line its NodeAddr=IP, or put the names into /etc/hosts (states:"
                                            + " pillar spillway:hosts:entries)"))),
            new Rule(
                    Area.SLURM,
                    "pools' nodes",
                    "a node that stands in slurm.conf is not Spillway's: it leaves it alone, and Slurm gives jobs to names"
                            + " that are not there",
                    "measured with Slurm 22.05 and 24.11",
                    facts -> Judgement.of(listed(facts), nodes -> ofPools(nodes, facts))));

    private SlurmRules() {}

    private static Rule setting(
            String name, String why, String source, BiFunction<String, SiteFacts, Judgement> judge) {
        return new Rule(
                Area.SLURM,
                name,
                why,
                source,
                facts -> Judgement.of(
                        config(facts),
                        config -> config.containsKey(name)
                                ? judge.apply(config.getOrDefault(name, ""), facts)
                                : unknown("slurmctld does not tell it")));
    }

    private static String set(String setting) {
        return "%s in slurm.conf (states: pillar spillway:slurm:parameters), then restart slurmctld and run 'scontrol reconfigure'"
                .formatted(setting);
    }

    private static Fact<Map<String, String>> config(SiteFacts facts) {
        return facts.controller().flatMap(Controller::config);
    }

    private static Fact<List<Listed>> listed(SiteFacts facts) {
        return facts.controller().flatMap(Controller::nodes);
    }

    private static Fact<Release> version(SiteFacts facts) {
        return facts.controller()
                .map(Controller::software)
                .flatMap(Software::slurm)
                .flatMap(Release::slurm);
    }

    /** Slurm prints {@code 300 sec}. */
    private static OptionalLong number(String value) {
        Matcher number = NUMBER.matcher(value);
        return number.matches() ? OptionalLong.of(Long.parseLong(number.group(1))) : OptionalLong.empty();
    }

    private static Judgement number(String value, Function<Long, Judgement> judge) {
        OptionalLong number = number(value);
        return number.isPresent() ? judge.apply(number.getAsLong()) : unknown("'%s' is no number".formatted(value));
    }

    private static List<String> words(String value) {
        return Arrays.asList(value.split(",", -1));
    }

    private static Judgement words(String value, List<String> wanted, String name, String otherwise) {
        List<String> missing =
                wanted.stream().filter(word -> !words(value).contains(word)).toList();
        return missing.isEmpty()
                ? right(String.join(",", wanted))
                : advice(
                        "without %s %s".formatted(String.join(" and ", missing), otherwise),
                        set("add %s to %s".formatted(String.join(",", missing), name)));
    }

    private static Judgement slurmdTimeout(long seconds) {
        if (seconds == 0) {
            return right("0");
        }
        String mend = set("SlurmdTimeout=0");
        return seconds < 65_533
                ? wrong("%d s: jobs of nodes that are away longer are requeued".formatted(seconds), mend)
                : advice("%d s: jobs of nodes that are away longer are requeued".formatted(seconds), mend);
    }

    private static Judgement treeWidth(String value, SiteFacts facts) {
        return number(value, width -> {
            if (width >= WIDEST) {
                return right(value);
            }
            String mend = set("TreeWidth=" + WIDEST);
            return Judgement.of(
                    facts.mostNodes(),
                    nodes -> width < nodes
                            ? wrong("%d, and there may be %d nodes".formatted(width, nodes), mend)
                            : advice("%d, enough for the %d nodes there may be".formatted(width, nodes), mend));
        });
    }

    private static Judgement returnToService(long value) {
        String mend = set("ReturnToService=1");
        if (value == 1) {
            return right("1");
        }
        return value == 0
                ? wrong("0: a node that was silent stays down until an admin resumes it", mend)
                : advice("2: a node that was declared dead comes back as soon as its slurmd registers", mend);
    }

    private static Judgement credentialLife(String value) {
        Matcher expire = EXPIRE.matcher(value);
        long seconds = expire.find() ? Long.parseLong(expire.group(1)) : CREDENTIAL_LIFE;
        return seconds < CREDENTIAL_LIFE
                ? right("cred_expire=" + seconds)
                : advice("a requeued job waits %d s".formatted(seconds + 1), set("AuthInfo=cred_expire=30"));
    }

    private static Judgement maxNodeCount(long most, int needed) {
        return most >= needed
                ? right("%d, and there may be %d nodes".formatted(most, needed))
                : wrong(
                        "%d, and there may be %d nodes when all pools are full".formatted(most, needed),
                        set("MaxNodeCount=" + Math.max(1024, 2L * needed)));
    }

    private static Judgement powerSaving(Map<String, String> config, SiteFacts facts) {
        String time = config.getOrDefault("SuspendTime", "");
        String program = config.getOrDefault("SuspendProgram", "");
        if (time.isEmpty()) {
            return unknown("slurmctld does not tell it");
        }
        // INFINITE, NONE and -1 are off
        if (number(time).isEmpty() || program.isEmpty() || program.equals("(null)")) {
            return right("off");
        }
        if (program.endsWith("/spillway-suspend")) {
            return right("on, and Spillway's daemon follows it");
        }
        Set<String> spared = spared(config.getOrDefault("SuspendExcNodes", ""));
        List<String> meant = facts.pools().stream()
                .flatMap(pool -> pool.nodes().stream())
                .map(Object::toString)
                .filter(name -> !spared.contains(name))
                .toList();
        return meant.isEmpty()
                ? right("spares the pools' nodes")
                : wrong(
                        "Slurm powers down nodes that are idle for %s, also %s".formatted(time, Names.of(meant)),
                        set("SuspendExcNodes=%s, or SuspendTime=INFINITE".formatted(Names.of(meant))));
    }

    private static Set<String> spared(String nodes) {
        Set<String> names = new TreeSet<>();
        try {
            Hostlist.parse(nodes.equals("(null)") ? "" : nodes).forEach(name -> names.add(name.value()));
        } catch (BadInputException withCounts) {
            // such as vn[01-04]:2, which spares some of them only
            return Set.of();
        }
        return names;
    }

    private static Judgement defunct(Map<String, String> config, Release now) {
        List<String> there = new java.util.ArrayList<>();
        if (words(config.getOrDefault("SlurmctldParameters", "")).contains("cloud_reg_addrs")) {
            there.add("SlurmctldParameters=cloud_reg_addrs");
        }
        if (words(config.getOrDefault("CommunicationParameters", "")).contains("NoAddrCache")) {
            there.add("CommunicationParameters=NoAddrCache");
        }
        return there.isEmpty() || now.major() < SLURM_24_11
                ? right("none")
                : advice(
                        "Slurm %s no longer knows %s".formatted(now.text(), String.join(" and ", there)),
                        "take it out of slurm.conf, then run 'scontrol reconfigure'");
    }

    private static Judgement ofSlurmctld(Release now) {
        if (now.major() < SLURM_22_05) {
            return wrong(now.text() + " knows no nodes that join by themselves", "upgrade Slurm to 23.11 or later");
        }
        return now.major() < SLURM_23_11
                ? advice(
                        now.text() + " ends when a reconfigure brings another number of nodes",
                        "restart slurmctld instead (states: pillar spillway:slurm:nodes_by_reconfigure: false), or upgrade"
                                + " to 23.11 or later")
                : right(now.text());
    }

    private static Judgement ofSlurmds(List<Listed> nodes, Release now) {
        Map<String, String> newer = new TreeMap<>();
        Map<String, String> older = new TreeMap<>();
        for (Listed node : nodes) {
            Release.slurm(node.version()).value().ifPresent(theirs -> {
                if (theirs.major() > now.major()) {
                    newer.put(node.name(), theirs.text());
                } else if (theirs.major() < now.major()) {
                    older.put(node.name(), theirs.text());
                }
            });
        }
        if (!newer.isEmpty()) {
            return wrong(
                    "slurmctld has %s; %s".formatted(now.text(), String.join("; ", Names.lines(newer))),
                    "upgrade the controller first");
        }
        return older.isEmpty()
                ? right("as slurmctld's")
                : advice(
                        "slurmctld has %s; %s".formatted(now.text(), String.join("; ", Names.lines(older))),
                        "bring Slurm there, and in the image, to the controller's version");
    }

    private static Judgement ofPools(List<Listed> nodes, SiteFacts facts) {
        List<String> fixed = nodes.stream()
                .filter(node -> !node.dynamic() && facts.virtual(node.name()))
                .map(Listed::name)
                .toList();
        return none(
                fixed.isEmpty() ? List.of() : List.of(Names.of(fixed) + " of the pools stand in slurm.conf"),
                "none stands in slurm.conf",
                "take them out of slurm.conf, or out of the pools in spillway.yaml");
    }
}
