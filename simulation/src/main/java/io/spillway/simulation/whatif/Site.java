package io.spillway.simulation.whatif;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.spillway.failure.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A machine whose hosts are Slurm nodes and, while idle, hypervisors.
 *
 * @param hosts how many
 * @param cores of each
 * @param virtual what a virtual node is; null for the usual
 * @param reclaim how the cloud's owner takes hosts away, beside the metal's jobs; null for never
 * @param memory of each host in MiB; null if nobody knows
 */
public record Site(
        int hosts,
        int cores,
        @Nullable Virtual virtual,
        @Nullable Reclaim reclaim,
        @Nullable Long memory) {
    private static final Pattern SHORT = Pattern.compile("(\\d{1,6})x(\\d{1,5})");
    private static final ObjectMapper YAML = YAMLMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /**
     * A virtual node.
     *
     * @param cpus its cores; a host has as many virtual nodes as have room
     * @param memory its memory in MiB, which must go to disk and come back
     */
    public record Virtual(int cpus, long memory) {
        /** 2 cores, 4000 MiB. */
        public static final Virtual USUAL = new Virtual(2, 4000);

        public Virtual {
            if (cpus < 1 || memory < 0) {
                throw new BadInputException(
                        null,
                        "a virtual node of %d cpus and %d MiB is none; 1 and 0 are the least".formatted(cpus, memory));
            }
        }
    }

    /**
     * The cloud's owner takes a host away from virtual nodes and gives it back; the metal's jobs are not concerned.
     *
     * @param every mean time from when a host has virtual nodes till that, in seconds; exponentially distributed
     * @param lasts for so many seconds
     */
    public record Reclaim(int every, int lasts) {
        public Reclaim {
            if (every < 1 || lasts < 1) {
                throw new BadInputException(
                        null, "reclaim every %d s for %d s; 1 s is the least".formatted(every, lasts));
            }
        }
    }

    public Site {
        virtual = virtual == null ? Virtual.USUAL : virtual;
        if (hosts < 1 || cores < 1 || (long) hosts * cores > 1 << 26) {
            throw new BadInputException(
                    null,
                    "%d hosts of %d cores are no site; 1x1 is the least, 67108864 cores in all are the most"
                            .formatted(hosts, cores));
        }
        if (virtual.cpus > cores) {
            throw new BadInputException(
                    null, "a virtual node of %d cpus has no room on a host of %d cores".formatted(virtual.cpus, cores));
        }
        if (memory != null && (memory < 1 || virtual.memory > memory)) {
            throw new BadInputException(
                    null, "a virtual node of %d MiB has no room on a host of %d MiB".formatted(virtual.memory, memory));
        }
    }

    /**
     * A site of whose hosts' memory nobody knows.
     *
     * @param hosts how many
     * @param cores of each
     * @param virtual what a virtual node is; null for the usual
     * @param reclaim how the cloud's owner takes hosts away, beside the metal's jobs; null for never
     */
    public Site(int hosts, int cores, @Nullable Virtual virtual, @Nullable Reclaim reclaim) {
        this(hosts, cores, virtual, reclaim, null);
    }

    /**
     * What is written as {@code 1000x8}, or stands in a YAML file: {@code hosts}, {@code cores}, {@code memory},
     * {@code virtual: {cpus, memory}}, {@code reclaim: {every, lasts}}.
     *
     * @param text the one or the file's name
     * @return the site
     * @throws BadInputException in one line, if it is neither
     */
    public static Site parse(String text) {
        Matcher brief = SHORT.matcher(text);
        if (brief.matches()) {
            return new Site(Integer.parseInt(brief.group(1)), Integer.parseInt(brief.group(2)), null, null);
        }
        try {
            return YAML.readValue(Files.readString(Path.of(text)), Site.class);
        } catch (JsonProcessingException mistake) {
            if (mistake.getCause() instanceof BadInputException known) {
                throw new BadInputException(text, text + ": " + known.getMessage(), mistake);
            }
            throw new BadInputException(
                    text,
                    "%s describes no site: %s; such as {hosts: 1000, cores: 8} would be right"
                            .formatted(text, mistake.getOriginalMessage().replaceAll("\\s+", " ")),
                    mistake);
        } catch (IOException unreadable) {
            throw new BadInputException(
                    text,
                    "no site '%s': neither such as 1000x8 nor a file that can be read".formatted(text),
                    unreadable);
        }
    }

    /**
     * The same, with hosts taken away.
     *
     * @param how how
     * @return the site
     */
    public Site with(Reclaim how) {
        return new Site(hosts, cores, virtual, how, memory);
    }

    /** What a virtual node is, which is always known. */
    Virtual node() {
        return virtual == null ? Virtual.USUAL : virtual;
    }

    /** How many virtual nodes a host has room for. */
    int places() {
        int byCores = cores / node().cpus();
        return memory == null || node().memory() == 0 ? byCores : (int) Math.min(byCores, memory / node().memory());
    }

    int allCores() {
        return hosts * cores;
    }
}
