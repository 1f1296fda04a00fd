package io.spillway.simulation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.spillway.failure.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long things take at a simulated site, in seconds. Those of a real one stand in a calibration file that a run on it
 * writes: one word for each, what it does not name is as usual.
 *
 * @param salt a question to Slurm through Salt, and its answer
 * @param nova a request to Nova, and its answer
 * @param create from the order for a server until it runs
 * @param boot from then until its minion answers
 * @param states the first highstate of a node
 * @param suspend a server's memory to disk
 * @param resume and back
 * @param migrateMib a live migration, for each MiB of the server's memory
 * @param schedule from what Slurm hears to the job that it starts for it
 */
public record Durations(
        double salt,
        double nova,
        double create,
        double boot,
        double states,
        double suspend,
        double resume,
        double migrateMib,
        double schedule) {
    /** Without a calibration: a site on quick machines. */
    public static final Durations USUAL = new Durations(0.06, 0.06, 8, 20, 15, 3, 2, 8.0 / Vm.SIZE.memory(), 1);

    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** What may stand in a file; a word that does not is null. */
    private record Words(
            @Nullable String source,
            @Nullable Double salt,
            @Nullable Double nova,
            @Nullable Double create,
            @Nullable Double boot,
            @Nullable Double states,
            @Nullable Double suspend,
            @Nullable Double resume,
            @Nullable Double migrateMib,
            @Nullable Double schedule) {}

    public Durations {
        for (double one : new double[] {salt, nova, create, boot, states, suspend, resume, migrateMib, schedule}) {
            if (!(one >= 0 && one < 1e6)) {
                throw new BadInputException(null, "a duration of %s s is none; 0 s and more would be".formatted(one));
            }
        }
    }

    /**
     * Reads a calibration file: JSON such as {@code {"source": "a run on the lab", "salt": 2.1, "boot": 70}}.
     *
     * @param file which
     * @return the durations
     * @throws BadInputException in one line, if it is none
     */
    public static Durations read(Path file) {
        try {
            ObjectReader reader = JSON.readerFor(Words.class);
            Words words = reader.readValue(Files.readString(file));
            return new Durations(
                    or(words.salt, USUAL.salt),
                    or(words.nova, USUAL.nova),
                    or(words.create, USUAL.create),
                    or(words.boot, USUAL.boot),
                    or(words.states, USUAL.states),
                    or(words.suspend, USUAL.suspend),
                    or(words.resume, USUAL.resume),
                    or(words.migrateMib, USUAL.migrateMib),
                    or(words.schedule, USUAL.schedule));
        } catch (JsonProcessingException mistake) {
            throw new BadInputException(
                    file.toString(),
                    "%s is no calibration: %s; such as {\"salt\": 2.1, \"boot\": 70} would be right"
                            .formatted(file, mistake.getOriginalMessage().replaceAll("\\s+", " ")),
                    mistake);
        } catch (IOException unreadable) {
            throw new BadInputException(
                    file.toString(), "%s cannot be read: %s".formatted(file, unreadable), unreadable);
        }
    }

    private static double or(@Nullable Double given, double usual) {
        return given == null ? usual : given;
    }

    static Duration time(double seconds) {
        return Duration.ofMillis(Math.round(1000 * seconds));
    }

    Duration migration(long memory) {
        return time(migrateMib * memory);
    }
}
