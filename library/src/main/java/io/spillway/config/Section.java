package io.spillway.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.spillway.failure.BadInputException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A mapping in a YAML file that knows its file and its place there, so that every mistake can be told with both. */
final class Section {
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Path file;
    private final String place;
    private final JsonNode node;

    private Section(Path file, String place, @Nullable JsonNode node, String right) {
        this.file = file;
        this.place = place;
        if (node == null || !node.isObject()) {
            String what = node == null || node.isNull() || node.isMissingNode() ? "is missing" : "is no mapping";
            throw new BadInputException(
                    file.toString(), "%s: %s %s, right is %s".formatted(file, at(place), what, right));
        }
        this.node = node;
    }

    static Section read(Path file) {
        try {
            return new Section(file, "", YAML.readTree(Files.readString(file)), "a YAML mapping");
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new BadInputException(
                    file.toString(), "%s, line %d: no YAML: %s".formatted(file, line, e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new BadInputException(file.toString(), file + " cannot be read: a YAML file is expected there", e);
        }
    }

    /** Refuses keys that nobody would read. */
    Section only(String... keys) {
        List<String> known = List.of(keys);
        node.fieldNames().forEachRemaining(key -> {
            if (!known.contains(key)) {
                throw wrong(key, "is unknown, right are " + String.join(", ", known));
            }
        });
        return this;
    }

    Section section(String key, String right) {
        return new Section(file, inside(key), node.get(key), right);
    }

    Map<String, Section> sections(String right) {
        Map<String, Section> all = new LinkedHashMap<>();
        node.fieldNames().forEachRemaining(key -> all.put(key, section(key, right)));
        return all;
    }

    String text(String key, String right) {
        return optional(key).orElseThrow(() -> wrong(key, "is missing, right is " + right));
    }

    Optional<String> optional(String key) {
        JsonNode value = node.get(key);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isValueNode() || value.asText().isBlank()) {
            throw wrong(key, "is no text");
        }
        return Optional.of(value.asText().strip());
    }

    int number(String key, String right) {
        String text = text(key, right);
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw wrong(key, "is " + text + ", right is " + right);
        }
    }

    URI url(String key, String right) {
        String text = text(key, right);
        try {
            URI url = new URI(text);
            if (List.of("http", "https").contains(String.valueOf(url.getScheme())) && url.getHost() != null) {
                return url;
            }
        } catch (URISyntaxException e) {
            // told below
        }
        throw wrong(key, "is " + text + ", right is a URL such as " + right);
    }

    /** Paths are relative to the file they stand in. */
    Path path(String text) {
        Path home = file.toAbsolutePath().getParent();
        return home == null ? Path.of(text) : home.resolve(text);
    }

    BadInputException wrong(String key, String why) {
        return new BadInputException(file.toString(), "%s: %s %s".formatted(file, inside(key), why));
    }

    private String inside(String key) {
        if (place.isEmpty() || key.isEmpty()) {
            return place + key;
        }
        return place + "." + key;
    }

    private static String at(String place) {
        return place.isEmpty() ? "its content" : place;
    }
}
