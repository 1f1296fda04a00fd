package io.spillway.policy.rules;

import io.spillway.model.Goal;
import io.spillway.model.Host;
import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.Phase;
import io.spillway.model.Pool;
import io.spillway.model.Request;
import io.spillway.model.Size;
import io.spillway.policy.Capacity;
import io.spillway.policy.Outlook;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * How many more nodes of each pool the jobs that wait could use, beyond those that are there or coming. Jobs of one shape
 * are counted together, so that a long queue costs little.
 */
final class Demand {
    /** What Slurm says of a job that would run if there were nodes. */
    private static final Set<String> WAITS =
            Set.of("Resources", "Priority", "None", "", "ReqNodeNotAvail", "Nodes_required_for_job_are_DOWN");

    private static final Comparator<Group> FIRST = Comparator.comparingLong(
                    (Group group) -> -group.first.request().priority())
            .thenComparing(group -> group.first.request().submitted())
            .thenComparing(group -> group.first.id());

    private final Outlook outlook;
    private final Map<String, List<Bin>> bins = new HashMap<>();
    private final Map<String, Integer> left = new HashMap<>();
    private final Map<String, Long> places = new HashMap<>();
    private final List<Want> wants = new ArrayList<>();

    private Demand(Outlook outlook) {
        this.outlook = outlook;
    }

    /**
     * Nodes that are wanted.
     *
     * @param pool of which pool
     * @param nodes how many more
     * @param job the first job that waits for them
     */
    record Want(Pool pool, int nodes, Job job) {}

    private record Shape(String partition, Set<String> features, int nodes, Size size) {}

    private static final class Group {
        final Shape shape;
        Job first;
        int jobs;

        Group(Shape shape, Job first) {
            this.shape = shape;
            this.first = first;
        }
    }

    /** What is free on one node. */
    private static final class Bin {
        int cpus;
        long memory;

        Bin(Size size) {
            cpus = size.cpus();
            memory = size.memory();
        }

        int fits(Size size) {
            long byCpus = size.cpus() == 0 ? Integer.MAX_VALUE : cpus / size.cpus();
            long byMemory = size.memory() == 0 ? Integer.MAX_VALUE : memory / size.memory();
            return (int) Math.min(byCpus, byMemory);
        }

        void take(Size size, int times) {
            cpus -= size.cpus() * times;
            memory -= size.memory() * times;
        }
    }

    /**
     * Counts.
     *
     * @param outlook what is seen
     * @param which the jobs that count
     * @return what is wanted, the most pressing first
     */
    static List<Want> of(Outlook outlook, Predicate<Job> which) {
        List<Pool> pools = outlook.view().pools().stream()
                .filter(pool -> pool.terms().isPresent())
                .sorted(Comparator.comparing(Pool::name))
                .toList();
        if (pools.isEmpty()) {
            return List.of();
        }
        List<Group> groups = groups(outlook.view().jobs(), which);
        if (groups.isEmpty()) {
            return List.of();
        }
        Demand demand = new Demand(outlook);
        demand.supply(pools);
        groups.sort(FIRST);
        for (Group group : groups) {
            demand.serve(group, pools);
        }
        return demand.wants;
    }

    /** The pools whose nodes some job that waits could use. */
    static Set<String> pools(Outlook outlook) {
        Set<String> names = new HashSet<>();
        List<Group> groups = groups(outlook.view().jobs(), job -> true);
        for (Pool pool : outlook.view().pools()) {
            boolean wanted = pool.terms().isPresent() && groups.stream().anyMatch(group -> takes(pool, group.shape));
            if (wanted) {
                names.add(pool.name());
            }
        }
        return names;
    }

    private static List<Group> groups(List<Job> jobs, Predicate<Job> which) {
        Map<Shape, Group> groups = new HashMap<>();
        for (Job job : jobs) {
            if (!waits(job) || !which.test(job)) {
                continue;
            }
            Request request = job.request();
            Size share = Capacity.share(job);
            Size size = new Size(Math.max(1, share.cpus()), share.memory());
            Shape shape = new Shape(job.partition(), request.features(), Math.max(1, request.nodes()), size);
            Group group = groups.computeIfAbsent(shape, unused -> new Group(shape, job));
            group.jobs++;
            boolean earlier = request.priority() > group.first.request().priority();
            if (earlier) {
                group.first = job;
            }
        }
        return new ArrayList<>(groups.values());
    }

