package io.spillway.policy.rules;

import io.spillway.model.Goal;
import io.spillway.model.Host;
import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.Phase;
import io.spillway.model.Pool;
import io.spillway.model.Size;
import io.spillway.policy.Capacity;
import io.spillway.policy.Outlook;
import io.spillway.policy.Waiting;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How many more nodes of each pool the jobs that wait could use, beyond those that are there or coming. Jobs of one shape
 * are counted together, so that a long queue costs little.
 */
final class Demand {
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

    /** Jobs that ask for the same, whatever their class; the first of them. */
    private static final class Group {
        final Waiting.Asks asks;
        Job first;
        int jobs;

        Group(Waiting.Asks asks, Job first) {
            this.asks = asks;
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
            if (size.cpus() > cpus || size.memory() > memory) {
                return 0;
            }
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
     * @param waiting the jobs that count
     * @return what is wanted, the most pressing first
     */
    static List<Want> of(Outlook outlook, List<Waiting> waiting) {
        List<Pool> pools = outlook.view().pools().stream()
                .filter(pool -> pool.terms().isPresent())
                .sorted(Comparator.comparing(Pool::name))
                .toList();
        if (pools.isEmpty() || waiting.isEmpty()) {
            return List.of();
        }
        Demand demand = new Demand(outlook);
        demand.supply(pools);
        for (Group group : groups(waiting)) {
            demand.serve(group, pools);
        }
        return demand.wants;
    }

    /** The jobs of urgent classes. */
    static List<Waiting> urgent(Outlook outlook) {
        return outlook.waiting().stream()
                .filter(waiting -> waiting.of().urgent())
                .toList();
    }

    /** The pools whose nodes some job that waits could use. */
    static Set<String> pools(Outlook outlook) {
        Set<String> names = new HashSet<>();
        for (Pool pool : outlook.view().pools()) {
            boolean wanted = pool.terms().isPresent()
                    && outlook.waiting().stream().anyMatch(waiting -> takes(pool, waiting.asks()));
            if (wanted) {
                names.add(pool.name());
            }
        }
        return names;
    }

    /** The most pressing first. */
    private static List<Group> groups(List<Waiting> waiting) {
        Map<Waiting.Asks, Group> groups = new HashMap<>();
        for (Waiting one : waiting) {
            Group group = groups.computeIfAbsent(one.asks(), asks -> new Group(asks, one.first()));
            group.jobs += one.jobs().size();
            if (Waiting.ORDER.compare(one.first(), group.first) < 0) {
                group.first = one.first();
            }
        }
        return groups.values().stream()
                .sorted(Comparator.comparing((Group group) -> group.first, Waiting.ORDER))
                .toList();
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
                for (Job job : node.jobs()) {
                    if (job.onNodes()) {
                        bin.take(Capacity.share(job), 1);
                    }
                }
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
        boolean wanted = node.goal().isEmpty() || node.goal().get().state() == Goal.State.READY;
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
            if (takes(pool, group.asks)) {
                open -= fill(group.asks, open, bins.getOrDefault(pool.name(), List.of()));
            }
        }
        for (Pool pool : pools) {
            if (open > 0 && takes(pool, group.asks)) {
                open -= want(pool, group, open);
            }
        }
    }

    private static boolean takes(Pool pool, Waiting.Asks asks) {
        Pool.Terms terms = pool.terms().orElseThrow();
        return terms.partitions().contains(asks.partition())
                && terms.features().containsAll(asks.features())
                && asks.share().fitsIn(terms.size())
                && asks.nodes() <= pool.maximum();
    }

    /** How many jobs find place in what is there. */
    private static int fill(Waiting.Asks asks, int jobs, List<Bin> bins) {
        long places = 0;
        for (Bin bin : bins) {
            places += Math.min(bin.fits(asks.share()), jobs);
        }
        int served = (int) Math.min(jobs, places / asks.nodes());
        if (served == 0) {
            return 0;
        }
        int todo = served * asks.nodes();
        for (Bin bin : bins) {
            int here = Math.min(todo, Math.min(bin.fits(asks.share()), served));
            bin.take(asks.share(), here);
            todo -= here;
            if (todo == 0) {
                break;
            }
        }
        bins.removeIf(bin -> bin.cpus <= 0);
        return served;
    }

    private int want(Pool pool, Group group, int jobs) {
        Size size = pool.terms().orElseThrow().size();
        int each = Math.max(1, new Bin(size).fits(group.asks.share()));
        int more = left.getOrDefault(pool.name(), 0);
        int perJob = group.asks.nodes();
        if (more < perJob || places.getOrDefault(pool.name(), 0L) < perJob) {
            return 0;
        }
        long wanted = Math.max(perJob, ((long) jobs * perJob + each - 1) / each);
        int nodes = (int) Math.min(more, wanted);
        List<Bin> fresh = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            fresh.add(new Bin(size));
        }
        int served = fill(group.asks, jobs, fresh);
        if (served == 0) {
            return 0;
        }
        left.merge(pool.name(), -nodes, Integer::sum);
        bins.computeIfAbsent(pool.name(), unused -> new ArrayList<>()).addAll(fresh);
        wants.add(new Want(pool, nodes, group.first));
        return served;
    }
}
