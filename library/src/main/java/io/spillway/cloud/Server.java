package io.spillway.cloud;

import io.spillway.model.Size;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A Nova server as it is now.
 *
 * @param id its UUID, the only thing we act by
 * @param name its name
 * @param status what it is
 * @param task what Nova is doing to it right now, such as {@code suspending}
 * @param host the hypervisor it is on, where we may know it
 * @param address its first fixed address
 * @param metadata all its metadata
 * @param fault Nova's words on what went wrong last
 * @param locked whether an admin has locked it, so that nobody is to change it
 * @param presence whether its host has it
 * @param size its flavor's CPUs and memory, where Nova tells them
 */
public record Server(
        UUID id,
        String name,
        ServerStatus status,
        Optional<String> task,
        Optional<String> host,
        Optional<String> address,
        Map<String, String> metadata,
        Optional<String> fault,
        boolean locked,
        Presence presence,
        Optional<Size> size) {
    public Server {
        metadata = Map.copyOf(metadata);
    }

    /**
     * A server of unknown size that nobody has locked and that is on its host.
     *
     * @param id its UUID, the only thing we act by
     * @param name its name
     * @param status what it is
     * @param task what Nova is doing to it right now, such as {@code suspending}
     * @param host the hypervisor it is on, where we may know it
     * @param address its first fixed address
     * @param metadata all its metadata
     * @param fault Nova's words on what went wrong last
     */
    public Server(
            UUID id,
            String name,
            ServerStatus status,
            Optional<String> task,
            Optional<String> host,
            Optional<String> address,
            Map<String, String> metadata,
            Optional<String> fault) {
        this(id, name, status, task, host, address, metadata, fault, false, Presence.THERE, Optional.empty());
    }

    /**
     * The same with other metadata.
     *
     * @param all all of them
     * @return the server
     */
    public Server with(Map<String, String> all) {
        return new Server(id, name, status, task, host, address, all, fault, locked, presence, size);
    }

    /**
     * Whether Nova is changing it, so that what it is now will not last.
     *
     * @return true if so
     */
    public boolean busy() {
        return task.isPresent() || status == ServerStatus.BUILD || status == ServerStatus.MIGRATING;
    }

    /**
     * Whether its memory is there and its CPUs stand still, so that no job on it goes on.
     *
     * @return true if so
     */
    public boolean asleep() {
        return status == ServerStatus.SUSPENDED || status == ServerStatus.PAUSED;
    }

    /**
     * Whether Nova lets anybody write its metadata: not while it is being made, nor after it has failed.
     *
     * @return true if so
     */
    public boolean writable() {
        return switch (status) {
            case ACTIVE, PAUSED, SUSPENDED, SHUTOFF, MIGRATING -> true;
            case BUILD, ERROR, UNKNOWN, OTHER -> false;
        };
    }
}
