package io.spillway.daemon;

import io.spillway.daemon.api.Front;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command without a verb, and the options that all verbs have. */
@Command(
        name = "spillway",
        description = "Virtual nodes of a Slurm cluster: make, checkpoint, restore, move and remove them.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "VERB",
        versionProvider = SpillwayCommand.Version.class,
        subcommands = {
            UpCommand.class,
            DownCommand.class,
            CheckpointCommand.class,
            RestoreCommand.class,
            MigrateCommand.class,
            HoldCommand.class,
            ReleaseCommand.class,
            DrainCommand.class,
            UndrainCommand.class,
            MaintainCommand.class,
            NodesCommand.class,
            ShowCommand.class,
            HostsCommand.class,
            PoolsCommand.class,
            EventsCommand.class,
            PlanCommand.class,
            ReportCommand.class,
            TimelineCommand.class,
            DoctorCommand.class,
            SimulateCommand.class,
            GenerateCompletion.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed; one line says why",
            "2:usage, or bad input; nothing was changed",
            "3:done for some nodes, failed for others",
            "130:stopped by Ctrl-C; the same command goes on from there"
        })
final class SpillwayCommand implements Runnable {
    final Site site;
    final Console console;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "spillway.yaml; else $SPILLWAY_CONFIG, ~/.config/spillway/, /etc/spillway/.")
    @Nullable Path config;

    @Option(
            names = "--no-daemon",
            scope = ScopeType.INHERIT,
            description = "Do it within this process, also where a daemon runs.")
    boolean embedded;

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "The result as one JSON document.")
    boolean json;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Tracebacks and what goes over the wire.")
    boolean debug;

    @Spec
    @Nullable CommandSpec spec;

    SpillwayCommand(Site site, Console console) {
        this.site = site;
        this.console = console;
    }

    Front front() {
        return site.front(Optional.ofNullable(config), embedded);
    }

    /** The whole line as it was typed. */
    List<String> words() {
        return spec == null ? List.of() : spec.commandLine().getParseResult().originalArgs();
    }

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "which verb? " + String.join(", ", spec.subcommands().keySet()));
        }
    }

    /** The version that the jar was built as. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = SpillwayCommand.class.getPackage().getImplementationVersion();
            return new String[] {"spillway " + (version == null ? "(a build tree)" : version)};
        }
    }
}
