package io.spillway.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.spillway.failure.BadInputException;
import io.spillway.model.Hostlist;
import io.spillway.model.Pool;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads YAML strictly: what is missing, unknown or of the wrong kind is told by its path in the file. */
final class ConfigReader {
    private static final YAMLMapper YAML = new YAMLMapper();

    private ConfigReader() {}

    static SpillwayConfig read(Path file) {
        Part root = load(file);
        root.knowsOnly(Set.of("site", "salt", "cloud", "pools"));
        Part salt = root.part("salt");
        salt.knowsOnly(Set.of("url", "username", "password-file", "ca", "eauth"));
        Part cloud = root.part("cloud");
        cloud.knowsOnly(Set.of("name", "clouds-file"));
        return new SpillwayConfig(
                root.text("site"),
                new SaltConfig(
                        salt.uri("url"),
                        salt.text("username"),
                        beside(file, salt.text("password-file")),
                        salt.optional("ca").map(ca -> beside(file, ca)),
                        salt.optional("eauth").orElse("file")),
                CloudsFile.read(beside(file, cloud.text("clouds-file")), cloud.text("name")),
                pools(root.part("pools")));
    }

    private static Map<String, Pool> pools(Part part) {
        Map<String, Pool> pools = new LinkedHashMap<>();
        part.node().fieldNames().forEachRemaining(name -> {
            Part pool = part.part(name);
            pool.knowsOnly(Set.of("profile", "nodes", "maximum"));
            Hostlist nodes = Hostlist.parse(pool.text("nodes"));
            int maximum = pool.optional("maximum").isPresent() ? pool.number("maximum") : nodes.size();
            pools.put(name, new Pool(name, pool.text("profile"), nodes, maximum));
        });
        return pools;
    }

    static Part load(Path file) {
        try {
            JsonNode node = YAML.readTree(Files.readString(file));
            return new Part(file, "", node == null ? YAML.createObjectNode() : node);
        } catch (NoSuchFileException gone) {
            throw new BadInputException(file.toString(), file + " is not there");
        } catch (JsonProcessingException mistake) {
            var at = mistake.getLocation();
            String where = at == null ? "" : " in line " + at.getLineNr();
            throw new BadInputException(
                    file.toString(),
                    "%s is no YAML%s: %s".formatted(file, where, mistake.getOriginalMessage()),
                    mistake);
        } catch (IOException unreadable) {
            throw new BadInputException(
                    file.toString(), file + " cannot be read: " + unreadable.getMessage(), unreadable);
        }
    }

    static Path beside(Path file, String name) {
        Path folder = file.toAbsolutePath().getParent();
        return folder == null ? Path.of(name) : folder.resolve(name);
    }

    /** A mapping in a file, with the path of keys that leads to it. */
    record Part(Path file, String path, JsonNode node) {
        Part {
            if (!node.isObject()) {
                throw new BadInputException(
                        file.toString(),
                        "%s: %s must be a mapping of keys to values".formatted(file, path.isEmpty() ? "it" : path));
            }
        }

        private String at(String key) {
            return path.isEmpty() ? key : path + "." + key;
        }

        void knowsOnly(Set<String> keys) {
            node.fieldNames().forEachRemaining(key -> {
                if (!keys.contains(key)) {
                    throw wrong(key, "is not known; known are " + String.join(", ", new java.util.TreeSet<>(keys)));
                }
            });
        }

        Part part(String key) {
            return new Part(file, at(key), required(key));
        }

        Optional<Part> optionalPart(String key) {
            return node.hasNonNull(key) ? Optional.of(part(key)) : Optional.empty();
        }

        String text(String key) {
            JsonNode value = required(key);
            if (!value.isValueNode() || value.asText().isBlank()) {
                throw wrong(key, "must be a text");
            }
            return value.asText();
        }

        Optional<String> optional(String key) {
            return node.hasNonNull(key) ? Optional.of(text(key)) : Optional.empty();
        }

        int number(String key) {
            JsonNode value = required(key);
            if (!value.canConvertToInt() || !value.isIntegralNumber()) {
                throw wrong(key, "must be a whole number");
            }
            return value.asInt();
        }

        URI uri(String key) {
            String text = text(key);
            try {
                URI uri = URI.create(text);
                if (uri.getHost() != null && Set.of("http", "https").contains(uri.getScheme())) {
                    return uri;
                }
            } catch (IllegalArgumentException noUri) {
                // told below
            }
            throw wrong(key, "must be an address such as https://10.0.0.1:8000");
        }

        private JsonNode required(String key) {
            @Nullable JsonNode value = node.get(key);
            if (value == null || value.isNull()) {
                throw wrong(key, "is missing");
            }
            return value;
        }

        BadInputException wrong(String key, String why) {
            return new BadInputException(file.toString(), "%s: %s %s".formatted(file, at(key), why));
        }
    }
}
