package io.spillway.daemon;

import io.spillway.failure.BadInputException;
import io.spillway.failure.FailedException;
import io.spillway.simulation.sweep.Question;
import io.spillway.simulation.sweep.SweepFolder;
import io.spillway.simulation.trace.Generated;
import io.spillway.simulation.trace.Trace;
import io.spillway.simulation.whatif.Answer;
import io.spillway.simulation.whatif.Eviction;
import io.spillway.simulation.whatif.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Plays a trace of jobs on a site, under several policies side by side. Touches no real site. */
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        versionProvider = SpillwayCommand.Version.class,
        description = "Plays a trace of jobs on a site under several policies; touches no real site.")
final class SimulateCommand implements Callable<Integer> {
    private final SpillwayCommand root;

    @Mixin
    TraceOptions jobs = new TraceOptions();

    @Mixin
    SiteOptions machine = new SiteOptions();

    @Mixin
    SweepOptions sweep = new SweepOptions();

    @Option(names = "--svg", paramLabel = "FILE", description = "Draws the answer, too.")
    @Nullable Path svg;

    @Option(
            names = "--jobs",
            paramLabel = "FILE",
            description = "Writes when each job ran, too: policy, job, start (end less run time), end.")
    @Nullable Path ran;

    SimulateCommand(SpillwayCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        SweepRun swept = new SweepRun(root, sweep);
        if (sweep.gather != null) {
            swept.print(new SweepFolder(sweep.gather).gather());
            return Exit.DONE;
        }
        Question question = new Question(
                jobs.source(), machine.machine(), machine.order, machine.evictions(), machine.costs(), jobs.seed);
        if (!sweep.asked()) {
            play(question);
            return Exit.DONE;
        }
        if (svg != null || ran != null || jobs.save != null) {
            throw new BadInputException(null, "--svg, --jobs and --save are of one simulation, not of a sweep");
        }
        return swept.run(question, given());
    }

    private Map<String, String> given() {
        Map<String, String> given = new LinkedHashMap<>();
        jobs.tell(given);
        machine.tell(given);
        return given;
    }

    private void play(Question question) {
        Trace trace = question.trace();
        if (jobs.save != null && trace instanceof Generated made) {
            made.write(jobs.save);
        }
        try (SimulationProgress progress =
                new SimulationProgress(root.console, question.policies().size(), ran)) {
            List<Report> reports = new ArrayList<>();
            for (Eviction eviction : question.policies()) {
                if (progress.begin(eviction.toString())) {
                    reports.add(question.play(eviction, progress));
                }
            }
            progress.clear();
            print(new Answer(trace.name(), question.site(), reports));
        }
    }

    private void print(Answer answer) {
        if (root.json) {
            root.console.out().println(answer.json());
        } else {
            answer.lines().forEach(root.console.out()::println);
        }
        if (svg != null) {
            try {
                Files.writeString(svg, answer.svg());
            } catch (IOException unwritable) {
                throw new FailedException(
                        svg.toString(), "%s cannot be written: %s".formatted(svg, unwritable), unwritable);
            }
        }
    }
}
