package io.spillway.cloud;

import io.spillway.failure.NotFoundException;
import io.spillway.failure.RefusedException;
import io.spillway.failure.SpillwayException;
import io.spillway.model.Host;
import io.spillway.model.NodeName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The cloud that a site's virtual nodes live in. Every act names a server by its UUID; every call throws a
 * {@link SpillwayException} of the fitting kind, and an empty answer always means that the cloud said so.
 */
public interface Cloud {
    /**
     * All servers of our project, with their metadata.
     *
     * @return the servers
     */
    List<Server> servers();

    /**
     * One server of our project. To be asked often, so it should cost little.
     *
     * @param server which server
     * @return it
     * @throws io.spillway.failure.NotFoundException if there is none
     */
    default Server server(UUID server) {
        return servers().stream()
                .filter(one -> one.id().equals(server))
                .findFirst()
                .orElseThrow(() -> new NotFoundException(server.toString(), "there is no server " + server));
    }

    /**
     * Adds these metadata, or overwrites what stands under the same keys, in one go.
     *
     * @param server which server
     * @param metadata keys and values of at most 255 characters
     */
    void setMetadata(UUID server, Map<String, String> metadata);

    /**
     * Removes these keys one after the other; a key that is not there is none to remove.
     *
     * @param server which server
     * @param keys the keys, in the order in which they go
     */
    void removeMetadata(UUID server, List<String> keys);

    /**
     * Asks for the server's memory to be put on disk; returns when the cloud has accepted.
     *
     * @param server which server
     */
    void suspend(UUID server);

    /**
     * Asks for a suspended server to run again; returns when the cloud has accepted.
     *
     * @param server which server
     */
    void resume(UUID server);

    /**
     * Asks for a server that is SHUTOFF to boot; returns when the cloud has accepted.
     *
     * @param server which server
     */
    void start(UUID server);

    /**
     * How a server that is SHUTOFF came to be so.
     *
     * @param server which server
     * @return how its last run ended
     */
    Ending ending(UUID server);

    /**
     * The servers of our project that are SHUTOFF. To be asked often, so it should cost little.
     *
     * @return their UUIDs
     */
    default Set<UUID> stopped() {
        return servers().stream()
                .filter(server -> server.status() == ServerStatus.SHUTOFF)
                .map(Server::id)
                .collect(Collectors.toSet());
    }

    /**
     * Asks for the server's CPUs to stand still; returns when the cloud has accepted.
     *
     * @param server which server
     */
    void pause(UUID server);

    /**
     * Asks for a paused server to run again; returns when the cloud has accepted.
     *
     * @param server which server
     */
    void unpause(UUID server);

    /**
     * Asks for the server to be moved as it runs; returns when the cloud has accepted, which says nothing yet: read
     * {@link #newestMigration}.
     *
     * @param server which server
     * @param host where to
     */
    void liveMigrate(UUID server, String host);

    /**
     * Asks for the server to be deleted, and for nothing else: port and minion key of its name stay. Returns when the
     * cloud has accepted; a server that is gone already is no error.
     *
     * @param server which server
     * @throws io.spillway.failure.RefusedException if this cloud cannot do that
     */
    default void delete(UUID server) {
        throw new RefusedException(server.toString(), "this cloud deletes no single server");
    }

    /**
     * The newest migration of the server, under way or over.
     *
     * @param server which server
     * @return the migration, empty if it was never moved
     */
    Optional<Migration> newestMigration(UUID server);

    /**
     * Whether a port of that name is there: a node's port has its node's name.
     *
     * @param node the node
     * @return true if there is one
     */
    boolean hasPort(NodeName node);

    /**
     * The hypervisors.
     *
     * @return all that run a compute service; their sizes are unknown where the cloud keeps them from us
     */
    List<Host> hosts();

    /**
     * Disables a host's compute service, so that the cloud puts no more servers there; those that are there stay. One
     * that we have disabled gets the new reason.
     *
     * @param host the host's name
     * @param reason why; begins {@link Host#OURS}
     * @throws io.spillway.failure.RefusedException if somebody else has disabled it: it stays theirs
     */
    default void disable(String host, String reason) {
        throw new RefusedException(host, "this cloud disables no host");
    }

    /**
     * Enables a host's compute service that we have disabled; one that is enabled is left as it is.
     *
     * @param host the host's name
     * @throws io.spillway.failure.RefusedException if somebody else has disabled it: it stays theirs
     */
    default void enable(String host) {
        throw new RefusedException(host, "this cloud enables no host");
    }

    /**
     * The names of the hypervisors that can take servers now.
     *
     * @return their names
     */
    default Set<String> hostsUp() {
        return Set.copyOf(hosts().stream().filter(Host::up).map(Host::name).toList());
    }

    /**
     * Finds out how the cloud is set up and what we may do there. Changes nothing; what cannot be found out is unknown.
     *
     * @return the facts
     */
    default CloudFacts examine() {
        return CloudFacts.unknown("this cloud cannot be examined");
    }
}
