package io.spillway.model;

import io.spillway.failure.SpillwayException;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Something that was found out, or the reason why it was not.
 *
 * @param value what was found out; empty if it is unknown
 * @param why why it is unknown, in one line; empty if it is known
 * @param <T> what kind of thing
 */
public record Fact<T>(Optional<T> value, String why) {
    /**
     * A fact that is known.
     *
     * @param value the fact
     * @param <T> what kind of thing
     * @return it
     */
    public static <T> Fact<T> known(T value) {
        return new Fact<>(Optional.of(value), "");
    }

    /**
     * A fact that could not be found out.
     *
     * @param why in one line
     * @param <T> what kind of thing
     * @return it
     */
    public static <T> Fact<T> unknown(String why) {
        return new Fact<>(Optional.empty(), why);
    }

    /**
     * A fact that is to be found out now.
     *
     * @param look finds it out; a {@link SpillwayException} makes it unknown
     * @param <T> what kind of thing
     * @return it
     */
    public static <T> Fact<T> of(Supplier<T> look) {
        try {
            return known(look.get());
        } catch (SpillwayException failure) {
            return unknown(failure.getMessage());
        }
    }

    /**
     * What follows from it, where it is known.
     *
     * @param then the conclusion
     * @param <R> what kind of thing follows
     * @return the conclusion, or the same reason
     */
    public <R> Fact<R> map(Function<T, R> then) {
        return flatMap(fact -> known(then.apply(fact)));
    }

    /**
     * What follows from it, which may itself be unknown.
     *
     * @param then the conclusion
     * @param <R> what kind of thing follows
     * @return the conclusion, or the first reason
     */
    public <R> Fact<R> flatMap(Function<T, Fact<R>> then) {
        return value.map(then).orElseGet(() -> unknown(why));
    }
}
