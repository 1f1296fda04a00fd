package io.spillway.daemon;

import io.spillway.failure.BadInputException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The batch script of a sweep: a job array whose tasks share nothing but the folder in which each writes its own file.
 *
 * @param folder where they write, and their logs
 * @param directory where the command was typed
 * @param tasks how many
 * @param atOnce how many run at once at most
 * @param words the command as it was typed
 */
record ArrayScript(Path folder, Path directory, int tasks, int atOnce, List<String> words) {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=,+@%-]+");

    /** What sbatch or the shell would read otherwise. */
    private static final Pattern ODD = Pattern.compile("[\"\\\\%\\p{Cntrl}]");

    ArrayScript {
        words = List.copyOf(words);
        if (words.stream().anyMatch(word -> word.chars().anyMatch(Character::isISOControl))) {
            throw new BadInputException(null, "a word with a control character cannot stand in a batch script");
        }
        for (Path path : List.of(folder, directory)) {
            if (ODD.matcher(path.toString()).find()) {
                throw new BadInputException(
                        path.toString(),
                        "sbatch cannot be told of the folder '%s'; one without quotes, %% and backslashes would be right"
                                .formatted(path));
            }
        }
    }

    /** The script's text. */
    String text() {
        String command = words.stream().map(ArrayScript::quoted).collect(Collectors.joining(" "));
        return """
                #!/bin/bash
                # A sweep in %1$d tasks, at most %2$d at once, each for itself, written by
                #   spillway %3$s
                # Submit it with sbatch; options that are given there go before those here, such as --partition and --time.
                # SPILLWAY is the command on the nodes, if it is elsewhere than here. When all tasks have ended:
                #   spillway simulate --gather %4$s
                #SBATCH --job-name=spillway-sweep
                #SBATCH --array=0-%5$d%%%2$d
                #SBATCH --nodes=1
                #SBATCH --ntasks=1
                #SBATCH --cpus-per-task=1
                #SBATCH --chdir="%6$s"
                #SBATCH --output="%7$s/task-%%a.log"
                set -euo pipefail
                exec "${SPILLWAY:-%8$s}" %3$s --task "$SLURM_ARRAY_TASK_ID"
                """.formatted(
                        tasks,
                        atOnce,
                        command,
                        quoted(folder.toString()),
                        tasks - 1,
                        directory,
                        folder,
                        System.getProperty("spillway.command", "spillway"));
    }

    static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
