package io.spillway.policy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What policies want done about a site at one moment. Data: it can be printed, compared, stored and read again; nothing
 * is done by it. {@code Spillway.carryOut} carries it out.
 *
 * @param site the site's name
 * @param time the moment of the view that it is made from
 * @param actions what is to be done, in this order
 * @param refused what some policy wanted, and why it is not done
 */
public record Plan(String site, Instant time, List<Action> actions, List<Refused> refused) {
    public Plan {
        actions = List.copyOf(actions);
        refused = List.copyOf(refused);
    }

    /**
     * What is not done.
     *
     * @param policy the policy that wanted it
     * @param action what it wanted; empty if it failed, or could not find a way
     * @param why why not, in one line
     */
    public record Refused(String policy, Optional<Action> action, String why) {
        /**
         * One line for a person.
         *
         * @return such as {@code not checkpoint vn01 (backfill): an admin has it drained}
         */
        public String line() {
            String what = action.map(one -> "not %s %s%s"
                            .formatted(
                                    one.verb(),
                                    one.subject(),
                                    one.target().map(host -> " to " + host).orElse("")))
                    .orElse("nothing");
            return "%s (%s): %s".formatted(what, policy, why);
        }
    }

    /**
     * A plan for this view.
     *
     * @param outlook what it is made from
     * @param actions what is to be done
     * @return the plan
     */
    public static Plan of(Outlook outlook, List<? extends Action> actions) {
        return new Plan(outlook.view().site(), outlook.now(), List.copyOf(actions), List.of());
    }

    /**
     * Whether nothing is to be done.
     *
     * @return true if so
     */
    public boolean isEmpty() {
        return actions.isEmpty();
    }

    /**
     * The actions of one kind.
     *
     * @param kind such as {@code Action.Checkpoint.class}
     * @param <A> the kind
     * @return them, in order
     */
    public <A extends Action> List<A> actions(Class<A> kind) {
        return actions.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /**
     * For people: a line for each action, then one for each that was refused.
     *
     * @return the lines
     */
    public List<String> lines() {
        return Stream.concat(
                        actions.stream().map(Action::line), refused.stream().map(Refused::line))
                .toList();
    }

    /**
     * To be stored.
     *
     * @return JSON in one line, which {@link #parse} reads back to an equal plan
     */
    public String json() {
        return Json.write(this);
    }

    /**
     * Reads what {@link #json} wrote. Fields that a later version may add are left out; a missing one, one of the wrong
     * kind and an unknown action are told.
     *
     * @param json the text
     * @return the plan
     * @throws io.spillway.failure.BadInputException in one line, if it is none
     */
    public static Plan parse(String json) {
        return Json.plan(json);
    }
}
