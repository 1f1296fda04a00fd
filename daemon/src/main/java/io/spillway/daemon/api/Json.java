package io.spillway.daemon.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.spillway.failure.BadInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.TreeSet;

/** JSON as it goes in and out. */
public final class Json {
    /** What we are told by others: nothing in it that we do not know, or a misspelt word would be passed over. */
    private static final ObjectMapper STRICT = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** What a daemon tells us, which may be newer and tell more. */
    private static final ObjectMapper FORGIVING = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private Json() {}

    /**
     * A document as one line.
     *
     * @param document the document
     * @return JSON
     */
    public static String text(Object document) {
        try {
            return STRICT.writeValueAsString(document);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * What a daemon told.
     *
     * @param text JSON
     * @param type what it is
     * @param <T> what it is
     * @return the document
     * @throws IOException if it is none
     */
    public static <T> T told(String text, Class<T> type) throws IOException {
        T value = FORGIVING.readValue(text, type);
        if (value == null) {
            throw new IOException("an empty document");
        }
        return value;
    }

    /**
     * What somebody wants.
     *
     * @param bytes JSON
     * @return the order
     * @throws BadInputException if it is none
     */
    public static Order order(byte[] bytes) {
        return asked(bytes, Order.class, "{\"operation\": \"checkpoint\", \"nodes\": \"vn[01-02]\"}");
    }

    /**
     * What Slurm's power saving has begun.
     *
     * @param bytes JSON
     * @return what it says
     * @throws BadInputException if it says nothing of the kind
     */
    public static Switching switching(byte[] bytes) {
        return asked(bytes, Switching.class, "{\"event\": \"resume\", \"nodes\": \"vn[01-02]\"}")
                .checked();
    }

    /**
     * What Slurm's gate says.
     *
     * @param bytes JSON
     * @return what it says
     * @throws BadInputException if it says nothing of the kind
     */
    public static GateCall gate(byte[] bytes) {
        return asked(bytes, GateCall.class, "{\"event\": \"end\", \"job\": \"12\", \"nodes\": \"cn01\"}")
                .checked();
    }

    private static <T> T asked(byte[] bytes, Class<T> type, String example) {
        try {
            T value = STRICT.readValue(new String(bytes, StandardCharsets.UTF_8), type);
            if (value == null) {
                throw new BadInputException(null, "the body must be an order such as " + example);
            }
            return value;
        } catch (UnrecognizedPropertyException unknown) {
            throw new BadInputException(
                    null,
                    "the field '%s' is not known; known are %s"
                            .formatted(unknown.getPropertyName(), new TreeSet<>(unknown.getKnownPropertyIds())));
        } catch (JsonProcessingException mistake) {
            throw new BadInputException(
                    null, "the body is no order such as %s: %s".formatted(example, mistake.getOriginalMessage()));
        }
    }
}
