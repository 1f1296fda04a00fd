package io.spillway.doctor;

import java.util.function.Function;

/**
 * One check. The same facts always give the same finding.
 *
 * @param area what it is about
 * @param check what is looked at, and for what
 * @param why why it matters
 * @param source where that is known from
 * @param judge the judgement
 */
record Rule(Area area, String check, String why, String source, Function<SiteFacts, Judgement> judge) {
    Finding on(SiteFacts facts) {
        Judgement judgement = judge.apply(facts);
        return new Finding(area, check, judgement.verdict(), judgement.detail(), judgement.mend());
    }
}
