package io.spillway.simulation.sweep;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.spillway.failure.BadInputException;
import io.spillway.failure.FailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The folder of a sweep whose parts are played by several processes: what the sweep is, and a file for each task, which
 * nobody but that task writes. Part {@code p} is of task {@code p} modulo the number of tasks.
 *
 * @param path where it is
 */
public record SweepFolder(Path path) {
    /** The batch script in it. */
    public static final String SCRIPT = "sweep.sbatch";

    /** More tasks Slurm's usual MaxArraySize does not allow. */
    public static final int MOST_TASKS = 1000;

    /** What the sweep is. */
    private record Plan(Grid grid, int tasks) {}

    /** What a task has done. */
    private record Done(Grid grid, int task, List<Part> parts) {}

    /**
     * How many tasks a sweep is for.
     *
     * @param grid the sweep
     * @return one for each part, as far as that may be
     */
    public static int tasks(Grid grid) {
        return (int) Math.min(MOST_TASKS, grid.parts());
    }

    /**
     * Begins a sweep here.
     *
     * @param grid what it is
     * @throws BadInputException if another one is here
     */
    public void begin(Grid grid) {
        try {
            Files.createDirectories(path);
        } catch (IOException unwritable) {
            throw unwritable(path, unwritable);
        }
        Plan plan = new Plan(grid, tasks(grid));
        if (Files.exists(file("sweep.json"))
                && !read(file("sweep.json"), Plan.class).equals(plan)) {
            throw new BadInputException(
                    path.toString(), "%s has another sweep in it; another folder would be right".formatted(path));
        }
        write(file("sweep.json"), Json.write(plan));
    }

    /**
     * Plays what one task has to do, and writes it down.
     *
     * @param sweep the sweep
     * @param task which task
     */
    public void play(Sweep sweep, int task) {
        Grid grid = sweep.grid();
        List<Part> parts = mine(grid, task).mapToObj(sweep::play).toList();
        write(part(task), Json.write(new Done(grid, task, parts)));
    }

    static IntStream mine(Grid grid, int task) {
        int tasks = tasks(grid);
        return IntStream.iterate(task, part -> part < grid.parts(), part -> part + tasks);
    }

    /**
     * Joins what all tasks have written.
     *
     * @return what became of the sweep
     * @throws FailedException if a task's file is missing or broken; says which, and what repeats those tasks
     */
    public Swept gather() {
        Plan plan = read(file("sweep.json"), Plan.class);
        Map<Integer, String> wrong = new TreeMap<>();
        List<Part> parts = new ArrayList<>();
        for (int task = 0; task < plan.tasks(); task++) {
            try {
                parts.addAll(done(plan, task).parts());
            } catch (BadInputException mistake) {
                wrong.put(task, mistake.getMessage());
            }
        }
        if (!wrong.isEmpty()) {
            throw new FailedException(
                    path.toString(),
                    "%d of %d tasks are missing or broken: %s; again: sbatch --array=%s %s"
                            .formatted(
                                    wrong.size(),
                                    plan.tasks(),
                                    wrong.entrySet().stream()
                                                    .limit(3)
                                                    .map(one -> "task %d (%s)".formatted(one.getKey(), one.getValue()))
                                                    .collect(Collectors.joining(", "))
                                            + (wrong.size() > 3 ? ", …" : ""),
                                    ranges(List.copyOf(wrong.keySet())),
                                    file(SCRIPT)));
        }
        return new Swept(plan.grid(), parts);
    }

    private Done done(Plan plan, int task) {
        if (!Files.exists(part(task))) {
            throw new BadInputException(null, "no %s yet".formatted(part(task).getFileName()));
        }
        Done done = read(part(task), Done.class);
        if (!done.grid().equals(plan.grid()) || done.task() != task) {
            throw new BadInputException(
                    null, "%s is of another sweep".formatted(part(task).getFileName()));
        }
        boolean whole = done.parts().stream()
                        .map(Part::number)
                        .toList()
                        .equals(mine(plan.grid(), task).boxed().toList())
                && done.parts().stream()
                        .allMatch(part ->
                                part.reports().size() == plan.grid().policies().size());
        if (!whole) {
            throw new BadInputException(
                    null, "%s lacks a part".formatted(part(task).getFileName()));
        }
        return done;
    }

    /** As Slurm writes them: 3,7-9. */
    static String ranges(List<Integer> numbers) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < numbers.size(); i++) {
            int from = numbers.get(i);
            while (i + 1 < numbers.size() && numbers.get(i + 1) == numbers.get(i) + 1) {
                i++;
            }
            text.append(text.isEmpty() ? "" : ",").append(from);
            if (numbers.get(i) > from) {
                text.append('-').append(numbers.get(i));
            }
        }
        return text.toString();
    }

    private Path file(String name) {
        return path.resolve(name);
    }

    private Path part(int task) {
        return file("task-%d.json".formatted(task));
    }

    private static <T> T read(Path file, Class<T> type) {
        try {
            return Json.read(Files.readString(file), type);
        } catch (NoSuchFileException none) {
            throw new BadInputException(
                    file.toString(), "%s is not there; spillway simulate --array writes it".formatted(file), none);
        } catch (JsonProcessingException broken) {
            throw new BadInputException(file.toString(), "%s is broken".formatted(file.getFileName()), broken);
        } catch (IOException unreadable) {
            throw new BadInputException(file.toString(), "%s cannot be read".formatted(file), unreadable);
        }
    }

    /**
     * Writes the batch script.
     *
     * @param text what stands in it
     * @return where it is
     */
    public Path script(String text) {
        write(file(SCRIPT), text);
        return file(SCRIPT);
    }

    /** Whole or not at all: who is killed meanwhile leaves no half of a file. */
    private void write(Path file, String text) {
        try {
            Path beside = file(".%s.%s".formatted(file.getFileName(), UUID.randomUUID()));
            Files.writeString(beside, text);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException unwritable) {
            throw unwritable(file, unwritable);
        }
    }

    private static FailedException unwritable(Path file, IOException cause) {
        return new FailedException(file.toString(), "%s cannot be written: %s".formatted(file, cause), cause);
    }
}
