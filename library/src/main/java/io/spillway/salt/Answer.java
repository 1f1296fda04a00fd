package io.spillway.salt;

import com.fasterxml.jackson.databind.JsonNode;
import io.spillway.failure.FailedException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/**
 * What a runner's function answered. Numbers are as exact as Salt sent them; what is missing or of another kind than
 * asked for is told as a {@link FailedException} that names the function and the place.
 */
public final class Answer {
    private final String place;
    private final JsonNode node;

    Answer(String place, JsonNode node) {
        this.place = place;
        this.node = node;
    }

    /**
     * A text.
     *
     * @param key its key
     * @return the text
     */
    public String text(String key) {
        return of(key, "text", JsonNode::isTextual, JsonNode::textValue);
    }

    /**
     * A truth.
     *
     * @param key its key
     * @return true or false
     */
    public boolean flag(String key) {
        return of(key, "true or false", JsonNode::isBoolean, JsonNode::booleanValue);
    }

    /**
     * A number.
     *
     * @param key its key
     * @return the number
     */
    public double number(String key) {
        return of(key, "number", JsonNode::isNumber, JsonNode::doubleValue);
    }

    /**
     * A whole number.
     *
     * @param key its key
     * @return the number
     */
    public int count(String key) {
        return of(key, "whole number", JsonNode::canConvertToInt, JsonNode::intValue);
    }

    /**
     * A number that may be null.
     *
     * @param key its key
     * @return the number
     */
    public Optional<Double> optionalNumber(String key) {
        return node.path(key).isNull() || !node.has(key) ? Optional.empty() : Optional.of(number(key));
    }

    /**
     * A list of texts.
     *
     * @param key its key
     * @return the texts
     */
    public List<String> texts(String key) {
        JsonNode list = of(key, "list", JsonNode::isArray, found -> found);
        return StreamSupport.stream(list.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    /**
     * A list of mappings.
     *
     * @param key its key
     * @return the mappings
     */
    public List<Answer> list(String key) {
        JsonNode list = of(key, "list", JsonNode::isArray, found -> found);
        return StreamSupport.stream(list.spliterator(), false)
                .map(item -> new Answer(place + "." + key, item))
                .toList();
    }

    /**
     * A mapping of texts to texts.
     *
     * @param key its key
     * @return the mapping, in Salt's order
     */
    public Map<String, String> map(String key) {
        JsonNode map = of(key, "mapping", JsonNode::isObject, found -> found);
        Map<String, String> all = new LinkedHashMap<>();
        map.fields()
                .forEachRemaining(
                        entry -> all.put(entry.getKey(), entry.getValue().asText()));
        return all;
    }

    /**
     * The keys of the answer itself.
     *
     * @return the keys, in Salt's order
     */
    public List<String> keys() {
        return node.properties().stream().map(Map.Entry::getKey).toList();
    }

    private <T> T of(String key, String kind, Function<JsonNode, Boolean> fits, Function<JsonNode, T> value) {
        JsonNode found = node.path(key);
        if (!fits.apply(found)) {
            throw new FailedException(
                    null,
                    "%s: answered no %s under '%s'; are Spillway and its Salt extension of one version?"
                            .formatted(place, kind, key));
        }
        return value.apply(found);
    }
}
