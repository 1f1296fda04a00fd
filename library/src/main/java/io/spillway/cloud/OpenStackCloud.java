package io.spillway.cloud;

import io.spillway.config.CloudConfig;
import io.spillway.config.Trust;
import io.spillway.failure.FailedException;
import io.spillway.failure.NotFoundException;
import io.spillway.http.Http;
import io.spillway.model.Host;
import io.spillway.model.NodeName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.openstack4j.api.compute.ServerService;
import org.openstack4j.model.common.ActionResponse;
import org.openstack4j.model.compute.Action;
import org.openstack4j.model.network.options.PortListOptions;

/**
 * A cloud by Keystone, Nova and Neutron: openstack4j for what it does well, {@link NovaCalls} for the rest. Thread-safe.
 * Beside what the port says, every call throws {@link io.spillway.failure.ForbiddenException} when the cloud refuses
 * our credentials or the right to do that, and {@link io.spillway.failure.UnavailableException} when a service does not
 * answer; the message names it and its URL.
 */
public final class OpenStackCloud implements Cloud, AutoCloseable {
    private final Keystone keystone;

    /**
     * Nova reads all metadata of a server, changes what it was asked to and writes all of it back: of two requests at the
     * same moment the later one brings back what the other has changed. So a server's are written one after the other.
     */
    private final List<Object> writers = Stream.generate(Object::new).limit(64).toList();

    /**
     * Makes ready to call; nothing is sent yet.
     *
     * @param config where the cloud is and who we are
     * @throws io.spillway.failure.BadInputException if its CA file holds no certificate
     */
    public OpenStackCloud(CloudConfig config) {
        this.keystone = new Keystone(config, Http.client(Trust.in(config.ca())));
    }

    /** One unit of work; a token that the cloud no longer takes is renewed once. */
    private <T> T with(Function<Session, T> work) {
        Session session = keystone.session();
        try {
            return work.apply(session);
        } catch (Unauthorized expired) {
            keystone.forget(session);
        }
        try {
            return work.apply(keystone.session());
        } catch (Unauthorized again) {
            throw keystone.forbidden();
        }
    }

    @Override
    public List<Server> servers() {
        return with(session -> new NovaCalls(session).servers());
    }

    @Override
    public Server server(UUID server) {
        return with(session -> new NovaCalls(session).server(server));
    }

    @Override
    public void setMetadata(UUID server, Map<String, String> metadata) {
        synchronized (writer(server)) {
            with(session -> {
                new NovaCalls(session).setMetadata(server, metadata);
                return server;
            });
        }
    }

    @Override
    public void removeMetadata(UUID server, List<String> keys) {
        synchronized (writer(server)) {
            keys.forEach(key ->
                    with(session -> removed(session.openstack4j().compute().servers(), server, key)));
        }
    }

    private Object writer(UUID server) {
        return writers.get(Math.floorMod(server.hashCode(), writers.size()));
    }

    private static boolean removed(ServerService servers, UUID server, String key) {
        try {
            done(servers.deleteMetadataItem(server.toString(), key));
            return true;
        } catch (NotFoundException e) {
            // the key, or the server?
            if (servers.getMetadata(server.toString()).containsKey(key)) {
                throw e;
            }
            return false;
        }
    }

    @Override
    public void suspend(UUID server) {
        act(server, Action.SUSPEND);
    }

    @Override
    public void resume(UUID server) {
        act(server, Action.RESUME);
    }

    @Override
    public void start(UUID server) {
        act(server, Action.START);
    }

    @Override
    public Ending ending(UUID server) {
        return with(session -> new NovaCalls(session).ending(server));
    }

    @Override
    public Set<UUID> stopped() {
        return with(session -> new NovaCalls(session).stopped());
    }

    @Override
    public void pause(UUID server) {
        act(server, Action.PAUSE);
    }

    @Override
    public void unpause(UUID server) {
        act(server, Action.UNPAUSE);
    }

    private void act(UUID server, Action action) {
        with(session -> done(session.openstack4j().compute().servers().action(server.toString(), action)));
    }

    @Override
    public void delete(UUID server) {
        with(session -> {
            try {
                return done(session.openstack4j().compute().servers().delete(server.toString()));
            } catch (NotFoundException gone) {
                return server;
            }
        });
    }

    /** Our connector has thrown whatever failed; this is for what openstack4j itself may find wrong. */
    private static ActionResponse done(ActionResponse response) {
        if (!response.isSuccess()) {
            throw new FailedException(null, "Nova: " + response.getFault());
        }
        return response;
    }

    @Override
    public void liveMigrate(UUID server, String host) {
        with(session -> {
            new NovaCalls(session).liveMigrate(server.toString(), host);
            return server;
        });
    }

    @Override
    public Optional<Migration> newestMigration(UUID server) {
        return with(session -> new NovaCalls(session).newestMigration(server));
    }

    @Override
    public boolean hasPort(NodeName node) {
        return with(session -> !session.openstack4j()
                .networking()
                .port()
                .list(PortListOptions.create().name(node.value()))
                .isEmpty());
    }

    @Override
    public List<Host> hosts() {
        return with(session -> new HostCalls(session).hosts());
    }

    @Override
    public void disable(String host, String reason) {
        with(session -> {
            new HostCalls(session).disable(host, reason);
            return host;
        });
    }

    @Override
    public void enable(String host) {
        with(session -> {
            new HostCalls(session).enable(host);
            return host;
        });
    }

    @Override
    public CloudFacts examine() {
        return with(Examiner::facts);
    }

    /** Lets the token go; Keystone forgets it when it expires. */
    @Override
    public void close() {
        keystone.forgetAll();
    }
}
