package io.spillway.slurm;

import io.spillway.model.NodeName;
import io.spillway.salt.SaltApi;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** {@link Provisioner} through the runner {@code spillway}, which goes to salt-cloud. */
public final class SaltProvisioner implements Provisioner {
    private static final Duration SHORT = Duration.ofSeconds(60);
    private static final Duration CREATE = Duration.ofMinutes(10);
    private static final Duration DESTROY = Duration.ofMinutes(5);
    private static final Duration STATES = Duration.ofMinutes(10);

    private final Door door;

    /**
     * Through this way to Salt.
     *
     * @param salt the way
     */
    public SaltProvisioner(SaltApi salt) {
        this.door = new Door(salt);
    }

    @Override
    public Optional<SlurmSite> create(
            NodeName node, String profile, Map<String, String> metadata, Optional<String> host) {
        Map<String, Object> arguments =
                new HashMap<>(Map.of("name", node.value(), "profile", profile, "metadata", metadata));
        host.ifPresent(name -> arguments.put("host", name));
        return door.change("create", arguments, CREATE);
    }

    @Override
    public Optional<SlurmSite> destroy(NodeName node, Optional<UUID> server) {
        Map<String, Object> arguments = new HashMap<>(Map.of("name", node.value()));
        server.ifPresent(id -> arguments.put("uuid", id.toString()));
        return door.change("destroy", arguments, DESTROY);
    }

    @Override
    public Optional<SlurmSite> applyStates(NodeName node) {
        // the runner gives up a little before us, so that its reason comes through
        long patience = STATES.minusSeconds(30).toSeconds();
        return door.change("highstate", Map.of("node", node.value(), "timeout", patience), STATES);
    }

    @Override
    public Set<String> profiles() {
        Set<String> names = new TreeSet<>();
        door.ask("profiles", Map.of(), SHORT).fieldNames().forEachRemaining(names::add);
        return names;
    }
}
