package io.spillway.daemon;

import io.spillway.failure.BadInputException;
import io.spillway.failure.FailedException;
import io.spillway.policy.Calibration;
import io.spillway.policy.CostModel;
import io.spillway.simulation.trace.Generated;
import io.spillway.simulation.trace.Trace;
import io.spillway.simulation.trace.TraceFile;
import io.spillway.simulation.whatif.Answer;
import io.spillway.simulation.whatif.Eviction;
import io.spillway.simulation.whatif.Order;
import io.spillway.simulation.whatif.Report;
import io.spillway.simulation.whatif.Site;
import io.spillway.simulation.whatif.WhatIf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Plays a trace of jobs on a site, under several policies side by side. Touches no real site. */
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        versionProvider = SpillwayCommand.Version.class,
        description = "Plays a trace of jobs on a site under several policies; touches no real site.")
final class SimulateCommand implements Callable<Integer> {
    private final SpillwayCommand root;

    @Parameters(
            arity = "0..1",
            paramLabel = "TRACE",
            description = "SWF, or what sacct --parsable2 prints; plain or gzipped.")
    @Nullable Path trace;

    @Option(
            names = "--generate",
            paramLabel = "JOBS",
            description = "Instead of a trace: so many jobs after Lublin and Feitelson.")
    @Nullable Integer generate;

    @Option(
            names = "--load",
            paramLabel = "SHARE",
            defaultValue = "0.7",
            description = "Of the site's cores that generated jobs ask for; ${DEFAULT-VALUE} if not given.")
    double load = 0.7;

    @Option(
            names = "--htc",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Of the site's cores that single-core jobs ask for, which come on top; none if not given.")
    double htc;

    @Option(
            names = "--htc-run",
            paramLabel = "TIME",
            defaultValue = "1h",
            description = "How long those run in the mean; ${DEFAULT-VALUE} if not given.")
    String htcRun = "1h";

    @Option(
            names = "--seed",
            paramLabel = "NUMBER",
            defaultValue = "1",
            description = "Another seed, other chances; ${DEFAULT-VALUE} if not given.")
    long seed = 1;

    @Option(
            names = "--site",
            paramLabel = "SITE",
            required = true,
            description = "HOSTSxCORES, such as 1000x8, or a YAML file.")
    String site = "";

    @Option(
            names = "--policies",
            paramLabel = "NAMES",
            split = ",",
            defaultValue = "no-cloud,kill,suspend,checkpoint",
            description = "Of ${DEFAULT-VALUE}, all if not given.")
    List<String> policies = List.of();

    @Option(
            names = "--order",
            paramLabel = "ORDER",
            defaultValue = "easy",
            description = "fifo or easy, or accasim to compare with that; ${DEFAULT-VALUE} if not given.")
    Order order = Order.EASY;

    @Option(
            names = "--reclaim",
            paramLabel = "TIME",
            description = "The cloud's owner takes each host away so often in the mean, for 5 minutes.")
    @Nullable String reclaim;

    @Option(
            names = "--calibration",
            paramLabel = "FILE",
            description = "What things took at a site: calibration.json of its daemon.")
    @Nullable Path calibration;

    @Option(names = "--strict", description = "A broken line ends it; else it is left out and told.")
    boolean strict;

    @Option(names = "--svg", paramLabel = "FILE", description = "Draws the answer, too.")
    @Nullable Path svg;

    @Option(names = "--save", paramLabel = "FILE", description = "Writes the generated trace as SWF, too.")
    @Nullable Path save;

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
        List<Eviction> evictions =
                policies.stream().map(Eviction::parse).distinct().toList();
        Site machine = reclaim == null
                ? Site.parse(site)
                : Site.parse(site)
                        .with(new Site.Reclaim(
                                (int) Verb.time("--reclaim", reclaim).toSeconds(), 300));
        Trace jobs = jobs(machine);
        CostModel costs = new CostModel(CostModel.DEFAULT.rates(), calibrated());
        WhatIf question = new WhatIf(jobs, machine, order, costs, seed);
        try (SimulationProgress progress = new SimulationProgress(root.console, evictions.size(), ran)) {
            List<Report> reports = new ArrayList<>();
            for (Eviction eviction : evictions) {
                if (progress.begin(eviction.toString())) {
                    reports.add(question.play(eviction, progress));
                }
            }
            progress.clear();
            print(new Answer(jobs.name(), machine, reports));
        }
        return Exit.DONE;
    }

    private Trace jobs(Site machine) {
        if (trace != null && generate == null && save == null) {
            return new TraceFile(trace, strict);
        }
        if (trace != null || generate == null) {
            throw new BadInputException(null, "a trace or --generate JOBS, one of them; --save goes with --generate");
        }
        Generated jobs = new Generated(
                generate,
                machine.hosts() * machine.cores(),
                load,
                htc,
                (int) Verb.time("--htc-run", htcRun).toSeconds(),
                seed);
        if (save != null) {
            jobs.write(save);
        }
        return jobs;
    }

    private Calibration calibrated() {
        if (calibration == null) {
            return Calibration.NONE;
        }
        try {
            return Calibration.parse(Files.readString(calibration));
        } catch (IOException unreadable) {
            throw new BadInputException(
                    calibration.toString(), "%s cannot be read: %s".formatted(calibration, unreadable), unreadable);
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
