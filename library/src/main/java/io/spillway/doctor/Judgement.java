package io.spillway.doctor;

import io.spillway.model.Fact;
import java.util.Collection;
import java.util.function.Function;

/** A verdict with its reason; what a rule comes to. */
record Judgement(Verdict verdict, String detail, String mend) {
    static Judgement right(String detail) {
        return new Judgement(Verdict.RIGHT, detail, "");
    }

    static Judgement wrong(String detail, String mend) {
        return new Judgement(Verdict.WRONG, detail, mend);
    }

    static Judgement advice(String detail, String mend) {
        return new Judgement(Verdict.ADVICE, detail, mend);
    }

    static Judgement unknown(String why) {
        return new Judgement(Verdict.UNKNOWN, why, "");
    }

    /** What is not known is not judged. */
    static <T> Judgement of(Fact<T> fact, Function<T, Judgement> judge) {
        return fact.value().map(judge).orElseGet(() -> unknown(fact.why()));
    }

    /** Wrong if there is any of these lines. */
    static Judgement none(Collection<String> wrong, String right, String mend) {
        return wrong.isEmpty() ? right(right) : wrong(String.join("; ", wrong), mend);
    }

    /** The same, not as grave. */
    Judgement atMostAdvice() {
        return verdict == Verdict.WRONG ? advice(detail, mend) : this;
    }
}
