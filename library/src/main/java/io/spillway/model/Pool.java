package io.spillway.model;

import io.spillway.failure.BadInputException;
import java.util.Optional;
import java.util.Set;

/**
 * Virtual nodes of one shape.
 *
 * @param name the pool's name
 * @param profile the salt-cloud profile that describes its servers
 * @param nodes the names its nodes may have
 * @param maximum how many of them may be there at once
 * @param terms which jobs its nodes are for; empty if no policy is to use it
 */
public record Pool(String name, String profile, Hostlist nodes, int maximum, Optional<Terms> terms) {
    /**
     * Which jobs a pool's nodes are for.
     *
     * @param size one node's CPUs and memory, as its flavor gives them
     * @param partitions the partitions that its nodes are in
     * @param features the Slurm features that its nodes have
     * @param minimum how many nodes are kept even if nothing waits for them
     * @param warm how many idle nodes are kept checkpointed, to be restored when work comes
     */
    public record Terms(Size size, Set<String> partitions, Set<String> features, int minimum, int warm) {
        public Terms {
            partitions = Set.copyOf(partitions);
            features = Set.copyOf(features);
            if (size.cpus() < 1 || size.memory() < 1) {
                throw new BadInputException(null, "a node of %s takes no job; 1 or more of each would".formatted(size));
            }
            if (minimum < 0 || warm < 0) {
                throw new BadInputException(
                        null, "minimum %d and warm %d: right is 0 or more".formatted(minimum, warm));
            }
        }
    }

    /**
     * A pool that no policy is to use.
     *
     * @param name the pool's name
     * @param profile the salt-cloud profile that describes its servers
     * @param nodes the names its nodes may have
     * @param maximum how many of them may be there at once
     */
    public Pool(String name, String profile, Hostlist nodes, int maximum) {
        this(name, profile, nodes, maximum, Optional.empty());
    }

    public Pool {
        NodeName.check("pool name", name);
        if (nodes.isEmpty()) {
            throw new BadInputException(name, "pool " + name + " names no nodes; nodes: \"vn[01-08]\" would");
        }
        if (maximum < 1 || maximum > nodes.size()) {
            throw new BadInputException(
                    name, "pool %s: maximum is %d, right is 1 to %d".formatted(name, maximum, nodes.size()));
        }
        int least = terms.map(Terms::minimum).orElse(0);
        if (least > maximum) {
            throw new BadInputException(
                    name, "pool %s: minimum is %d, right is 0 to %d".formatted(name, least, maximum));
        }
    }
}
