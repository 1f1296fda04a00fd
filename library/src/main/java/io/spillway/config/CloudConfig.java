package io.spillway.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * How to reach the cloud, from OpenStack's own clouds.yaml.
 *
 * @param authUrl Keystone's v3 address
 * @param identity what is sent as {@code auth.identity}
 * @param scope what is sent as {@code auth.scope}; empty for an application credential, which has its own
 * @param region the region; empty takes the catalog's first
 * @param ca the certificates that vouch for it; empty for the JDK's own
 */
public record CloudConfig(
        URI authUrl,
        Map<String, Object> identity,
        Optional<Map<String, Object>> scope,
        Optional<String> region,
        Optional<Path> ca) {
    /** Never shows the secret. */
    @Override
    public String toString() {
        return "CloudConfig[" + authUrl + region.map(name -> ", " + name).orElse("") + "]";
    }
}
