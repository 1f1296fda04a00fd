package io.spillway.simulation.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spillway.failure.BadInputException;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** That generated traces are what their model says. */
class GeneratedTest {
    private static final int JOBS = 50_000;
    private static final Generated TRACE = new Generated(JOBS, 128, 0.7, 0, 60, 1);

    private static double share(List<TraceJob> jobs, java.util.function.Predicate<TraceJob> which) {
        return (double) jobs.stream().filter(which).count() / jobs.size();
    }

    private static double mean(List<TraceJob> jobs, ToDoubleFunction<TraceJob> what) {
        return jobs.stream().mapToDouble(what).average().orElseThrow();
    }

    /** The published parameters: 24.4 % serial jobs, 57.6 % powers of two beside them, means of both gammas. */
    @Test
    void theModelsShape() {
        List<TraceJob> jobs = TraceFileTest.all(TRACE.open());
        assertThat(jobs).hasSize(JOBS);
        assertThat(share(jobs, job -> job.processors() == 1)).isCloseTo(0.244, within(0.01));
        assertThat(share(jobs, job -> job.processors() > 1 && Integer.bitCount(job.processors()) == 1))
                .isCloseTo(0.6, within(0.04));
        assertThat(jobs).allMatch(job -> job.processors() <= 128 && job.run() >= 1 && job.requested() >= job.run());
        // of serial jobs 77 % have the first gamma's mean logarithm, 3.95, the others the second's, 9.36
        List<TraceJob> serial =
                jobs.stream().filter(job -> job.processors() == 1).toList();
        assertThat(mean(serial, job -> Math.log(job.run() + 0.5))).isCloseTo(0.775 * 3.95 + 0.225 * 9.36, within(0.15));
    }

    @Test
    void theLoadIsAsWanted() {
        List<TraceJob> jobs = TraceFileTest.all(TRACE.open());
        double work = jobs.stream()
                .mapToDouble(job -> (double) job.run() * job.processors())
                .sum();
        double span = jobs.get(JOBS - 1).submit() - jobs.get(0).submit();
        assertThat(work / span / 128).isCloseTo(0.7, within(0.01));
    }

    /** Most are submitted by day. */
    @Test
    void aDayHasItsHours() {
        List<TraceJob> jobs = TraceFileTest.all(TRACE.open());
        double day = share(jobs, job -> job.submit() % 86_400 / 3600 >= 10 && job.submit() % 86_400 / 3600 < 20);
        assertThat(day).isBetween(0.55, 0.85);
    }

    @Test
    void singleCoresOnTop() {
        Generated trace = new Generated(2000, 512, 0.5, 0.25, 300, 3);
        List<TraceJob> jobs = TraceFileTest.all(trace.open());
        List<TraceJob> parallel = TraceFileTest.all(new Generated(2000, 512, 0.5, 0, 300, 3).open());
        double span = jobs.get(jobs.size() - 1).submit();
        double all = jobs.stream()
                .mapToDouble(job -> (double) job.run() * job.processors())
                .sum();
        double model = parallel.stream()
                .mapToDouble(job -> (double) job.run() * job.processors())
                .sum();
        assertThat((all - model) / span / 512).isCloseTo(0.25, within(0.01));
        assertThat(jobs.size() - 2000).isGreaterThan(1000);
    }

    @Test
    void theSameSeedIsTheSameTrace() {
        assertThat(TraceFileTest.all(TRACE.open())).isEqualTo(TraceFileTest.all(TRACE.open()));
        assertThat(TraceFileTest.all(new Generated(100, 128, 0.7, 0, 60, 2).open()))
                .isNotEqualTo(TraceFileTest.all(new Generated(100, 128, 0.7, 0, 60, 3).open()));
    }

    @Test
    void whatCannotBe() {
        assertThatThrownBy(() -> new Generated(0, 128, 0.7, 0, 60, 1)).isInstanceOf(BadInputException.class);
        assertThatThrownBy(() -> new Generated(1, 128, Double.NaN, 0, 60, 1)).isInstanceOf(BadInputException.class);
    }
}
