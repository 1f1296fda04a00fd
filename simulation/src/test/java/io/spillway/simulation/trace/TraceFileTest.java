package io.spillway.simulation.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillway.failure.BadInputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read of a trace, and what is said of one with mistakes. */
class TraceFileTest {
    private static final String REST = " -1 1 -1 -1 -1 -1 -1 -1 -1";

    @TempDir
    Path folder;

    static List<TraceJob> all(Jobs jobs) {
        List<TraceJob> all = new ArrayList<>();
        for (TraceJob job = jobs.next(); job != null; job = jobs.next()) {
            all.add(job);
        }
        return all;
    }

    private Jobs open(boolean strict, String... lines) throws IOException {
        return new TraceFile(Files.write(folder.resolve("trace"), List.of(lines)), strict).open();
    }

    @Test
    void swfAsItIs() throws IOException {
        Jobs jobs = open(
                true,
                "; UnixStartTime: 1000000000",
                "",
                "  1 10 5 100 4 -1 -1 8 3600" + REST,
                "2\t20 -1 50.7 4 99.5 -1 -1 -1" + REST,
                "3 20 -1 0 1 -1 -1 1 60" + REST + " ; a comment");
        assertThat(all(jobs))
                .containsExactly(
                        new TraceJob("1", 10, 100, 3600, 8),
                        new TraceJob("2", 20, 50, 50, 4),
                        new TraceJob("3", 20, 0, 60, 1));
        assertThat(jobs.remarks().lines()).isEmpty();
        assertThat(jobs.progress()).isEqualTo(1);
    }

    @Test
    void whatIsWrongIsLeftOutAndTold() throws IOException {
        Jobs jobs = open(
                false,
                "1 100 -1 10 1 -1 -1 1 60" + REST,
                "2 90 -1 10 1 -1 -1 1 60" + REST,
                "3 110 -1 -1 1 -1 -1 1 60" + REST,
                "4 110 -1 10 -1 -1 -1 -1 60" + REST,
                "5 110 -1 ten 1 -1 -1 1 60" + REST,
                "6 110 -1 10",
                "7 120 -1 10 1 -1 -1 1 60" + REST + " 19",
                "8 99999999999 -1 10 1 -1 -1 1 60" + REST,
                "9 120 -1 10 1 -1 -1 1 60" + REST);
        assertThat(all(jobs)).extracting(TraceJob::id).containsExactly("1", "2", "9");
        assertThat(jobs.remarks().lines())
                .containsExactly(
                        "4 broken lines, left out",
                        "  line 5: field 4 is 'ten'; a number would be right",
                        "  line 6: 4 fields; SWF has 18",
                        "  line 7: more than 18 fields",
                        "2 jobs without a known run time or size, left out",
                        "  line 3: job 3 has no run time",
                        "  line 4: job 4 has no processors",
                        "1 jobs submitted before the one before them, taken to be submitted with it",
                        "  line 2: job 2, 10 s before the one before it");
        assertThat(jobs.remarks().count(Remarks.Kind.BROKEN)).isEqualTo(4);
    }

    @Test
    void aStrictReaderStops() throws IOException {
        Jobs jobs = open(true, "1 100 -1 10 1 -1 -1 1 60" + REST, "nonsense");
        assertThatThrownBy(() -> all(jobs))
                .isInstanceOf(BadInputException.class)
                .hasMessageEndingWith("trace:2: field 1 is 'nonsense'; a number would be right");
    }

    @Test
    void whatSacctPrints() throws IOException {
        Jobs jobs = open(
                false,
                "JobID|Partition|Submit|Elapsed|AllocCPUS|Timelimit|State",
                "7|low|2026-11-23T10:00:00|1-02:03:04|16|2-00:00:00|COMPLETED",
                "7.batch|low|2026-11-23T10:00:00|1-02:03:04|16||COMPLETED",
                "8_3|low|2026-11-23T10:00:01|00:05:00|1|UNLIMITED|FAILED",
                "9|low|2026-11-23T10:00:02|00:00:00|0|01:00:00|CANCELLED by 0",
                "10|low|2026-11-23T10:00:02|00:01:00|2|01:00:00|RUNNING",
                "11|low|Unknown|00:01:00|2|01:00:00|COMPLETED",
                "12|low|2026-11-23T10:00:03|05:00|2|01:30|COMPLETED");
        long begin = 1_795_428_000L;
        assertThat(all(jobs))
                .containsExactly(
                        new TraceJob("7", begin, 93_784, 172_800, 16),
                        new TraceJob("8_3", begin + 1, 300, 300, 1),
                        new TraceJob("12", begin + 3, 300, 90, 2));
        assertThat(jobs.remarks().count(Remarks.Kind.UNKNOWN)).isEqualTo(2);
        assertThat(jobs.remarks().lines())
                .contains("  line 7: Submit is 'Unknown'; such as 2026-11-23T10:00:00 would be right");
    }

    @Test
    void aHeaderThatTellsTooLittle() {
        assertThatThrownBy(() -> open(false, "JobID|Submit", "7|2026-11-23T10:00:00"))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("sacct's header 'JobID|Submit' has no Elapsed; use sacct --parsable2");
    }

    @Test
    void noSuchFile() {
        assertThatThrownBy(() -> new TraceFile(folder.resolve("none"), false).open())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("none cannot be read");
    }

    /** What was written is read, packed or not. */
    @Property(tries = 20)
    void writtenAndRead(
            @ForAll @IntRange(min = 1, max = 300) int count, @ForAll long seed, @ForAll @IntRange(max = 1) int htc)
            throws IOException {
        Generated trace = new Generated(count, 256, 0.8, 0.1 * htc, 600, seed);
        Path plain = Files.createTempFile("trace", ".swf");
        Path packed = Files.createTempFile("trace", ".swf.gz");
        try {
            trace.write(plain);
            try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
                Files.copy(plain, out);
            }
            List<TraceJob> jobs = all(trace.open());
            assertThat(all(new TraceFile(plain, true).open())).isEqualTo(jobs);
            assertThat(all(new TraceFile(packed, true).open())).isEqualTo(jobs);
        } finally {
            Files.delete(plain);
            Files.delete(packed);
        }
    }

    /** Whatever stands in a file, a reader that is not strict gets to its end. */
    @Property(tries = 300)
    void anyTextIsRead(@ForAll List<String> lines) throws IOException {
        Path file = Files.createTempFile("trace", ".swf");
        try {
            Files.writeString(file, ";\n" + String.join("\n", lines));
            assertThat(all(new TraceFile(file, false).open())).isEmpty();
        } finally {
            Files.delete(file);
        }
    }
}
