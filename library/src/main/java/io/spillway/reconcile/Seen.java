package io.spillway.reconcile;

import io.spillway.failure.SpillwayException;
import java.util.Optional;
import java.util.function.Function;

/**
 * A part of an observation: known, or not.
 *
 * @param <T> what it is when known
 */
public sealed interface Seen<T> {
    /**
     * It was looked at.
     *
     * @param value what was seen
     * @param <T> its type
     */
    record Known<T>(T value) implements Seen<T> {}

    /**
     * It was looked for in vain: it may be anything.
     *
     * @param failure why
     * @param <T> the type it would have
     */
    record Unknown<T>(SpillwayException failure) implements Seen<T> {}

    /**
     * Nobody has looked yet, since nobody needed it.
     *
     * @param <T> the type it would have
     */
    record Unasked<T>() implements Seen<T> {
        private static final Seen<?> OF_ANY = new Unasked<>();
    }

    /**
     * A known part.
     *
     * @param value what was seen
     * @param <T> its type
     * @return the part
     */
    static <T> Seen<T> known(T value) {
        return new Known<>(value);
    }

    /**
     * A part nobody has asked for.
     *
     * @param <T> its type
     * @return the part
     */
    @SuppressWarnings("unchecked") // it has no value
    static <T> Seen<T> unasked() {
        return (Seen<T>) Unasked.OF_ANY;
    }

    /**
     * The same of another value.
     *
     * @param change makes it of this one
     * @param <U> its type
     * @return that, or the same doubt
     */
    default <U> Seen<U> map(Function<T, U> change) {
        if (this instanceof Known<T> known) {
            return new Known<>(change.apply(known.value()));
        }
        return this instanceof Unknown<T> unknown ? new Unknown<>(unknown.failure()) : unasked();
    }

    /**
     * The value, if it is known.
     *
     * @return the value
     */
    default Optional<T> toOptional() {
        return this instanceof Known<T> known ? Optional.of(known.value()) : Optional.empty();
    }
}
