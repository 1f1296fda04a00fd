package io.spillway.cloud;

import io.spillway.config.CloudConfig;
import io.spillway.http.StubServer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Keystone, Nova and Neutron on one port; the tokens are {@code token-1}, {@code token-2}, … */
final class StubCloud implements AutoCloseable {
    final StubServer server = new StubServer();
    final AtomicInteger logins = new AtomicInteger();
    final OpenStackCloud cloud = new OpenStackCloud(config("right"));

    StubCloud() {
        server.on("POST /v3/auth/tokens", (exchange, body) -> {
            if (!body.contains("right")) {
                StubServer.send(
                        exchange,
                        401,
                        "{\"error\": {\"code\": 401, \"message\": \"The request you have made requires"
                                + " authentication.\", \"title\": \"Unauthorized\"}}");
                return;
            }
            exchange.getResponseHeaders().add("X-Subject-Token", "token-" + logins.incrementAndGet());
            StubServer.send(exchange, 201, token("2026-01-01T00:00:00Z", "2026-01-01T12:00:00Z"));
        });
    }

    CloudConfig config(String secret) {
        return new CloudConfig(
                server.url().resolve("/v3"),
                Map.of(
                        "methods",
                        List.of("application_credential"),
                        "application_credential",
                        Map.of("id", "1", "secret", secret)),
                Optional.empty(),
                Optional.of("RegionOne"),
                Optional.empty());
    }

    String token(String issued, String expires) {
        return """
            {"token": {"issued_at": "%s", "expires_at": "%s", "user": {"id": "u1"}, "project": {"id": "p1"},
              "roles": [{"id": "1", "name": "member"}, {"id": "2", "name": "spillway_operator"}], "catalog": [
              {"type": "identity", "name": "keystone", "endpoints": []},
              {"type": "compute", "name": "nova", "endpoints": [
                {"interface": "public", "region": "Elsewhere", "region_id": "Elsewhere", "url": "http://127.0.0.1:1"},
                {"interface": "admin", "region": "RegionOne", "region_id": "RegionOne", "url": "http://127.0.0.1:1"},
                {"interface": "public", "region": "RegionOne", "region_id": "RegionOne", "url": "%s/compute/v2.1/"}]},
              {"type": "network", "name": "neutron", "endpoints": [
                {"interface": "public", "region": "RegionOne", "region_id": "RegionOne", "url": "%s/network"}]},
              {"type": "placement", "name": "placement", "endpoints": [
                {"interface": "public", "region": "RegionOne", "region_id": "RegionOne", "url": "%s/placement"}]}
            ]}}""".formatted(issued, expires, server.url(), server.url(), server.url());
    }

    @Override
    public void close() {
        cloud.close();
        server.close();
    }
}
