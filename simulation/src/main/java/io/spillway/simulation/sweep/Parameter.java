package io.spillway.simulation.sweep;

import io.spillway.failure.BadInputException;
import io.spillway.simulation.Times;
import io.spillway.simulation.sweep.Question.Made;
import io.spillway.simulation.whatif.Order;
import io.spillway.simulation.whatif.Site;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What of a question may be swept: its name is the option's. */
public enum Parameter {
    /** The share of the site that generated jobs ask for. */
    LOAD,
    /** The share that generated single-core jobs ask for. */
    HTC,
    /** How long those run. */
    HTC_RUN,
    /** How often the cloud's owner takes each host away. */
    RECLAIM,
    /** How the metal's queue is worked off. */
    ORDER,
    /** The memory of a virtual node. */
    MEMORY;

    private static final int LASTS = 300;

    /**
     * By the name that people write.
     *
     * @param name such as {@code htc-run}
     * @return the parameter
     * @throws BadInputException if there is none
     */
    public static Parameter parse(String name) {
        return Arrays.stream(values())
                .filter(one -> one.toString().equals(name.strip()))
                .findFirst()
                .orElseThrow(() -> new BadInputException(
                        null,
                        "'%s' cannot be swept; %s can"
                                .formatted(
                                        name,
                                        Arrays.stream(values())
                                                .map(Parameter::toString)
                                                .collect(Collectors.joining(", ")))));
    }

    /** For people, such as {@code htc-run}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * A question with another value.
     *
     * @param question the question
     * @param value as people write it
     * @return the other question
     * @throws BadInputException if it cannot have that value
     */
    Question set(Question question, String value) {
        try {
            return switch (this) {
                case LOAD, HTC, HTC_RUN -> question.with(made(question, value));
                case RECLAIM -> question.with(reclaimed(question.site(), value));
                case ORDER -> question.with(order(value));
                case MEMORY -> question.with(sized(question.site(), value));
            };
        } catch (BadInputException mistake) {
            throw new BadInputException(null, "%s=%s: %s".formatted(this, value, mistake.getMessage()), mistake);
        }
    }

    private Made made(Question question, String value) {
        if (!(question.jobs() instanceof Made one)) {
            throw new BadInputException(null, "a trace has its jobs; this goes with --generate");
        }
        return new Made(
                one.jobs(),
                this == LOAD ? number(value) : one.load(),
                this == HTC ? number(value) : one.htc(),
                this == HTC_RUN ? Times.seconds("a time", value) : one.htcRun());
    }

    private static double number(String value) {
        return parsed(value, Double::parseDouble, "a number such as 0.7 would be right");
    }

    private static Order order(String value) {
        return parsed(value.toUpperCase(Locale.ROOT), Order::valueOf, "fifo, easy or accasim would be right");
    }

    private static <T> T parsed(String value, Function<String, T> parse, String right) {
        try {
            return parse.apply(value);
        } catch (IllegalArgumentException mistake) {
            throw new BadInputException(null, right, mistake);
        }
    }

    private static Site reclaimed(Site site, String value) {
        Site.Reclaim before = site.reclaim();
        return site.with(new Site.Reclaim(Times.seconds("a time", value), before == null ? LASTS : before.lasts()));
    }

    private static Site sized(Site site, String value) {
        Site.Virtual before = site.virtual() == null ? Site.Virtual.USUAL : site.virtual();
        long memory = parsed(value, Long::parseLong, "MiB such as 4000 would be right");
        return new Site(
                site.hosts(), site.cores(), new Site.Virtual(before.cpus(), memory), site.reclaim(), site.memory());
    }
}
