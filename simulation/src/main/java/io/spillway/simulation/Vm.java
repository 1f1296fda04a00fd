package io.spillway.simulation;

import io.spillway.cloud.Ending;
import io.spillway.cloud.Migration;
import io.spillway.cloud.Presence;
import io.spillway.cloud.Server;
import io.spillway.cloud.ServerStatus;
import io.spillway.model.NodeName;
import io.spillway.model.Size;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A virtual machine as Nova has it, and the guest in it. */
final class Vm {
    /** Its flavor's. */
    static final Size SIZE = new Size(1, 768);

    final UUID id;
    final NodeName node;
    final String address;
    final Map<String, String> metadata = new HashMap<>();
    ServerStatus status = ServerStatus.ACTIVE;
    Presence presence = Presence.THERE;
    String host;
    boolean locked;

    @Nullable String task;

    @Nullable Migration migration;

    /** Since when its CPUs run. */
    long awakeSince;

    /** When somebody else than its caller last changed it. */
    long changed = Long.MIN_VALUE / 2;

    /** Whether its machine is no more, whatever Nova says. */
    boolean dead;

    /** How its last run ended, if it is SHUTOFF. */
    Ending ending = Ending.UNTOLD;

    /** Whether its clock was wrong when it woke up. */
    boolean wasAway;

    Vm(UUID id, NodeName node, String address, String host) {
        this.id = id;
        this.node = node;
        this.address = address;
        this.host = host;
    }

    /** Whether its CPUs run. */
    boolean runs() {
        return !dead && (status == ServerStatus.ACTIVE || status == ServerStatus.MIGRATING);
    }

    Server seen() {
        return new Server(
                id,
                node.value(),
                status,
                Optional.ofNullable(task),
                Optional.of(host),
                Optional.of(address),
                metadata,
                Optional.empty(),
                locked,
                presence,
                Optional.of(SIZE));
    }
}
