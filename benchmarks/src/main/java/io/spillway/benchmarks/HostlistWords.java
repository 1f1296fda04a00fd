package io.spillway.benchmarks;

import io.spillway.model.Hostlist;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The names of 10,000 nodes in twenty racks, every tenth missing, read and written as Slurm does. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class HostlistWords {
    private final Hostlist list =
            Hostlist.parse("rack[01-20]vn[000-555]").without(Hostlist.parse("rack[01-20]vn[%s]".formatted(tenths())));
    private final String text = list.toString();

    private static String tenths() {
        StringBuilder tenths = new StringBuilder("000");
        for (int i = 10; i < 560; i += 10) {
            tenths.append(",%03d".formatted(i));
        }
        return tenths.toString();
    }

    /**
     * Reads.
     *
     * @return the list
     */
    @Benchmark
    public Hostlist parse() {
        return Hostlist.parse(text);
    }

    /**
     * Writes.
     *
     * @return the text
     */
    @Benchmark
    public String format() {
        return list.toString();
    }
}
