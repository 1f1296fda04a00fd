package io.spillway.cloud;

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
 */
public record Server(
        UUID id,
        String name,
        ServerStatus status,
        Optional<String> task,
        Optional<String> host,
        Optional<String> address,
        Map<String, String> metadata,
        Optional<String> fault) {
    public Server {
        metadata = Map.copyOf(metadata);
    }

    /**
     * Whether Nova is changing it, so that what it is now will not last.
     *
     * @return true if so
     */
    public boolean busy() {
        return task.isPresent() || status == ServerStatus.BUILD || status == ServerStatus.MIGRATING;
    }
}
