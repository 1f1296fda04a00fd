package io.spillway.policy;

/**
 * What somebody wants of a site: a pure function from what is seen to what should be done. It may want what is
 * impossible or forbidden; a {@link Planner} refuses that, action by action.
 */
public interface Policy {
    /**
     * Its name, by which its actions are known.
     *
     * @return one word, such as {@code queue}
     */
    String name();

    /**
     * Decides.
     *
     * @param outlook what is seen
     * @return what it wants done now; the same for the same outlook
     */
    Plan plan(Outlook outlook);
}
