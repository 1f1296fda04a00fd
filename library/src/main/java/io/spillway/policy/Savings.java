package io.spillway.policy;

import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.SiteView;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What suspension has saved: for each class of jobs, the CPU time that a requeue would have lost at each interruption,
 * and how much of it is kept. Counted from looks at the site, whoever interrupted the job: a policy, a person, the tide.
 * An interruption that begins and ends between two looks is not seen. Immutable; whoever watches the site keeps it.
 *
 * @param since when the counting began; empty before the first look
 * @param last when the last look was
 * @param jobs jobs that were interrupted and are not over
 * @param classes the sums, by the names of classes
 */
public record Savings(
        Optional<Instant> since, Optional<Instant> last, Map<String, Mark> jobs, Map<String, Sum> classes) {
    /** Nothing was counted. */
    public static final Savings NONE = new Savings(Optional.empty(), Optional.empty(), Map.of(), Map.of());

    public Savings {
        jobs = Map.copyOf(jobs);
        classes = Map.copyOf(classes);
    }

    /**
     * A job that was interrupted.
     *
     * @param jobClass the name of its class
     * @param cpus how many it has
     * @param ran how long it had run at its last interruption, all told
     * @param risked how much of that a requeue would have lost there: what it had run since the interruption before, where a
     *     requeue would have begun it anew
     * @param still whether it stands still now
     */
    public record Mark(String jobClass, int cpus, Duration ran, Duration risked, boolean still) {
        private Mark runs() {
            return new Mark(jobClass, cpus, ran, Duration.ZERO, false);
        }
    }

    /**
     * The sums of a class. All durations are CPU time: the job's time, times its CPUs.
     *
     * @param interruptions how often its jobs were interrupted
     * @param risked what requeues would have lost instead
     * @param kept how much of that belongs to jobs that went on; the rest stands still, or was ended meanwhile
     * @param still how long they stood still: what others could have meanwhile
     */
    public record Sum(long interruptions, Duration risked, Duration kept, Duration still) {
        /** Nothing. */
        public static final Sum NONE = new Sum(0, Duration.ZERO, Duration.ZERO, Duration.ZERO);

        private Sum plus(Sum more) {
            return new Sum(
                    interruptions + more.interruptions,
                    risked.plus(more.risked),
                    kept.plus(more.kept),
                    still.plus(more.still));
        }
    }

    /**
     * The savings with what is seen now.
     *
     * @param view a look at the site, in which all parts answered
     * @param of the classes of its jobs
     * @return the new savings
     */
    public Savings seen(SiteView view, JobClasses of) {
        Instant now = view.time();
        Map<NodeName, Node> nodes = new HashMap<>();
        view.nodes().forEach(node -> nodes.put(node.name(), node));
        Map<String, Mark> marks = new HashMap<>();
        Map<String, Sum> sums = new HashMap<>(classes);
        for (Job job : view.jobs()) {
            Mark before = jobs.get(job.id());
            if (before != null && job.runTime().compareTo(before.ran()) < 0) {
                before = null; // it was begun anew, and what it had is lost
            }
            Optional<Node> putAway = putAway(job, nodes);
            if (putAway.isPresent() && (before == null || !before.still())) {
                Mark mark = interrupted(job, before, of.of(job, putAway.get().pool()));
                Duration still = between(latest(job.suspendedAt().orElse(now)), now);
                add(sums, mark, new Sum(1, times(mark.risked(), mark), Duration.ZERO, times(still, mark)));
                marks.put(job.id(), mark);
            } else if (before != null && before.still() && job.suspended()) {
                Duration still = between(last.orElse(now), now);
                add(sums, before, new Sum(0, Duration.ZERO, Duration.ZERO, times(still, before)));
                marks.put(job.id(), before);
            } else if (before != null) {
                if (before.still() && wentOn(job, before)) {
                    Duration ran = job.runTime().minus(before.ran());
                    Duration still = job.running() ? between(last.orElse(now).plus(ran), now) : Duration.ZERO;
                    add(sums, before, new Sum(0, Duration.ZERO, times(before.risked(), before), times(still, before)));
                    before = before.runs();
                }
                if (job.onNodes() || job.pending()) {
                    marks.put(job.id(), before);
                }
            }
        }
        return new Savings(since.or(() -> Optional.of(now)), Optional.of(now), marks, sums);
    }

    private static Optional<Node> putAway(Job job, Map<NodeName, Node> nodes) {
        return job.suspended()
                ? job.nodes().stream()
                        .map(nodes::get)
                        .filter(node -> node != null && standsStill(node.phase()))
                        .findFirst()
                : Optional.empty();
    }

    private static boolean standsStill(Phase phase) {
        return phase == Phase.HELD || phase == Phase.CHECKPOINTED || phase == Phase.MOVING || phase == Phase.RETURNING;
    }

    private static Mark interrupted(Job job, @Nullable Mark before, JobClass of) {
        Duration risked = before == null ? job.runTime() : job.runTime().minus(before.ran());
        return new Mark(of.name(), Math.max(1, job.request().size().cpus()), job.runTime(), risked, true);
    }

    private static boolean wentOn(Job job, Mark before) {
        return job.running()
                || job.runTime().compareTo(before.ran()) > 0
                || job.states().contains("COMPLETED");
    }

    private Instant latest(Instant time) {
        return last.filter(time::isBefore).orElse(time);
    }

    private static Duration between(Instant from, Instant to) {
        return from.isBefore(to) ? Duration.between(from, to) : Duration.ZERO;
    }

    private static Duration times(Duration time, Mark job) {
        return time.multipliedBy(job.cpus());
    }

    private static void add(Map<String, Sum> sums, Mark job, Sum more) {
        sums.merge(job.jobClass(), more, Sum::plus);
    }

    /**
     * The sums, in the order of the classes' names.
     *
     * @return a map that may be changed
     */
    public Map<String, Sum> byClass() {
        return new TreeMap<>(classes);
    }

    /**
     * To be stored.
     *
     * @return JSON, which {@link #parse} reads back to the same
     */
    public String json() {
        return Json.write(this);
    }

    /**
     * Reads what {@link #json} wrote; what it does not know it leaves out.
     *
     * @param json the text
     * @return the savings
     * @throws io.spillway.failure.BadInputException in one line, if it is none
     */
    public static Savings parse(String json) {
        return Json.savings(json);
    }
}