    /** Whether it would run if there were nodes. */
    static boolean waits(Job job) {
        Request request = job.request();
        return request.priority() > 0
                && !job.held()
                && request.plain()
                && job.pending()
                && WAITS.contains(request.waits());
    }

    private void supply(List<Pool> pools) {
        Map<String, Integer> there = new HashMap<>();
        for (Node node : outlook.view().nodes()) {
            String pool = node.pool().orElse("");
            if (node.phase() != Phase.ABSENT && !QueuePolicy.warm(node)) {
                there.merge(pool, 1, Integer::sum);
            }
            if (comes(node)) {
                Bin bin = new Bin(node.size().orElseThrow());
                node.jobs().stream().filter(Job::onNodes).forEach(job -> bin.take(Capacity.share(job), 1));
                if (bin.cpus > 0) {
                    bins.computeIfAbsent(pool, unused -> new ArrayList<>()).add(bin);
                }
            }
        }
        for (Pool pool : pools) {
            left.put(pool.name(), pool.maximum() - there.getOrDefault(pool.name(), 0));
            places.put(pool.name(), places(pool.terms().orElseThrow().size()));
        }
    }

    /**
     * How many nodes of that size the open hosts would bear if nothing else were on them. A job that wants more never runs
     * there, whoever steps aside for it: it brings nothing and holds nothing back. A host of unknown size may bear any.
     */
    private long places(Size size) {
        long places = 0;
        for (Host host : outlook.view().hosts()) {
            if (!StepAside.open(outlook, host.name())) {
                continue;
            }
            if (host.size().isEmpty()) {
                return Long.MAX_VALUE;
            }
            places += new Bin(host.size().get().minus(outlook.basis().reserve())).fits(size);
        }
        return places;
    }

    /** Whether it takes jobs, or will without another word from us. */
    private static boolean comes(Node node) {
        boolean wanted =
                node.goal().filter(goal -> goal.state() != Goal.State.READY).isEmpty();
        boolean on = node.phase() == Phase.READY
                || node.phase() == Phase.BUILDING
                || node.phase() == Phase.JOINING
                || node.phase() == Phase.RETURNING
                || (Outlook.inMotion(node) && node.goal().isPresent() && node.phase() != Phase.LEAVING);
        return on && wanted && node.intent().isEmpty() && node.size().isPresent();
    }

    private void serve(Group group, List<Pool> pools) {
        int open = group.jobs;
        for (Pool pool : pools) {
            if (open == 0) {
                return;
            }
            if (takes(pool, group.shape)) {
                open -= fill(group.shape, open, bins.getOrDefault(pool.name(), List.of()));
            }
        }
        for (Pool pool : pools) {
            if (open > 0 && takes(pool, group.shape)) {
                open -= want(pool, group, open);
            }
        }
    }

    private static boolean takes(Pool pool, Shape shape) {
        Pool.Terms terms = pool.terms().orElseThrow();
        return terms.partitions().contains(shape.partition())
                && terms.features().containsAll(shape.features())
                && shape.size().fitsIn(terms.size())
                && shape.nodes() <= pool.maximum();
    }

    /** How many jobs find place in what is there. */
    private static int fill(Shape shape, int jobs, List<Bin> bins) {
        long places = 0;
        for (Bin bin : bins) {
            places += Math.min(bin.fits(shape.size()), jobs);
        }
        int served = (int) Math.min(jobs, places / shape.nodes());
        int todo = served * shape.nodes();
        for (Bin bin : bins) {
            int here = Math.min(todo, Math.min(bin.fits(shape.size()), served));
            bin.take(shape.size(), here);
            todo -= here;
        }
        return served;
    }

    private int want(Pool pool, Group group, int jobs) {
        Size size = pool.terms().orElseThrow().size();
        int each = Math.max(1, new Bin(size).fits(group.shape.size()));
        int more = left.getOrDefault(pool.name(), 0);
        int perJob = group.shape.nodes();
        if (more < perJob || places.getOrDefault(pool.name(), 0L) < perJob) {
            return 0;
        }
        long wanted = Math.max(perJob, ((long) jobs * perJob + each - 1) / each);
        int nodes = (int) Math.min(more, wanted);
        List<Bin> fresh = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            fresh.add(new Bin(size));
        }
        int served = fill(group.shape, jobs, fresh);
        if (served == 0) {
            return 0;
        }
        left.merge(pool.name(), -nodes, Integer::sum);
        bins.computeIfAbsent(pool.name(), unused -> new ArrayList<>()).addAll(fresh);
        wants.add(new Want(pool, nodes, group.first));
        return served;
    }
}
