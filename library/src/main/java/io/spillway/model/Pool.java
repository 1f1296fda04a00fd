package io.spillway.model;

import io.spillway.failure.BadInputException;

/**
 * Virtual nodes of one shape.
 *
 * @param name the pool's name
 * @param profile the salt-cloud profile that describes its servers
 * @param nodes the names its nodes may have
 * @param maximum how many of them may be there at once
 */
public record Pool(String name, String profile, Hostlist nodes, int maximum) {
    public Pool {
        NodeName.check("pool name", name);
        if (nodes.isEmpty()) {
            throw new BadInputException(name, "pool " + name + " names no nodes; nodes: \"vn[01-08]\" would");
        }
        if (maximum < 1 || maximum > nodes.size()) {
            throw new BadInputException(
                    name, "pool %s: maximum is %d, right is 1 to %d".formatted(name, maximum, nodes.size()));
        }
    }
}
