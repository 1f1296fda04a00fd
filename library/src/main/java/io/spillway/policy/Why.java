package io.spillway.policy;

import io.spillway.failure.BadInputException;
import java.time.Instant;
import java.util.Optional;

/**
 * Why an action is in a plan, and what it is expected to cost.
 *
 * @param reason one line for a person
 * @param rule the policy that wants it, and after a blank the rung it took, such as {@code backfill checkpoint}
 * @param cost what it is expected to cost
 * @param deadline when it must be done; empty if it is in no hurry
 */
public record Why(String reason, String rule, Cost cost, Optional<Instant> deadline) {
    public Why {
        if (reason.isBlank() || reason.chars().anyMatch(Character::isISOControl)) {
            throw new BadInputException(null, "an action has a reason of one line");
        }
        if (rule.isBlank() || rule.chars().anyMatch(Character::isISOControl)) {
            throw new BadInputException(null, "an action has a rule, such as queue");
        }
    }

    /**
     * Without a deadline.
     *
     * @param reason one line for a person
     * @param rule the policy that wants it
     * @param cost what it is expected to cost
     */
    public Why(String reason, String rule, Cost cost) {
        this(reason, rule, cost, Optional.empty());
    }

    /**
     * The policy that wants it.
     *
     * @return the rule's first word
     */
    public String policy() {
        int blank = rule.indexOf(' ');
        return blank < 0 ? rule : rule.substring(0, blank);
    }
}
