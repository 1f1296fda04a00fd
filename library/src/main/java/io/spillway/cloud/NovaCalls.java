package io.spillway.cloud;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.spillway.failure.FailedException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.StreamSupport;

/**
 * What is asked of Nova without openstack4j: what needs a later microversion, and what openstack4j gets wrong (its
 * metadata update is a PUT, which removes all that it does not name; its lists take any answer for an empty one).
 */
final class NovaCalls {
    /** The first Nova that checks a named host like one of its own choice; up to 2.33 it also says at once what it found. */
    private static final String LIVE_MIGRATION = "2.30";

    /**
     * The first Nova that lists a server whose cell does not answer, as UNKNOWN; before, it is left out, and would look
     * as if it were gone. Also says what is locked, and, to those who may know, how the host is.
     */
    private static final String SERVERS = CloudFacts.NEEDED;

    /** So many of a server's newest actions are read: how its last run ended is among the first few. */
    private static final int ACTIONS = 50;

    private final Session session;

    NovaCalls(Session session) {
        this.session = session;
    }

    List<Server> servers() {
        List<Server> all = new ArrayList<>();
        pages("/servers/detail", "servers", SERVERS)
                .forEach(server -> all.add(ServerReader.read(session.nova(), server)));
        return all;
    }

    Server server(UUID id) {
        JsonNode server = get("/servers/" + id, Optional.of(SERVERS)).path("server");
        return ServerReader.read(session.nova(), server);
    }

    /** All of a long list. */
    List<JsonNode> pages(String path, String what, String version) {
        List<JsonNode> all = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        Optional<String> query = Optional.of("");
        while (query.isPresent()) {
            if (!seen.add(query.get())) {
                throw new FailedException(
                        null, "Nova's list of %s has no end: it repeats %s".formatted(what, query.get()));
            }
            JsonNode page = get(path + query.get(), Optional.of(version));
            JsonNode some = page.path(what);
            if (!some.isArray()) {
                throw session.nova().noSense(null);
            }
            some.forEach(all::add);
            query = next(page.path(what + "_links"));
        }
        return all;
    }

    /** Behind a proxy the link may name a host that only the cloud knows: all it has to say is its query. */
    private static Optional<String> next(JsonNode links) {
        return StreamSupport.stream(links.spliterator(), false)
                .filter(link -> link.path("rel").asText().equals("next"))
                .map(link -> "?" + URI.create(link.path("href").asText()).getRawQuery())
                .findFirst();
    }

    void setMetadata(UUID server, Map<String, String> metadata) {
        post("/servers/" + server + "/metadata", Map.of("metadata", metadata), Optional.empty());
    }

    void liveMigrate(String server, String host) {
        post(
                "/servers/" + server + "/action",
                Map.of("os-migrateLive", Map.of("host", host, "block_migration", "auto")),
                Optional.of(LIVE_MIGRATION));
    }

    Optional<Migration> newestMigration(UUID server) {
        JsonNode migrations = get("/os-migrations?instance_uuid=" + server, Optional.of("2.23"))
                .path("migrations");
        if (!migrations.isArray()) {
            throw session.nova().noSense(null);
        }
        return StreamSupport.stream(migrations.spliterator(), false)
                .max(Comparator.comparingLong(migration -> migration.path("id").asLong()))
                .map(migration -> new Migration(
                        migration.path("id").asLong(),
                        migration.path("status").asText(),
                        migration.path("dest_compute").isTextual()
                                ? migration.path("dest_compute").asText()
                                : ""));
    }

    Ending ending(UUID server) {
        JsonNode actions = get(
                        "/servers/%s/os-instance-actions?limit=%d".formatted(server, ACTIONS), Optional.of("2.58"))
                .path("instanceActions");
        if (!actions.isArray()) {
            throw session.nova().noSense(null);
        }
        return ActionsReader.ending(actions);
    }

    Set<UUID> stopped() {
        JsonNode servers = get("/servers?status=SHUTOFF", Optional.empty()).path("servers");
        if (!servers.isArray()) {
            throw session.nova().noSense(null);
        }
        Set<UUID> stopped = new HashSet<>();
        try {
            servers.forEach(
                    server -> stopped.add(UUID.fromString(server.path("id").asText())));
        } catch (IllegalArgumentException e) {
            throw session.nova().noSense(e);
        }
        return stopped;
    }

    JsonNode get(String path, Optional<String> version) {
        return session.nova()
                .json(session.nova().send(request(path, version).GET().build()));
    }

    private void post(String path, Object body, Optional<String> version) {
        send("POST", path, body, version);
    }

    void send(String method, String path, Object body, Optional<String> version) {
        try {
            session.nova()
                    .send(request(path, version)
                            .header("Content-Type", "application/json")
                            .method(method, BodyPublishers.ofString(Service.JSON.writeValueAsString(body)))
                            .build());
        } catch (JsonProcessingException e) {
            throw new FailedException(null, "a request to Nova cannot be written as JSON", e);
        }
    }

    private HttpRequest.Builder request(String path, Optional<String> version) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(session.nova().url() + path))
                .header("Accept", "application/json")
                .header("X-Auth-Token", session.token());
        version.ifPresent(number -> request.header("OpenStack-API-Version", "compute " + number));
        return request;
    }
}
