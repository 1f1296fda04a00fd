package io.spillway.daemon;

import io.spillway.daemon.api.Documents;
import io.spillway.daemon.api.Front;
import io.spillway.daemon.api.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Shows what suspension has saved, against what requeues would have lost. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        versionProvider = SpillwayCommand.Version.class,
        description = "Shows what suspension has saved, against what requeues would have lost.")
final class ReportCommand implements Callable<Integer> {
    private final SpillwayCommand root;

    ReportCommand(SpillwayCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        try (Front front = root.front()) {
            Documents.Report report = front.report();
            if (root.json) {
                root.console.out().println(Json.text(report));
                return Exit.DONE;
            }
            root.console.out().println("CPU-hours since %s".formatted(report.since() == null ? "now" : report.since()));
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("CLASS", "INTERRUPTIONS", "REQUEUE WOULD HAVE LOST", "KEPT", "STOOD STILL"));
            report.classes()
                    .forEach(one -> rows.add(List.of(
                            one.name(),
                            Long.toString(one.interruptions()),
                            hours(one.requeueLostHours()),
                            hours(one.keptHours()),
                            hours(one.stillHours()))));
            Table.lines(rows).forEach(root.console.out()::println);
        }
        return Exit.DONE;
    }

    private static String hours(double hours) {
        return String.format(Locale.ROOT, "%.1f", hours);
    }
}
