package io.spillway.policy;

import io.spillway.model.Job;
import io.spillway.model.Request;
import io.spillway.model.Size;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Jobs that would run if there were nodes, are of one class and ask for the same. Immutable.
 *
 * @param of their class
 * @param asks what each of them asks for
 * @param jobs they, in the order of the view
 * @param first the one that runs first, by {@link #ORDER}
 */
public record Waiting(JobClass of, Asks asks, List<Job> jobs, Job first) {
    /** The more urgent by Slurm's priority come first, of these those that were submitted first. */
    public static final Comparator<Job> ORDER = Comparator.comparingLong(
                    (Job job) -> -job.request().priority())
            .thenComparing(job -> job.request().submitted())
            .thenComparing(Job::id);

    /** What Slurm says of a job that would run if there were nodes. */
    private static final Set<String> WORDS =
            Set.of("Resources", "Priority", "None", "", "ReqNodeNotAvail", "Nodes_required_for_job_are_DOWN");

    public Waiting {
        jobs = List.copyOf(jobs);
    }

    /**
     * What a job asks for.
     *
     * @param partition where it was submitted to
     * @param features the features its nodes must have
     * @param nodes on how many nodes it would run, 1 or more
     * @param share what it would use of each; 1 CPU or more
     */
    public record Asks(String partition, Set<String> features, int nodes, Size share) {}

    /**
     * Whether a job would run if there were nodes.
     *
     * @param job any job
     * @return true if it waits for nothing else
     */
    public static boolean is(Job job) {
        Request request = job.request();
        return request.priority() > 0
                && !job.held()
                && request.plain()
                && job.pending()
                && WORDS.contains(request.waits());
    }

    /** All that tells two of them apart. A class depends on nothing else of a job that is on no node. */
    private record Key(
            String partition,
            String qos,
            String account,
            Set<String> features,
            int nodes,
            int cpus,
            long memory,
            int hash) {
        static Key of(Job job) {
            Request request = job.request();
            Size all = request.size();
            int hash = job.partition().hashCode();
            hash = 31 * hash + request.qos().hashCode();
            hash = 31 * hash + request.account().hashCode();
            hash = 31 * hash + request.features().hashCode();
            hash = 31 * hash + request.nodes();
            hash = 31 * hash + all.cpus();
            hash = 31 * hash + Long.hashCode(all.memory());
            return new Key(
                    job.partition(),
                    request.qos(),
                    request.account(),
                    request.features(),
                    request.nodes(),
                    all.cpus(),
                    all.memory(),
                    hash);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    private static final class Group {
        final List<Job> jobs = new ArrayList<>();
        Job first;

        Group(Job first) {
            this.first = first;
        }

        void add(Job job) {
            jobs.add(job);
            boolean may = job.request().priority() >= first.request().priority();
            if (may && ORDER.compare(job, first) < 0) {
                first = job;
            }
        }
    }

    /** Sorts all that wait, in one pass: a long queue is far more than a processor keeps at hand. */
    static List<Waiting> of(List<Job> all, JobClasses classes) {
        Map<Key, Group> groups = new HashMap<>();
        for (Job job : all) {
            if (is(job)) {
                Key key = Key.of(job);
                Group group = groups.get(key);
                if (group == null) {
                    group = new Group(job);
                    groups.put(key, group);
                }
                group.add(job);
            }
        }
        return groups.values().stream()
                .map(group -> like(group, classes))
                .sorted(Comparator.comparing(Waiting::first, ORDER))
                .toList();
    }

    private static Waiting like(Group group, JobClasses classes) {
        Job one = group.first;
        Size share = Capacity.share(one);
        Asks asks = new Asks(
                one.partition(),
                one.request().features(),
                Math.max(1, one.request().nodes()),
                new Size(Math.max(1, share.cpus()), share.memory()));
        return new Waiting(classes.of(one, Optional.empty()), asks, group.jobs, one);
    }

    /**
     * Those of them that a rule holds for.
     *
     * @param which the rule
     * @return they; empty if there is none
     */
    public Optional<Waiting> only(Predicate<Job> which) {
        List<Job> some = jobs.stream().filter(which).toList();
        return some.stream().min(ORDER).map(one -> new Waiting(of, asks, some, one));
    }
}
