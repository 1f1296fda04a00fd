package io.spillway.benchmarks;

import io.spillway.model.Goal;
import io.spillway.model.Host;
import io.spillway.model.Hostlist;
import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.Pool;
import io.spillway.model.Request;
import io.spillway.model.SiteView;
import io.spillway.model.Size;
import io.spillway.policy.Basis;
import io.spillway.policy.Budget;
import io.spillway.policy.JobClass;
import io.spillway.policy.JobClasses;
import io.spillway.policy.Ladder;
import io.spillway.policy.Rung;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * A look at a big site: every node has a job, every host is full, and far more jobs wait than there is room for, some of
 * them urgent, all with priorities and submit times of their own.
 *
 * @param hosts hypervisors of 40 CPUs
 * @param nodes virtual nodes of 2 CPUs, spread over them
 * @param waiting jobs that wait
 */
record BigSite(int hosts, int nodes, int waiting, SiteView view) {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final Size NODE = new Size(2, 2000);

    static final Basis BASIS = Basis.DEFAULT
            .with(Size.NONE)
            .with(new JobClasses(List.of(
                    new JobClass("urgent", in("urgent"), true, false, Ladder.of(Rung.MIGRATE), Budget.DEFAULT),
                    new JobClass("low", in("low"), false, true, Ladder.KEEPING, Budget.DEFAULT))));

    BigSite(int hosts, int nodes, int waiting) {
        this(hosts, nodes, waiting, view(hosts, nodes, waiting));
    }

    private static JobClass.Match in(String partition) {
        return new JobClass.Match(Set.of(partition), Set.of(), Set.of(), Set.of());
    }

    private static SiteView view(int hosts, int nodes, int waiting) {
        List<Host> metal = new ArrayList<>();
        for (int i = 0; i < hosts; i++) {
            metal.add(new Host("cn%04d".formatted(i), true, Optional.of(new Size(40, 40_000))));
        }
        List<Node> virtual = new ArrayList<>();
        List<Job> jobs = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            NodeName name = NodeName.of("vn%05d".formatted(i));
            Job job = running(i, Hostlist.of(List.of(name)));
            jobs.add(job);
            virtual.add(node(i, name, metal.get(i % hosts).name(), job));
        }
        for (int i = 0; i < waiting; i++) {
            jobs.add(pending(nodes + i, i % 10_000 == 0 ? "urgent" : "low"));
        }
        Pool.Terms terms = new Pool.Terms(NODE, Set.of("low", "urgent"), Set.of(), 0, 0);
        Hostlist names = Hostlist.parse("vn[00000-%05d]".formatted(2 * nodes - 1));
        Pool pool = new Pool("htc", "htc", names, 2 * nodes, Optional.of(terms));
        return new SiteView("big", NOON, virtual, metal, jobs, List.of(pool), List.of());
    }

    private static Node node(int number, NodeName name, String host, Job job) {
        return new Node(
                name,
                Phase.READY,
                Optional.of(Goal.READY),
                Optional.of("htc"),
                Optional.of(new UUID(0, number)),
                Optional.of(host),
                Optional.empty(),
                List.of(job),
                Optional.of(NODE),
                Optional.empty(),
                "");
    }

    private static Job running(int id, Hostlist nodes) {
        return job(id, "low", "RUNNING", nodes, request(id, 10, new Size(2, 1000), ""));
    }

    private static Job pending(int id, String partition) {
        long priority = (partition.equals("urgent") ? 100_000 : 0) + 1L + id % 977;
        Size size = new Size(1 + id % 2, 100 + 100L * (id % 8));
        return job(id, partition, "PENDING", Hostlist.empty(), request(id, priority, size, "Priority"));
    }

    private static Request request(int id, long priority, Size size, String waits) {
        return new Request(
                "",
                "",
                priority,
                NOON.minusSeconds(1_000_000L - id),
                Optional.of(Duration.ofHours(1)),
                1,
                size,
                Set.of(),
                true,
                true,
                waits);
    }

    private static Job job(int id, String partition, String state, Hostlist nodes, Request request) {
        return new Job(
                Integer.toString(id),
                "job",
                "somebody",
                partition,
                Set.of(state),
                nodes,
                Duration.ofMinutes(id % 60),
                Optional.empty(),
                false,
                Optional.of(NOON.minusSeconds(3600)),
                "0:0",
                request);
    }
}
