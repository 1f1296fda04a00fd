package io.spillway.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import io.spillway.model.Size;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.StreamSupport;

/** Nova's words about a server as ours. */
final class ServerReader {
    private ServerReader() {}

    static Server read(Service nova, JsonNode server) {
        Map<String, String> metadata = new HashMap<>();
        server.path("metadata")
                .properties()
                .forEach(entry -> metadata.put(entry.getKey(), entry.getValue().asText()));
        try {
            return new Server(
                    UUID.fromString(server.path("id").asText()),
                    server.path("name").asText(),
                    ServerStatus.of(server.path("status").asText()),
                    text(server.path("OS-EXT-STS:task_state")),
                    text(server.path("OS-EXT-SRV-ATTR:host")),
                    address(server.path("addresses")),
                    metadata,
                    text(server.path("fault").path("message")),
                    server.path("locked").asBoolean(false),
                    presence(server),
                    size(server.path("flavor")));
        } catch (IllegalArgumentException e) {
            throw nova.noSense(e);
        }
    }

    /** Nova's numbers for what the hypervisor last said: 0 it has none, 4 it is shut down, 6 it crashed. */
    private static Presence presence(JsonNode server) {
        String host = server.path("host_status").asText("UP");
        if (host.equals("DOWN") || host.equals("UNKNOWN")) {
            return Presence.UNKNOWN;
        }
        // a suspended server's machine is off as well, and so is one that Nova is at work on
        boolean calm = switch (ServerStatus.of(server.path("status").asText())) {
            case ACTIVE, PAUSED, SHUTOFF -> server.path("OS-EXT-STS:task_state").isNull();
            default -> false;
        };
        return switch (server.path("OS-EXT-STS:power_state").asInt(1)) {
            case 0, 4, 6 -> calm ? Presence.GONE : Presence.THERE;
            default -> Presence.THERE;
        };
    }

    /** Since 2.47 a server brings its flavor with it, as it was when the server was made. */
    private static Optional<Size> size(JsonNode flavor) {
        return flavor.path("vcpus").canConvertToInt() && flavor.path("ram").isNumber()
                ? Optional.of(
                        new Size(flavor.get("vcpus").asInt(), flavor.get("ram").asLong()))
                : Optional.empty();
    }

    private static Optional<String> address(JsonNode networks) {
        return StreamSupport.stream(networks.spliterator(), false)
                .flatMap(addresses -> StreamSupport.stream(addresses.spliterator(), false))
                .filter(one -> one.path("OS-EXT-IPS:type").asText("fixed").equals("fixed"))
                .map(one -> one.path("addr").asText())
                .findFirst();
    }

    private static Optional<String> text(JsonNode node) {
        return node.isTextual() && !node.asText().isEmpty() ? Optional.of(node.asText()) : Optional.empty();
    }
}
