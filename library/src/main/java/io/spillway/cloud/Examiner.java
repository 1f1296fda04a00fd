package io.spillway.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import io.spillway.cloud.CloudFacts.ComputeService;
import io.spillway.cloud.CloudFacts.Inventory;
import io.spillway.cloud.CloudFacts.Limit;
import io.spillway.cloud.CloudFacts.Quota;
import io.spillway.failure.FailedException;
import io.spillway.failure.ForbiddenException;
import io.spillway.failure.NotFoundException;
import io.spillway.failure.RefusedException;
import io.spillway.failure.SpillwayException;
import io.spillway.model.Fact;
import io.spillway.model.Size;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Finds out how a cloud is set up and what our account may do there, and changes nothing. */
final class Examiner {
    /** No name server knows a name under this domain (RFC 2606), so no host bears it. */
    static final String NOBODY = "spillway-doctor.invalid";

    /** No service has it. */
    static final UUID NO_SERVICE = new UUID(0, 0);

    /** The metadata key of our own servers. */
    private static final String OURS = "spillway:node";

    /** Enough to find one of ours; and Placement is asked one host at a time. */
    private static final int SERVERS = 100;

    private static final int HOSTS = 50;
    private static final int ACTIONS_OF = 5;

    private final Session session;
    private final List<JsonNode> servers;

    private Examiner(Session session, List<JsonNode> servers) {
        this.session = session;
        this.servers = servers;
    }

    static CloudFacts facts(Session session) {
        // nothing else is worth asking of a Nova that does not answer this: let it fail
        String newest = newest(session);
        if (minor(newest) < minor(CloudFacts.NEEDED)) {
            return CloudFacts.unknown("Nova is too old to be asked", session.account(), newest);
        }
        JsonNode page = get(
                session, session.nova(), session.nova().url() + "/servers/detail?limit=" + SERVERS, CloudFacts.NEEDED);
        return new Examiner(session, list(page.path("servers")).toList()).facts(newest);
    }

    private CloudFacts facts(String newest) {
        return new CloudFacts(
                Fact.known(session.account()),
                Fact.known(newest),
                rights(),
                Fact.of(this::services),
                Fact.of(this::quota),
                Fact.of(this::flavors),
                Fact.of(this::networks),
                Fact.of(this::inventories));
    }

    private Map<Right, Fact<Boolean>> rights() {
        Map<Right, Fact<Boolean>> rights = new EnumMap<>(Right.class);
        rights.put(Right.SUSPEND, suspends());
        rights.put(Right.LIVE_MIGRATE, liveMigrates());
        rights.put(Right.LIST_MIGRATIONS, mayGet("/os-migrations?limit=1"));
        rights.put(
                Right.LIST_SERVER_MIGRATIONS,
                bySome(servers, server -> mayGet("/servers/" + id(server) + "/migrations")));
        rights.put(Right.LIST_SERVICES, mayGet("/os-services?binary=nova-compute"));
        rights.put(Right.LIST_HYPERVISORS, mayGet("/os-hypervisors/detail?limit=1"));
        rights.put(Right.UPDATE_SERVICES, updatesServices());
        rights.put(Right.SHOW_HOST, bySome(servers, server -> Fact.known(server.has("OS-EXT-SRV-ATTR:host"))));
        rights.put(Right.SHOW_HOST_STATUS, bySome(servers, server -> Fact.known(server.has("host_status"))));
        return rights;
    }

    private Fact<Boolean> mayGet(String path) {
        return may(() -> nova(path));
    }

    private static Fact<Boolean> may(Runnable call) {
        try {
            call.run();
            return Fact.known(true);
        } catch (ForbiddenException refused) {
            return Fact.known(false);
        } catch (SpillwayException doubt) {
            return Fact.unknown(doubt.getMessage());
        }
    }

    private static Fact<Boolean> bySome(List<JsonNode> servers, Function<JsonNode, Fact<Boolean>> look) {
        return servers.isEmpty() ? Fact.unknown("there is no server to see it by") : look.apply(servers.get(0));
    }

    private List<JsonNode> ours() {
        return servers.stream()
                .filter(server -> server.path("metadata").has(OURS))
                .toList();
    }

    /**
     * Asks for a move to a host that cannot be. Every Nova since 15 (2.69 came with 19) judges the right first, then the
     * server's state, then looks the host up, and only then changes anything.
     */
    private Fact<Boolean> liveMigrates() {
        Optional<JsonNode> sleeper = ours().stream()
                .filter(server -> !server.path("status").asText().equals("ACTIVE"))
                .findFirst();
        return sleeper.or(() -> ours().stream().findFirst())
                .map(server -> may(() -> moveToNobody(id(server))))
                .orElseGet(() -> Fact.unknown("there is no server of ours to see it by"));
    }

    /** Asks to enable a service that cannot be: Nova judges the right first, then looks the service up. */
    private Fact<Boolean> updatesServices() {
        return may(() -> {
            try {
                new NovaCalls(session)
                        .send(
                                "PUT",
                                "/os-services/" + NO_SERVICE,
                                Map.of("status", "enabled"),
                                Optional.of(HostCalls.VERSION));
            } catch (NotFoundException noService) {
                return;
            }
            throw new FailedException(null, "Nova takes a service that cannot be for one that is");
        });
    }

