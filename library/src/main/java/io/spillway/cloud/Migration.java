package io.spillway.cloud;

import java.util.Set;

/**
 * Nova's record of a move.
 *
 * @param id its number; later moves have higher ones
 * @param status Nova's word for how far it is
 * @param target the host it goes to; empty while none is chosen
 */
public record Migration(long id, String status, String target) {
    private static final Set<String> FAILED = Set.of("error", "failed", "cancelled");
    private static final Set<String> OVER = Set.of("completed", "done", "finished", "confirmed", "reverted");

    /**
     * Whether it went wrong; the server is then where it was, unharmed.
     *
     * @return true if so
     */
    public boolean failed() {
        return FAILED.contains(status);
    }

    /**
     * Whether it is still under way.
     *
     * @return true if so
     */
    public boolean underWay() {
        return !failed() && !OVER.contains(status);
    }
}
