package io.spillway.policy.rules;

import static org.assertj.core.api.Assertions.assertThat;

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
import io.spillway.policy.Outlook;
import io.spillway.policy.Plan;
import io.spillway.policy.Planner;
import io.spillway.policy.SomeSite;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** How much CPU time one decision takes on a big site: printed, not judged. */
class TickTimeTest {
    private static final int HOSTS = 500;
    private static final int NODES = 10_000;
    private static final int WAITING = 100_000;

    private static Job job(int id, String partition, String state, Hostlist nodes) {
        Request request = new Request(
                "",
                "",
                partition.equals("urgent") ? 1000 : 10,
                SomeSite.NOON.minusSeconds(60),
                Optional.of(Duration.ofHours(1)),
                1,
                new Size(state.equals("RUNNING") ? 2 : 1 + id % 2, 100 + 100L * (id % 8)),
                Set.of(),
                true,
                true,
                state.equals("PENDING") ? "Priority" : "");
        return new Job(
                "" + id,
                "job",
                "somebody",
                partition,
                Set.of(state),
                nodes,
                Duration.ofMinutes(id % 60),
                Optional.empty(),
                false,
                Optional.of(SomeSite.NOON.minusSeconds(3600)),
                "0:0",
                request);
    }

    private static SiteView big() {
        List<Host> hosts = new ArrayList<>();
        for (int i = 0; i < HOSTS; i++) {
            hosts.add(new Host("cn%03d".formatted(i), true, Optional.of(new Size(40, 40_000))));
        }
        List<Node> nodes = new ArrayList<>();
        List<Job> jobs = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            NodeName name = NodeName.of("vn%05d".formatted(i));
            Job job = job(i, "low", "RUNNING", Hostlist.of(List.of(name)));
            jobs.add(job);
            nodes.add(new Node(
                    name,
                    Phase.READY,
                    Optional.of(Goal.READY),
                    Optional.of("htc"),
                    Optional.of(new UUID(0, i)),
                    Optional.of("cn%03d".formatted(i % HOSTS)),
                    Optional.empty(),
                    List.of(job),
                    Optional.of(new Size(2, 2000)),
                    Optional.empty(),
                    ""));
        }
        for (int i = 0; i < WAITING; i++) {
            jobs.add(job(NODES + i, i % 10_000 == 0 ? "urgent" : "low", "PENDING", Hostlist.empty()));
        }
        var terms = new Pool.Terms(new Size(2, 2000), Set.of("low", "urgent"), Set.of(), 0, 0);
        Pool pool = new Pool("htc", "htc", Hostlist.parse("vn[00000-19999]"), 20_000, Optional.of(terms));
        return new SiteView("big", SomeSite.NOON, nodes, hosts, jobs, List.of(pool), List.of());
    }

    @Test
    void aBigSite() {
        SiteView view = big();
        Planner planner = new Planner(
                ClearancePolicy.OPPORTUNISTIC,
                ClearancePolicy.MAINTENANCE,
                BackfillPolicy.DEFAULT,
                QueuePolicy.DEFAULT,
                ConsolidatePolicy.DEFAULT);
        ThreadMXBean clock = ManagementFactory.getThreadMXBean();
        List<Long> millis = new ArrayList<>();
        Plan plan = planner.plan(Outlook.of(view, SomeSite.basis()));
        for (int i = 0; i < 20; i++) {
            long began = clock.getCurrentThreadCpuTime();
            plan = planner.plan(Outlook.of(view, SomeSite.basis()));
            millis.add((clock.getCurrentThreadCpuTime() - began) / 1_000_000);
        }
        System.out.println("one decision over %d nodes, %d waiting jobs: CPU ms %s; %d actions, %d refused"
                .formatted(
                        NODES,
                        WAITING,
                        millis,
                        plan.actions().size(),
                        plan.refused().size()));
        assertThat(plan.actions()).isNotEmpty();
    }
}
