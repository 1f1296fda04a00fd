package io.spillway.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A cloud as OpenStack's own clouds.yaml describes it.
 *
 * @param name its name in that file
 * @param authUrl Keystone's, ending in {@code /v3}
 * @param credential what Keystone knows us by
 * @param region the region; empty where the cloud has one only
 * @param endpoints which endpoints of the services to use: {@code public}, {@code internal} or {@code admin}
 * @param ca the authority that signed the services' certificates, as PEM; empty for those that the JDK trusts
 */
public record CloudAccount(
        String name,
        URI authUrl,
        CloudCredential credential,
        Optional<String> region,
        String endpoints,
        Optional<Path> ca) {
    /**
     * Reads an account from the first of {@code ./clouds.yaml}, {@code ~/.config/openstack/clouds.yaml} and
     * {@code /etc/openstack/clouds.yaml} that is there.
     *
     * @param name the cloud's name in it
     * @return the account
     * @throws io.spillway.failure.BadInputException if it is not there, or not as it should be
     */
    public static CloudAccount find(String name) {
        return CloudsYaml.find(name);
    }

    /**
     * Reads an account from a file.
     *
     * @param file a clouds.yaml
     * @param name the cloud's name in it
     * @return the account
     * @throws io.spillway.failure.BadInputException if it is not there, or not as it should be
     */
    public static CloudAccount read(Path file, String name) {
        return CloudsYaml.read(file, name);
    }
}
