package io.spillway.daemon;

import io.spillway.daemon.api.Documents;
import io.spillway.daemon.api.Documents.Doctor.Check;
import io.spillway.daemon.api.Front;
import io.spillway.daemon.api.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Looks at the whole site; changes nothing. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        versionProvider = SpillwayCommand.Version.class,
        description = "Looks at the whole site, says what is not right and how to mend it; changes nothing.")
final class DoctorCommand implements Callable<Integer> {
    private final SpillwayCommand root;

    DoctorCommand(SpillwayCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        try (Front front = root.front()) {
            Documents.Doctor doctor = front.doctor();
            if (root.json) {
                root.console.out().println(Json.text(doctor));
            } else {
                lines(doctor.checks()).forEach(root.console.out()::println);
            }
            return doctor.well() ? Exit.DONE : Exit.FAILED;
        }
    }

    /** A table, the areas in their order, and after each line that wants it how to mend that. */
    private static List<String> lines(List<Check> checks) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("AREA", "CHECK", "VERDICT", "DETAIL"));
        checks.forEach(check ->
                rows.add(List.of(check.area(), check.check(), word(check.verdict()), Table.cell(check.detail()))));
        List<String> table = Table.lines(rows);
        List<String> lines = new ArrayList<>(table.subList(0, 1));
        for (int i = 0; i < checks.size(); i++) {
            lines.add(table.get(i + 1));
            String mend = checks.get(i).mend();
            if (mend != null) {
                lines.add("  mend: " + mend);
            }
        }
        long wrong = count(checks, "wrong");
        lines.add("%d checks: %s wrong, %d to be better, %d unknown"
                .formatted(
                        checks.size(),
                        wrong == 0 ? "none" : Long.toString(wrong),
                        count(checks, "advice"),
                        count(checks, "unknown")));
        return lines;
    }

    /** What is wrong is to be found by the eye. */
    private static String word(String verdict) {
        return verdict.equals("wrong") ? verdict.toUpperCase(Locale.ROOT) : verdict;
    }

    private static long count(List<Check> checks, String verdict) {
        return checks.stream().filter(check -> check.verdict().equals(verdict)).count();
    }
}
