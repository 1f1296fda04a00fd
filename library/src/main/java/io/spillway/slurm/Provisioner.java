package io.spillway.slurm;

import io.spillway.model.NodeName;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The making and unmaking of nodes. Every call is idempotent, may take minutes, and throws typed failures. */
public interface Provisioner {
    /**
     * Makes a node's server with its port and its accepted minion key.
     *
     * @param node its name
     * @param profile the salt-cloud profile
     * @param metadata what the server bears from its first moment
     * @param host the hypervisor to make it on; empty for the cloud's choice, which is made as well where we may not choose
     * @return what {@link ResourceManager#site} would answer right after, if it is known
     */
    Optional<SlurmSite> create(NodeName node, String profile, Map<String, String> metadata, Optional<String> host);

    /**
     * Removes server, port and key.
     *
     * @param node its name
     * @param server the server; empty if there is none, to clear what else is left
     * @return what {@link ResourceManager#site} would answer right after, if it is known
     */
    Optional<SlurmSite> destroy(NodeName node, Optional<UUID> server);

    /**
     * Applies all of the node's Salt states.
     *
     * @param node which node
     * @return what {@link ResourceManager#site} would answer right after, if it is known
     */
    Optional<SlurmSite> applyStates(NodeName node);

    /**
     * The salt-cloud profiles there are.
     *
     * @return their names
     */
    Set<String> profiles();
}