    private void moveToNobody(String server) {
        try {
            new NovaCalls(session).liveMigrate(server, NOBODY);
        } catch (RefusedException state) {
            return;
        } catch (NotFoundException noHost) {
            if (noHost.getMessage().contains(NOBODY + " could not be found")) {
                return;
            }
            throw noHost;
        }
        throw new FailedException(server, "Nova takes a move to a host that cannot be for one that can");
    }

    /** There is no way to try it without doing it; but Nova remembers who has done it. */
    private Fact<Boolean> suspends() {
        String me = session.account().user();
        return Fact.of(() -> ours().stream()
                        .limit(ACTIONS_OF)
                        .flatMap(server -> list(nova("/servers/" + id(server) + "/os-instance-actions")
                                .path("instanceActions")))
                        .filter(action -> action.path("action").asText().equals("suspend"))
                        .anyMatch(action -> action.path("user_id").asText().equals(me)))
                .flatMap(done -> done
                        ? Fact.known(true)
                        : Fact.unknown("this account has suspended none of the servers that are there"));
    }

    private static String newest(Session session) {
        String root = session.nova().url().replaceFirst("(/v2(\\.\\d+)?)(/.*)?$", "$1/");
        JsonNode version =
                get(session, session.nova(), root, "2.1").path("version").path("version");
        if (!version.asText().matches("2\\.\\d{1,6}")) {
            throw session.nova().noSense(null);
        }
        return version.asText();
    }

    private static int minor(String microversion) {
        return Integer.parseInt(microversion.substring(microversion.indexOf('.') + 1));
    }

    private List<ComputeService> services() {
        return list(nova("/os-services?binary=nova-compute").path("services"))
                .map(one -> new ComputeService(
                        one.path("host").asText(),
                        one.path("state").asText().equals("up"),
                        one.path("status").asText().equals("enabled")))
                .toList();
    }

    private Quota quota() {
        JsonNode limits = nova("/limits").path("limits").path("absolute");
        return new Quota(
                limit(limits, "maxTotalInstances", "totalInstancesUsed"),
                limit(limits, "maxTotalCores", "totalCoresUsed"),
                limit(limits, "maxTotalRAMSize", "totalRAMUsed"));
    }

    private Limit limit(JsonNode limits, String most, String used) {
        if (!limits.path(most).isNumber() || !limits.path(used).isNumber()) {
            throw session.nova().noSense(null);
        }
        return new Limit(limits.get(most).asLong(), limits.get(used).asLong());
    }

    private Map<String, Size> flavors() {
        Map<String, Size> flavors = new HashMap<>();
        list(nova("/flavors/detail").path("flavors")).forEach(one -> {
            Size flavor = new Size(one.path("vcpus").asInt(), one.path("ram").asLong());
            flavors.put(id(one), flavor);
            flavors.put(one.path("name").asText(), flavor);
        });
        return flavors;
    }

    private Map<String, Boolean> networks() {
        Map<String, Boolean> networks = new HashMap<>();
        Service neutron = session.neutron();
        list(get(session, neutron, neutron.url() + "/v2.0/networks", CloudFacts.NEEDED)
                        .path("networks"))
                .forEach(one -> {
                    boolean own = one.path("project_id")
                            .asText()
                            .equals(session.account().project());
                    networks.put(id(one), own);
                    networks.merge(one.path("name").asText(), own, Boolean::logicalAnd);
                });
        return networks;
    }

    private List<Inventory> inventories() {
        Service placement =
                session.placement().orElseThrow(() -> new FailedException(null, "Keystone shows us no Placement"));
        String all = placement.url() + "/resource_providers";
        List<Inventory> inventories = new ArrayList<>();
        for (JsonNode host : list(get(session, placement, all, CloudFacts.NEEDED)
                        .path("resource_providers"))
                .limit(HOSTS)
                .toList()) {
            String one = all + "/" + host.path("uuid").asText() + "/inventories";
            JsonNode there = get(session, placement, one, CloudFacts.NEEDED).path("inventories");
            if (there.has("VCPU") && there.has("MEMORY_MB")) {
                inventories.add(new Inventory(
                        host.path("name").asText(),
                        there.at("/VCPU/allocation_ratio").asDouble(1),
                        there.at("/MEMORY_MB/allocation_ratio").asDouble(1)));
            }
        }
        return List.copyOf(inventories);
    }

    private static String id(JsonNode one) {
        return one.path("id").asText();
    }

    private static Stream<JsonNode> list(JsonNode values) {
        return StreamSupport.stream(values.spliterator(), false);
    }

    private JsonNode nova(String path) {
        return get(session, session.nova(), session.nova().url() + path, CloudFacts.NEEDED);
    }

    private static JsonNode get(Session session, Service service, String url, String version) {
        return service.json(service.send(HttpRequest.newBuilder(URI.create(url))
                .header("Accept", "application/json")
                .header("X-Auth-Token", session.token())
                .header("OpenStack-API-Version", "compute " + version)
                .GET()
                .build()));
    }
}
