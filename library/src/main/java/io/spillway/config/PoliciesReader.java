package io.spillway.config;

import io.spillway.config.ConfigReader.Part;
import io.spillway.failure.BadInputException;
import io.spillway.model.Pool;
import io.spillway.model.Size;
import io.spillway.policy.Budget;
import io.spillway.policy.CostModel;
import io.spillway.policy.Guard;
import io.spillway.policy.JobClass;
import io.spillway.policy.JobClasses;
import io.spillway.policy.Ladder;
import io.spillway.policy.Limits;
import io.spillway.policy.Policy;
import io.spillway.policy.QuietHours;
import io.spillway.policy.Rung;
import io.spillway.policy.rules.BackfillPolicy;
import io.spillway.policy.rules.ClearancePolicy;
import io.spillway.policy.rules.ConsolidatePolicy;
import io.spillway.policy.rules.Policies;
import io.spillway.policy.rules.QueuePolicy;
import io.spillway.policy.rules.TidePolicy;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** Reads the part {@code policies} of a spillway.yaml, and a pool's {@code terms}. */
final class PoliciesReader {
    /** A hundred days. */
    private static final int SECONDS = 8_640_000;

    private static final int CPUS = 100_000;
    private static final int MEMORY = 100_000_000;

    private PoliciesReader() {}

    static Pool.Terms terms(Part part) {
        part.knowsOnly(Set.of("cpus", "memory", "partitions", "features", "minimum", "warm"));
        return new Pool.Terms(
                new Size(required(part, "cpus", CPUS), required(part, "memory", MEMORY)),
                Set.copyOf(part.texts("partitions")),
                Set.copyOf(part.texts("features")),
                part.number("minimum", 0, 65_536).orElse(0),
                part.number("warm", 0, 65_536).orElse(0));
    }

    private static int required(Part part, String key, int most) {
        return part.number(key, 1, most).orElseThrow(() -> part.wrong(key, "is missing"));
    }

    static Policies policies(Part part, Set<String> pools) {
        part.knowsOnly(Set.of(
                "classes",
                "reserve",
                "limits",
                "rates",
                "quiet",
                "tide",
                "queue",
                "backfill",
                "opportunistic",
                "maintenance",
                "consolidate"));
        Policies usual = Policies.NONE;
        List<Policy> policies = new ArrayList<>();
        Set<String> trials = new HashSet<>();
        Map<String, Function<Part, Policy>> known = Map.of(
                TidePolicy.NAME,
                PoliciesReader::tide,
                QueuePolicy.NAME,
                PoliciesReader::queue,
                BackfillPolicy.NAME,
                PoliciesReader::backfill,
                ClearancePolicy.OPPORTUNISTIC.name(),
                one -> alone(one, ClearancePolicy.OPPORTUNISTIC),
                ClearancePolicy.MAINTENANCE.name(),
                one -> alone(one, ClearancePolicy.MAINTENANCE),
                ConsolidatePolicy.NAME,
                PoliciesReader::consolidate);
        known.forEach((name, reader) -> part.optionalPart(name).ifPresent(one -> {
            Policy policy = told(part, name, () -> reader.apply(one));
            if (one.truth("enabled").orElse(true)) {
                policies.add(policy);
            }
            if (one.truth("dry-run").orElse(false)) {
                trials.add(name);
            }
        }));
        return new Policies(
                part.optionalPart("classes")
                        .map(classes -> classes(classes, pools))
                        .orElse(JobClasses.NONE),
                part.optionalPart("reserve").map(PoliciesReader::reserve).orElse(usual.reserve()),
                part.optionalPart("limits").map(PoliciesReader::limits).orElse(usual.limits()),
                part.optionalPart("rates").map(PoliciesReader::rates).orElse(usual.rates()),
                part.optionalPart("quiet").map(PoliciesReader::quiet).stream().toList(),
                policies,
                trials);
    }

    /** A record's own complaint, told with its place. */
    private static <T> T told(Part part, String key, Supplier<T> read) {
        try {
            return read.get();
        } catch (BadInputException mistake) {
            boolean placed = mistake.getMessage().startsWith(part.file().toString());
            throw placed ? mistake : part.wrong(key, "is wrong: " + mistake.getMessage());
        }
    }

    private static Policy tide(Part part) {
        part.knowsOnly(Set.of("enabled", "dry-run", "after"));
        return new TidePolicy(seconds(part, "after", TidePolicy.DEFAULT.after()));
    }

    private static Policy queue(Part part) {
        part.knowsOnly(Set.of("enabled", "dry-run", "idle", "remove"));
        QueuePolicy usual = QueuePolicy.DEFAULT;
        return new QueuePolicy(seconds(part, "idle", usual.idle()), seconds(part, "remove", usual.remove()));
    }

    private static Policy backfill(Part part) {
        part.knowsOnly(Set.of("enabled", "dry-run", "patience"));
        return new BackfillPolicy(seconds(part, "patience", BackfillPolicy.DEFAULT.patience()));
    }

    private static Policy consolidate(Part part) {
        part.knowsOnly(Set.of("enabled", "dry-run", "free", "settle", "horizon", "gain"));
        ConsolidatePolicy usual = ConsolidatePolicy.DEFAULT;
        return new ConsolidatePolicy(
                part.number("free", 1, 65_536).orElse(usual.free()),
                seconds(part, "settle", usual.settle()),
                seconds(part, "horizon", usual.horizon()),
                part.number("gain", 1, 1_000_000).map(Integer::doubleValue).orElse(usual.gain()));
    }

