package io.spillway.daemon;

import io.spillway.failure.BadInputException;
import io.spillway.simulation.sweep.Axis;
import io.spillway.simulation.sweep.Grid;
import io.spillway.simulation.sweep.Question;
import io.spillway.simulation.sweep.Sweep;
import io.spillway.simulation.sweep.SweepFolder;
import io.spillway.simulation.sweep.Swept;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A sweep: played here on all cores, or written down for Slurm and played there task by task. */
final class SweepRun {
    private final SpillwayCommand root;
    private final SweepOptions options;

    SweepRun(SpillwayCommand root, SweepOptions options) {
        this.root = root;
        this.options = options;
    }

    int run(Question question, Map<String, String> given) {
        List<Axis> axes = options.axes();
        axes.forEach(axis -> given.remove(axis.name()));
        Sweep sweep = new Sweep(question, given, axes, options.seeds());
        Path array = options.array;
        if (array == null) {
            play(sweep);
        } else if (options.task == null) {
            write(sweep.grid(), array);
        } else {
            task(sweep, array, options.task);
        }
        return Exit.DONE;
    }

    private void play(Sweep sweep) {
        try (Farewell farewell = new Farewell(root.console)) {
            ProgressLine line = new ProgressLine(root.console);
            long parts = sweep.grid().parts();
            Swept swept = sweep.play(Runtime.getRuntime().availableProcessors(), done -> {
                line.tell((double) done / parts, () -> "%d of %d parts".formatted(done, parts));
                return !farewell.asked();
            });
            line.clear();
            print(swept);
        }
    }

    void print(Swept swept) {
        if (root.json) {
            root.console.out().println(swept.json());
        } else {
            swept.lines().forEach(root.console.out()::println);
        }
        root.console.out().flush();
    }

    private void write(Grid grid, Path array) {
        SweepFolder folder = new SweepFolder(array);
        ArrayScript script = new ArrayScript(
                array.toAbsolutePath().normalize(),
                Path.of("").toAbsolutePath(),
                SweepFolder.tasks(grid),
                options.atOnce,
                root.words());
        String text = script.text();
        folder.begin(grid);
        Path file = folder.script(text);
        root.console.out().println("%d parts in %d tasks: sbatch %s".formatted(grid.parts(), script.tasks(), file));
        root.console
                .out()
                .println("when they have ended: spillway simulate --gather " + ArrayScript.quoted(array.toString()));
    }

    private static void task(Sweep sweep, Path array, int task) {
        int tasks = SweepFolder.tasks(sweep.grid());
        if (task < 0 || task >= tasks) {
            throw new BadInputException(null, "--task %d: this sweep has tasks 0 to %d".formatted(task, tasks - 1));
        }
        SweepFolder folder = new SweepFolder(array);
        folder.begin(sweep.grid());
        folder.play(sweep, task);
    }
}
