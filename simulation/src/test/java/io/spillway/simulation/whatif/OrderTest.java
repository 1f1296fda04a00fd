package io.spillway.simulation.whatif;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.policy.CostModel;
import io.spillway.simulation.trace.Jobs;
import io.spillway.simulation.trace.Remarks;
import io.spillway.simulation.trace.Trace;
import io.spillway.simulation.trace.TraceFile;
import io.spillway.simulation.trace.TraceJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** That jobs start when they should: as AccaSim starts them, and as the plainest EASY does. */
class OrderTest {
    private static final Path RECORDED = Path.of("src/test/resources/io/spillway/simulation/whatif");

    /** A few jobs, as a trace. */
    record Few(List<TraceJob> jobs) implements Trace {
        @Override
        public String name() {
            return "few";
        }

        @Override
        public Jobs open() {
            Iterator<TraceJob> rest = jobs.iterator();
            return new Jobs() {
                @Override
                public TraceJob next() {
                    return rest.hasNext() ? rest.next() : null;
                }

                @Override
                public double progress() {
                    return rest.hasNext() ? 0 : 1;
                }

                @Override
                public Remarks remarks() {
                    return new Remarks();
                }

                @Override
                public void close() {}
            };
        }
    }

    /** Notes when each job starts. */
    static final class Starts implements WhatIf.Watcher {
        final Map<String, Long> at = new HashMap<>();

        @Override
        public boolean goOn(double progress, long done) {
            return true;
        }

        @Override
        public void ended(String id, long start, long end) {
            at.put(id, start);
        }
    }

    private static Map<String, Long> starts(Trace trace, Site site, Order order) {
        Starts starts = new Starts();
        new WhatIf(trace, site, order, CostModel.DEFAULT, 1).play(Eviction.NO_CLOUD, starts);
        return starts.at;
    }

    /** AccaSim 1.1.3 ran the same trace on the same machine, with FIFO and with EASY: {@code job fifo easy} a line. */
    @Test
    void asAccaSimStartsThem() throws IOException {
        Map<String, Long> fifo = new HashMap<>();
        Map<String, Long> easy = new HashMap<>();
        for (String line : Files.readAllLines(RECORDED.resolve("accasim.txt"))) {
            String[] cells = line.split(" ", -1);
            fifo.put(cells[0], Long.parseLong(cells[1]));
            easy.put(cells[0], Long.parseLong(cells[2]));
        }
        Trace trace = new TraceFile(RECORDED.resolve("accasim.swf"), true);
        Site site = Site.parse("8x8");
        assertThat(starts(trace, site, Order.FIFO)).isEqualTo(fifo);
        assertThat(starts(trace, site, Order.ACCASIM)).isEqualTo(easy);
        assertThat(easy).isNotEqualTo(fifo);
    }

    @Property(tries = 500)
    void asThePlainestEasyStartsThem(@ForAll("traces") List<TraceJob> jobs) {
        assertThat(starts(new Few(jobs), new Site(4, 4, null, null), Order.EASY))
                .isEqualTo(plainest(jobs, 16));
    }

    /** Nobody overtakes, and the machine is never fuller than it is. */
    @Property(tries = 200)
    void firstComeFirstServed(@ForAll("traces") List<TraceJob> jobs) {
        Map<String, Long> starts = starts(new Few(jobs), new Site(4, 4, null, null), Order.FIFO);
        long before = 0;
        for (TraceJob job : jobs) {
            assertThat(starts.get(job.id())).isGreaterThanOrEqualTo(Math.max(before, job.submit()));
            before = starts.get(job.id());
            long now = before;
            long cores = jobs.stream()
                    .filter(one -> starts.get(one.id()) <= now && now < starts.get(one.id()) + one.run())
                    .mapToInt(TraceJob::processors)
                    .sum();
            assertThat(cores).isLessThanOrEqualTo(16);
        }
    }

    @Provide
    Arbitrary<List<TraceJob>> traces() {
        Arbitrary<TraceJob> job = Combinators.combine(
                        Arbitraries.integers().between(0, 20),
                        Arbitraries.integers().between(1, 100),
                        Arbitraries.integers().between(0, 200),
                        Arbitraries.integers().between(1, 16))
                .as((gap, run, requested, processors) -> new TraceJob("-", gap, run, requested, processors));
        return job.list().ofMinSize(1).ofMaxSize(60).map(gaps -> {
            List<TraceJob> jobs = new ArrayList<>();
            long time = 0;
            for (TraceJob one : gaps) {
                time += one.submit();
                jobs.add(new TraceJob(
                        Integer.toString(jobs.size()), time, one.run(), one.requested(), one.processors()));
            }
            return jobs;
        });
    }

    /** EASY as its authors tell it, second by second, with nothing but lists. */
    private static Map<String, Long> plainest(List<TraceJob> jobs, int cores) {
        Map<String, Long> starts = new HashMap<>();
        List<TraceJob> waiting = new ArrayList<>();
        List<TraceJob> running = new ArrayList<>();
        for (long second = 0; starts.size() < jobs.size(); second++) {
            long now = second;
            running.removeIf(job -> starts.get(job.id()) + job.run() == now);
            jobs.stream().filter(job -> job.submit() == now).forEach(waiting::add);
            int free = cores - running.stream().mapToInt(TraceJob::processors).sum();
            while (!waiting.isEmpty() && waiting.get(0).processors() <= free) {
                free -= begin(waiting.remove(0), now, running, starts);
            }
            if (waiting.isEmpty()) {
                continue;
            }
            int then = free;
            long shadow = Long.MIN_VALUE;
            List<TraceJob> ends = new ArrayList<>(running);
            ends.sort(Comparator.comparingLong(job -> starts.get(job.id()) + job.requested()));
            for (TraceJob job : ends) {
                long end = starts.get(job.id()) + job.requested();
                if (then >= waiting.get(0).processors() && end > shadow) {
                    break;
                }
                then += job.processors();
                shadow = end;
            }
            int extra = then - waiting.get(0).processors();
            for (TraceJob job : List.copyOf(waiting.subList(1, waiting.size()))) {
                boolean inTime = now + job.requested() <= shadow;
                if (job.processors() <= free && (inTime || job.processors() <= extra)) {
                    extra -= inTime ? 0 : job.processors();
                    waiting.remove(job);
                    free -= begin(job, now, running, starts);
                }
            }
        }
        return starts;
    }

    private static int begin(TraceJob job, long now, List<TraceJob> running, Map<String, Long> starts) {
        starts.put(job.id(), now);
        running.add(job);
        return job.processors();
    }
}
