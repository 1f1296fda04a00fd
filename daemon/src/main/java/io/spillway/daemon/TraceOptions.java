package io.spillway.daemon;

import io.spillway.failure.BadInputException;
import io.spillway.simulation.Times;
import io.spillway.simulation.sweep.Question;
import io.spillway.simulation.sweep.Question.Made;
import io.spillway.simulation.sweep.Question.Recorded;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which jobs a simulation plays. */
final class TraceOptions {
    @Parameters(
            arity = "0..1",
            paramLabel = "TRACE",
            description = "SWF, or what sacct --parsable2 prints; plain or gzipped.")
    @Nullable Path trace;

    @Option(names = "--strict", description = "A broken line ends it; else it is left out and told.")
    boolean strict;

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

    @Option(names = "--save", paramLabel = "FILE", description = "Writes the generated trace as SWF, too.")
    @Nullable Path save;

    Question.Source source() {
        if (trace != null && generate == null && save == null) {
            return new Recorded(trace, strict);
        }
        if (trace != null || generate == null) {
            throw new BadInputException(null, "a trace or --generate JOBS, one of them; --save goes with --generate");
        }
        return new Made(generate, load, htc, Times.seconds("--htc-run", htcRun));
    }

    /** As they were given, by the options' names. */
    void tell(Map<String, String> given) {
        if (trace != null) {
            given.put("trace", trace.toString());
        }
        if (generate != null) {
            given.put("generate", generate.toString());
            given.put("load", Double.toString(load));
            given.put("htc", Double.toString(htc));
            given.put("htc-run", htcRun);
        }
    }
}
