package io.spillway.reconcile;

import io.spillway.cloud.Server;
import io.spillway.slurm.SlurmNode;
import java.util.Optional;

/**
 * Why an admin wants a node left as it is.
 *
 * @param words such as {@code pinned (being debugged)}
 * @param end the command that ends it
 */
record Intent(String words, String end) {
    /** What an admin has done to the server; nothing at all is done to it then. */
    static Optional<Intent> of(Server server) {
        if (server.locked()) {
            return Optional.of(new Intent("locked in Nova", "openstack server unlock " + server.id()));
        }
        return Optional.ofNullable(server.metadata().get(Marks.PIN))
                .map(why -> new Intent(
                        "pinned (" + why + ")", "openstack server unset --property " + Marks.PIN + " " + server.id()));
    }

    /** What an admin has done to the node in Slurm; a drain that a person asked us for is an admin's, too. */
    static Optional<Intent> of(SlurmNode node) {
        String resume = "scontrol update nodename=%s state=resume".formatted(node.name());
        if (node.heldDown()) {
            return Optional.of(new Intent("DOWN (%s)".formatted(node.reason()), resume));
        }
        if (node.drained() && !node.drainedByUs()) {
            return Optional.of(new Intent("drained (%s)".formatted(node.reason()), resume));
        }
        return node.reserved()
                ? Optional.of(new Intent("in a reservation", "scontrol delete reservation"))
                : Optional.empty();
    }

    /** Either, the one that forbids more first. */
    static Optional<Intent> of(Optional<SlurmNode> node, Optional<Server> server) {
        return server.flatMap(Intent::of).or(() -> node.flatMap(Intent::of));
    }
}
