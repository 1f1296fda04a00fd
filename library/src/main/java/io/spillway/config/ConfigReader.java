package io.spillway.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.spillway.failure.BadInputException;
import io.spillway.model.Bounds;
import io.spillway.model.Hostlist;
import io.spillway.model.NodeName;
import io.spillway.model.Pool;
import io.spillway.policy.rules.Policies;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads YAML strictly: what is missing, unknown or of the wrong kind is told by its path in the file. */
final class ConfigReader {
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** More at once than any site has hosts for. */
    private static final int MOST = 1000;

    private ConfigReader() {}

    static SpillwayConfig read(Path file) {
        Part root = load(file);
        root.knowsOnly(Set.of("site", "salt", "cloud", "pools", "policies", "daemon"));
        Part salt = root.part("salt");
        salt.knowsOnly(Set.of("url", "username", "password-file", "ca", "eauth"));
        Part cloud = root.part("cloud");
        cloud.knowsOnly(Set.of("name", "clouds-file"));
        Map<String, Pool> pools = pools(root.part("pools"));
        return new SpillwayConfig(
                root.text("site"),
                new SaltConfig(
                        salt.uri("url"),
                        salt.text("username"),
                        beside(file, salt.text("password-file")),
                        salt.optional("ca").map(ca -> beside(file, ca)),
                        salt.optional("eauth").orElse("file")),
                cloud.optional("clouds-file")
                        .map(clouds -> CloudsFile.read(beside(file, clouds), cloud.text("name")))
                        .orElseGet(() -> CloudsFile.find(cloud.text("name"))),
                pools,
                root.optionalPart("policies")
                        .map(part -> PoliciesReader.policies(part, pools.keySet()))
                        .orElse(Policies.NONE),
                daemonOf(root));
    }

    static DaemonConfig daemon(Path file) {
        return daemonOf(load(file));
    }

    private static DaemonConfig daemonOf(Part root) {
        return root.optionalPart("daemon").map(ConfigReader::daemon).orElse(DaemonConfig.DEFAULT);
    }

    private static DaemonConfig daemon(Part part) {
        part.knowsOnly(Set.of("socket", "group", "state", "look", "limits", "tcp"));
        DaemonConfig usual = DaemonConfig.DEFAULT;
        return new DaemonConfig(
                part.path("socket").orElse(usual.socket()),
                part.optional("group"),
                part.path("state").orElse(usual.state()),
                part.number("look", 5, 3600)
                        .map(seconds -> Duration.ofSeconds(seconds))
                        .orElse(usual.interval()),
                part.optionalPart("limits").map(ConfigReader::bounds).orElse(usual.bounds()),
                part.optionalPart("tcp").map(ConfigReader::tcp));
    }

    private static Bounds bounds(Part part) {
        part.knowsOnly(Set.of("host", "cloud", "slurm"));
        Bounds usual = Bounds.DEFAULT;
        return new Bounds(
                part.number("host", 1, MOST).orElse(usual.host()),
                part.number("cloud", 1, MOST).orElse(usual.cloud()),
                part.number("slurm", 1, MOST).orElse(usual.slurm()));
    }

    private static DaemonConfig.Tcp tcp(Part part) {
        part.knowsOnly(Set.of("address", "port", "keystore", "password-file", "tokens"));
        return new DaemonConfig.Tcp(
                part.optional("address").orElse("0.0.0.0"),
                part.number("port", 1, 65_535).orElse(8443),
                beside(part.file(), part.text("keystore")),
                beside(part.file(), part.text("password-file")),
                beside(part.file(), part.text("tokens")));
    }

    private static Map<String, Pool> pools(Part part) {
        Map<String, Pool> pools = new LinkedHashMap<>();
        Map<NodeName, String> owners = new HashMap<>();
        part.node().fieldNames().forEachRemaining(name -> {
            Pool pool = pool(part, name);
            for (NodeName node : pool.nodes()) {
                String other = owners.putIfAbsent(node, name);
                if (other != null) {
                    throw part.wrong(name, "has %s, which is in the pool %s already".formatted(node, other));
                }
            }
            pools.put(name, pool);
        });
        return pools;
    }

    private static Pool pool(Part part, String name) {
        Part pool = part.part(name);
        pool.knowsOnly(Set.of("profile", "nodes", "maximum", "terms"));
        String profile = pool.text("profile");
        String nodes = pool.text("nodes");
        Optional<Integer> maximum = pool.number("maximum", 1, 65_536);
        Optional<Pool.Terms> terms = pool.optionalPart("terms").map(PoliciesReader::terms);
        try {
            Hostlist names = Hostlist.parse(nodes);
            return new Pool(name, profile, names, maximum.orElse(names.size()), terms);
        } catch (BadInputException mistake) {
            throw part.wrong(name, "is wrong: " + mistake.getMessage());
        }
    }

    static Part load(Path file) {
        try {
            String text = Files.readString(file);
            JsonNode node = YAML.readTree(text);
            return new Part(file, Lines.of(text), "", node == null ? YAML.createObjectNode() : node);
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
    record Part(Path file, Lines lines, String path, JsonNode node) {
        Part {
            if (!node.isObject()) {
                throw new BadInputException(
                        file.toString(),
                        "%s: %s must be a mapping of keys to values"
                                .formatted(place(file, lines, path), path.isEmpty() ? "it" : path));
            }
        }

        /** The file, and the line where there is one, as compilers write it. */
        private static String place(Path file, Lines lines, String path) {
            OptionalInt line = lines.line(path);
            return line.isPresent() ? file + ":" + line.getAsInt() : file.toString();
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
            return new Part(file, lines, at(key), required(key));
        }

        Optional<Part> optionalPart(String key) {
            return node.hasNonNull(key) ? Optional.of(part(key)) : Optional.empty();
        }

        Optional<Path> path(String key) {
            return optional(key).map(name -> beside(file, name));
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

        Optional<Integer> number(String key, int least, int most) {
            if (!node.hasNonNull(key)) {
                return Optional.empty();
            }
            JsonNode value = required(key);
            if (!value.canConvertToInt()
                    || !value.isIntegralNumber()
                    || value.asInt() < least
                    || value.asInt() > most) {
                throw wrong(key, "must be a whole number from %d to %d".formatted(least, most));
            }
            return Optional.of(value.asInt());
        }

        Optional<Boolean> truth(String key) {
            if (!node.hasNonNull(key)) {
                return Optional.empty();
            }
            if (!required(key).isBoolean()) {
                throw wrong(key, "must be true or false");
            }
            return Optional.of(required(key).asBoolean());
        }

        /** A list of texts; empty where there is none. */
        List<String> texts(String key) {
            if (!node.hasNonNull(key)) {
                return List.of();
            }
            List<String> texts = new ArrayList<>();
            for (JsonNode value : required(key)) {
                if (!value.isValueNode() || value.asText().isBlank()) {
                    throw wrong(key, "must be a list of texts, such as [low, long]");
                }
                texts.add(value.asText());
            }
            if (!required(key).isArray() || Set.copyOf(texts).size() != texts.size()) {
                throw wrong(key, "must be a list of texts, each once, such as [low, long]");
            }
            return texts;
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
            return new BadInputException(
                    file.toString(), "%s: %s %s".formatted(place(file, lines, at(key)), at(key), why));
        }
    }
}
