package io.spillway.config;

import io.spillway.config.ConfigReader.Part;
import io.spillway.failure.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads OpenStack's clouds.yaml, as far as a service account needs it. */
final class CloudsFile {
    /** Where OpenStack's own tools look. */
    private static final List<Path> PLACES = List.of(
            Path.of("clouds.yaml"),
            Path.of(System.getProperty("user.home"), ".config", "openstack", "clouds.yaml"),
            Path.of("/etc/openstack/clouds.yaml"));

    private CloudsFile() {}

    static CloudConfig find(String name) {
        Path file = PLACES.stream()
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> new BadInputException(
                        name,
                        "no clouds.yaml for the cloud %s: cloud.clouds-file names one, or one of %s is there"
                                .formatted(name, PLACES)));
        return read(file, name);
    }

    static CloudConfig read(Path file, String name) {
        Part clouds = ConfigReader.load(file).part("clouds");
        Part cloud = clouds.part(name);
        Part auth = cloud.part("auth");
        String type = cloud.optional("auth_type").orElse("password");
        boolean credential = switch (type) {
            case "v3applicationcredential" -> true;
            case "password", "v3password" -> false;
            default ->
                throw cloud.wrong(
                        "auth_type", "is %s; v3applicationcredential and password are possible".formatted(type));
        };
        return new CloudConfig(
                auth.uri("auth_url"),
                credential ? applicationCredential(auth) : password(auth),
                credential ? Optional.empty() : Optional.of(project(auth)),
                cloud.optional("region_name"),
                cloud.optional("cacert").map(ca -> ConfigReader.beside(file, ca)));
    }

    private static Map<String, Object> applicationCredential(Part auth) {
        return Map.of(
                "methods",
                List.of("application_credential"),
                "application_credential",
                Map.of(
                        "id", auth.text("application_credential_id"),
                        "secret", auth.text("application_credential_secret")));
    }

    private static Map<String, Object> password(Part auth) {
        Map<String, Object> user = Map.of(
                "name", auth.text("username"),
                "password", auth.text("password"),
                "domain", domain(auth, "user_domain_name", "user_domain_id"));
        return Map.of("methods", List.of("password"), "password", Map.of("user", user));
    }

    private static Map<String, Object> project(Part auth) {
        return auth.optional("project_id")
                .<Map<String, Object>>map(id -> Map.of("project", Map.of("id", id)))
                .orElseGet(() -> Map.of(
                        "project",
                        Map.of(
                                "name",
                                auth.text("project_name"),
                                "domain",
                                domain(auth, "project_domain_name", "project_domain_id"))));
    }

    private static Map<String, String> domain(Part auth, String byName, String byId) {
        return auth.optional(byId)
                .map(id -> Map.of("id", id))
                .orElseGet(() -> Map.of("name", auth.optional(byName).orElse("Default")));
    }
}
