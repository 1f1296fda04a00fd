package io.spillway.config;

import io.spillway.failure.BadInputException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** OpenStack's clouds.yaml. What we do not know in it is for others, and no mistake. */
final class CloudsYaml {
    private static final List<Path> PLACES = List.of(
            Path.of("clouds.yaml"),
            Path.of(System.getProperty("user.home"), ".config", "openstack", "clouds.yaml"),
            Path.of("/etc/openstack/clouds.yaml"));

    private CloudsYaml() {}

    static CloudAccount find(String name) {
        Path file = PLACES.stream()
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> new BadInputException(
                        name,
                        "no clouds.yaml for the cloud " + name + ": cloud.clouds-file names one, or one of " + PLACES));
        return read(file, name);
    }

    static CloudAccount read(Path file, String name) {
        Section clouds = Section.read(file).section("clouds", "the clouds by name");
        Section cloud = clouds.section(name, "auth_type and auth of that cloud");
        Section auth = cloud.section("auth", "auth_url and credentials");
        if (cloud.optional("verify").filter("false"::equalsIgnoreCase).isPresent()) {
            throw cloud.wrong("verify", "is false, right is true, with cacert: FILE for an authority of your own");
        }
        return new CloudAccount(
                name,
                authUrl(auth),
                credential(cloud, auth),
                cloud.optional("region_name"),
                cloud.optional("interface").orElse("public").replace("URL", ""),
                cloud.optional("cacert").map(cloud::path));
    }

    private static URI authUrl(Section auth) {
        URI url = auth.url("auth_url", "http://10.0.0.1:5000/v3");
        String text = url.toString().replaceAll("/+$", "");
        return URI.create(text.endsWith("/v3") ? text : text + "/v3");
    }

    private static CloudCredential credential(Section cloud, Section auth) {
        String type = cloud.optional("auth_type").orElse("v3password");
        return switch (type) {
            case "v3applicationcredential" ->
                new CloudCredential.Application(
                        auth.text("application_credential_id", "the credential's id"),
                        auth.text("application_credential_secret", "the credential's secret"));
            case "v3password", "password" ->
                new CloudCredential.Password(
                        named(auth, "user", "user_id", "username", "user_domain"),
                        auth.text("password", "the user's password"),
                        named(auth, "project", "project_id", "project_name", "project_domain"));
            default ->
                throw cloud.wrong("auth_type", "is " + type + ", right is v3applicationcredential or v3password");
        };
    }

    private static Map<String, Object> named(Section auth, String what, String id, String name, String domain) {
        Optional<String> known = auth.optional(id);
        if (known.isPresent()) {
            return Map.of("id", known.get());
        }
        Map<String, String> in = auth.optional(domain + "_id")
                .map(value -> Map.of("id", value))
                .orElseGet(() -> Map.of("name", auth.optional(domain + "_name").orElse("Default")));
        return Map.of("name", auth.text(name, "the " + what + "'s name"), "domain", in);
    }
}
