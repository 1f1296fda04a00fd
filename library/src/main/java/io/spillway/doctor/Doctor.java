package io.spillway.doctor;

import java.util.List;
import java.util.stream.Stream;

/** Judges facts by the rules of {@code docs/doctor.md}. */
public final class Doctor {
    static final List<Rule> RULES = Stream.of(
                    SiteRules.RULES, SlurmRules.RULES, SaltRules.RULES, NodeRules.RULES, CloudRules.RULES)
            .flatMap(List::stream)
            .toList();

    private Doctor() {}

    /**
     * Judges a site.
     *
     * @param facts what was found out about it
     * @return a finding for each check, in the order of their areas
     */
    public static List<Finding> findings(SiteFacts facts) {
        return RULES.stream().map(rule -> rule.on(facts)).toList();
    }
}
