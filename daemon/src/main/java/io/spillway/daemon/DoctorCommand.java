package io.spillway.daemon;

import io.spillway.daemon.api.Documents;
import io.spillway.daemon.api.Front;
import io.spillway.daemon.api.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Looks whether all is well; changes nothing. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        versionProvider = SpillwayCommand.Version.class,
        description = "Looks whether all is well; changes nothing.")
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
                doctor.checks()
                        .forEach(check -> root.console
                                .out()
                                .printf("%s  %s: %s%n", check.ok() ? "ok   " : "WRONG", check.check(), check.detail()));
            }
            return doctor.well() ? Exit.DONE : Exit.FAILED;
        }
    }
}