    private static Policy alone(Part part, Policy policy) {
        part.knowsOnly(Set.of("enabled", "dry-run"));
        return policy;
    }

    private static Duration seconds(Part part, String key, Duration usual) {
        return part.number(key, 0, SECONDS)
                .map(seconds -> Duration.ofSeconds(seconds))
                .orElse(usual);
    }

    private static Size reserve(Part part) {
        part.knowsOnly(Set.of("cpus", "memory"));
        Size usual = Policies.NONE.reserve();
        return new Size(
                part.number("cpus", 0, CPUS).orElse(usual.cpus()),
                part.number("memory", 0, MEMORY).map(Integer::longValue).orElse(usual.memory()));
    }

    private static Limits limits(Part part) {
        part.knowsOnly(Set.of("host", "link", "disk"));
        Limits usual = Limits.DEFAULT;
        return new Limits(
                part.number("host", 1, 1000).orElse(usual.host()),
                part.number("link", 1, 1000).orElse(usual.link()),
                part.number("disk", 1, 1000).orElse(usual.disk()));
    }

    private static CostModel.Rates rates(Part part) {
        part.knowsOnly(Set.of("link", "disk", "dirty"));
        CostModel.Rates usual = CostModel.Rates.DEFAULT;
        return new CostModel.Rates(
                part.number("link", 1, 1_000_000).map(Integer::doubleValue).orElse(usual.link()),
                part.number("disk", 1, 1_000_000).map(Integer::doubleValue).orElse(usual.disk()),
                part.number("dirty", 0, 1_000_000).map(Integer::doubleValue).orElse(usual.dirty()));
    }

    private static Guard quiet(Part part) {
        part.knowsOnly(Set.of("from", "to", "zone"));
        return new QuietHours(
                parsed(part, "from", part.text("from"), LocalTime::parse, "a time such as \"22:00\""),
                parsed(part, "to", part.text("to"), LocalTime::parse, "a time such as \"06:00\""),
                parsed(part, "zone", part.optional("zone").orElse("UTC"), ZoneId::of, "a zone such as Europe/Berlin"));
    }

    private static <T> T parsed(Part part, String key, String text, Function<String, T> parser, String right) {
        try {
            return parser.apply(text);
        } catch (DateTimeException mistake) {
            throw part.wrong(key, "must be " + right);
        }
    }

    private static JobClasses classes(Part part, Set<String> pools) {
        List<JobClass> classes = new ArrayList<>();
        part.node().fieldNames().forEachRemaining(name -> classes.add(jobClass(part.part(name), name, pools)));
        return new JobClasses(classes);
    }

    private static JobClass jobClass(Part part, String name, Set<String> pools) {
        part.knowsOnly(
                Set.of("partitions", "qos", "accounts", "pools", "urgent", "yields", "ladder", "run", "times", "away"));
        for (String pool : part.texts("pools")) {
            if (!pools.contains(pool)) {
                throw part.wrong("pools", "names %s; the pools are %s".formatted(pool, String.join(", ", pools)));
            }
        }
        boolean urgent = part.truth("urgent").orElse(false);
        Budget usual = Budget.DEFAULT;
        return new JobClass(
                name,
                new JobClass.Match(
                        Set.copyOf(part.texts("partitions")),
                        Set.copyOf(part.texts("qos")),
                        Set.copyOf(part.texts("accounts")),
                        Set.copyOf(part.texts("pools"))),
                urgent,
                part.truth("yields").orElse(!urgent),
                ladder(part),
                new Budget(
                        seconds(part, "run", usual.run()),
                        part.number("times", 0, 1_000_000).orElse(usual.times()),
                        seconds(part, "away", usual.away())));
    }

    /** Rungs as {@code migrate}, or with a limit in seconds as {@code migrate 60}. */
    private static Ladder ladder(Part part) {
        if (!part.node().hasNonNull("ladder")) {
            return Ladder.KEEPING;
        }
        List<Rung> rungs = new ArrayList<>();
        Map<Rung, Duration> limits = new EnumMap<>(Rung.class);
        for (String text : part.texts("ladder")) {
            String[] words = text.strip().split(" +", 2);
            Rung rung = rung(words[0])
                    .orElseThrow(() -> part.wrong(
                            "ladder",
                            "has '%s'; the rungs are migrate, hold, checkpoint, requeue, cancel".formatted(text)));
            rungs.add(rung);
            if (words.length == 2) {
                if (!words[1].matches("[0-9]{1,7}")) {
                    throw part.wrong(
                            "ladder", "has '%s'; a limit is whole seconds, such as migrate 60".formatted(text));
                }
                limits.put(rung, Duration.ofSeconds(Integer.parseInt(words[1])));
            }
        }
        return told(part, "ladder", () -> new Ladder(rungs, limits));
    }

    private static Optional<Rung> rung(String word) {
        for (Rung rung : Rung.values()) {
            if (rung.toString().equals(word)) {
                return Optional.of(rung);
            }
        }
        return Optional.empty();
    }
}
