package io.spillway.policy;

import io.spillway.failure.BadInputException;

/**
 * How many nodes policies keep in motion at once, what others set in motion included.
 *
 * @param host nodes on one host; a move counts on both of its hosts
 * @param link moves in the whole site
 * @param disk nodes on one host that go to its disk or come from it
 */
public record Limits(int host, int link, int disk) {
    /** 4 a host, 4 moves, 2 at a host's disk. */
    public static final Limits DEFAULT = new Limits(4, 4, 2);

    public Limits {
        if (host < 1 || link < 1 || disk < 1) {
            throw new BadInputException(
                    null, "limits of %d, %d, %d let nothing happen; 1 or more would".formatted(host, link, disk));
        }
    }
}
