package io.spillway.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import io.spillway.failure.BadInputException;
import io.spillway.failure.ForbiddenException;
import io.spillway.failure.NotFoundException;
import io.spillway.failure.RefusedException;
import io.spillway.model.Host;
import io.spillway.model.Size;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is asked of Nova about its hosts. By one microversion: the first that names a compute service by its UUID, and one
 * that still tells a hypervisor's CPUs and memory (from 2.88 on they stand in Placement alone). No Nova has dropped an
 * old microversion so far.
 */
final class HostCalls {
    static final String VERSION = "2.53";

    private final NovaCalls nova;
    private final Session session;

    HostCalls(Session session) {
        this.session = session;
        this.nova = new NovaCalls(session);
    }

    List<Host> hosts() {
        List<JsonNode> services = services();
        Map<String, Size> sizes = sizes();
        List<Host> hosts = new ArrayList<>();
        for (JsonNode service : services) {
            String name = service.path("host").asText();
            boolean enabled = enabled(service);
            hosts.add(new Host(
                    name,
                    service.path("state").asText().equals("up") && enabled,
                    Optional.ofNullable(sizes.get(name)),
                    enabled ? Optional.empty() : Optional.of(reason(service)),
                    Optional.empty()));
        }
        return hosts;
    }

    private static boolean enabled(JsonNode service) {
        return service.path("status").asText().equals("enabled");
    }

    private static String reason(JsonNode service) {
        return service.path("disabled_reason").isTextual()
                ? service.get("disabled_reason").asText()
                : "";
    }

    /** Without the right to know them they are unknown: what is made of hosts must do without. */
    private Map<String, Size> sizes() {
        Map<String, Size> sizes = new HashMap<>();
        try {
            for (JsonNode one : nova.pages("/os-hypervisors/detail", "hypervisors", VERSION)) {
                if (one.path("vcpus").canConvertToInt() && one.path("memory_mb").isNumber()) {
                    Size size = new Size(
                            Math.max(0, one.get("vcpus").asInt()),
                            Math.max(0, one.get("memory_mb").asLong()));
                    sizes.merge(one.path("service").path("host").asText(), size, Size::plus);
                }
            }
        } catch (ForbiddenException unknown) {
            sizes.clear();
        }
        return sizes;
    }

    void disable(String host, String reason) {
        if (!reason.startsWith(Host.OURS) || reason.length() > 255) {
            throw new BadInputException(
                    host, "a reason of ours begins '%s' and has at most 255 characters".formatted(Host.OURS));
        }
        JsonNode service = ours(host, "disabled already");
        if (enabled(service) || !reason.equals(reason(service))) {
            update(service, Map.of("status", "disabled", "disabled_reason", reason));
        }
    }

    void enable(String host) {
        JsonNode service = ours(host, "disabled");
        if (!enabled(service)) {
            update(service, Map.of("status", "enabled"));
        }
    }

    /** The host's service, unless somebody else has disabled it. */
    private JsonNode ours(String host, String how) {
        JsonNode service = services().stream()
                .filter(one -> one.path("host").asText().equals(host))
                .findFirst()
                .orElseThrow(() -> new NotFoundException(host, "Nova has no nova-compute on a host " + host));
        String reason = reason(service);
        if (!enabled(service) && !reason.startsWith(Host.OURS)) {
            throw new RefusedException(
                    host,
                    "host %s is %s by somebody else (%s); `openstack compute service set --enable %s nova-compute` would end that"
                            .formatted(host, how, reason.isEmpty() ? "no reason given" : reason, host));
        }
        return service;
    }

    private void update(JsonNode service, Map<String, String> change) {
        nova.send("PUT", "/os-services/" + service.path("id").asText(), change, Optional.of(VERSION));
    }

    private List<JsonNode> services() {
        JsonNode services = nova.get("/os-services?binary=nova-compute", Optional.of(VERSION))
                .path("services");
        if (!services.isArray()) {
            throw session.nova().noSense(null);
        }
        List<JsonNode> all = new ArrayList<>();
        services.forEach(all::add);
        return all;
    }
}
