package io.spillway.daemon.server;

import com.sun.management.OperatingSystemMXBean;
import io.spillway.config.DaemonConfig;
import io.spillway.daemon.FakeSite;
import io.spillway.model.Goal;
import io.spillway.model.Hostlist;
import io.spillway.model.NodeName;
import io.spillway.reconcile.Lifecycle;
import io.spillway.reconcile.Looks;
import io.spillway.reconcile.Ports;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What the daemon costs and how quick it is, over a fake site that answers at once. Prints
 * {@code figure: NAME = VALUE UNIT, baseline VALUE, ratio R}.
 */
final class Figures {
    private static final int WARM = 40;
    private static final int LOOKS = 20;
    private static final int RESTS = 5;
    private static final double INTERVAL_SECONDS = 30;
    private static final OperatingSystemMXBean MACHINE =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private Figures() {}

    /** Runs all of them. */
    public static void main(String[] args) throws IOException, InterruptedException {
        idle(2);
        idle(1000);
        orderToStep(1000);
        happeningToStep(1000);
        System.exit(0);
    }

    private static FakeSite site(int nodes) {
        Hostlist names = Hostlist.parse("vn[0001-%04d]".formatted(nodes));
        FakeSite site = new FakeSite(names, nodes);
        names.forEach(name -> site.ready(name.value()));
        return site;
    }

    private static void print(String name, double value, String unit, double baseline) {
        System.out.printf(
                Locale.ROOT,
                "figure: %s = %.3f %s, baseline %.3f, ratio %.4f%n",
                name,
                value,
                unit,
                baseline,
                value / baseline);
    }

    /** The CPU of a daemon whose nodes are all at rest; the baseline asks for each node on its own as often. */
    private static void idle(int nodes) throws IOException, InterruptedException {
        FakeSite site = site(nodes);
        DaemonConfig config = Daemons.config(Files.createTempDirectory("figures"));
        Daemon daemon = Daemons.start(site, config);
        look(daemon, WARM);
        long before = MACHINE.getProcessCpuTime();
        look(daemon, LOOKS);
        double look = (MACHINE.getProcessCpuTime() - before) / 1e9 / LOOKS;
        double rest = rest();
        daemon.stop(Duration.ofSeconds(5));
        double own = 100 * (look / INTERVAL_SECONDS + rest);
        print(
                "daemon-idle-cpu-%d-nodes".formatted(nodes),
                own,
                "% of a core",
                100 * (one(site) / INTERVAL_SECONDS + rest));
    }

    /** Seconds of CPU a second: the least of some, for one may hold a full look, or the compiler, which lags behind. */
    private static double rest() throws InterruptedException {
        double least = Double.MAX_VALUE;
        for (int i = 0; i < RESTS; i++) {
            long before = MACHINE.getProcessCpuTime();
            TimeUnit.SECONDS.sleep(5);
            least = Math.min(least, (MACHINE.getProcessCpuTime() - before) / 1e9 / 5);
        }
        return least;
    }

    private static void look(Daemon daemon, int times) {
        for (int i = 0; i < times; i++) {
            long last = daemon.looks();
            daemon.nudge();
            while (daemon.looks() == last) {
                // not spinning: that would be measured as well
                LockSupport.parkNanos(200_000);
            }
        }
    }

    /** Seconds of CPU for one look at each node of its own. */
    private static double one(FakeSite site) {
        Looks looks = new Looks(new Ports(site, site, site));
        long before = MACHINE.getProcessCpuTime();
        for (NodeName node : site.servers.keySet().toArray(NodeName[]::new)) {
            Lifecycle.next(looks.observe(node, Optional.empty()), Goal.READY);
        }
        return (MACHINE.getProcessCpuTime() - before) / 1e9;
    }

    /** From the order to look to the step that follows; the baseline waits for the next full look. */
    private static void orderToStep(int nodes) throws IOException, InterruptedException {
        toStep(
                "daemon-event-to-step-%d-nodes",
                nodes, (site, config) -> {
                    Daemons.ask(config.socket(), "POST", "/v1/look", "");
                });
    }

    /** From what Salt's stream says, after a quiet second, to the step that follows. */
    private static void happeningToStep(int nodes) throws IOException, InterruptedException {
        toStep("daemon-salt-event-to-step-%d-nodes", nodes, (site, config) -> site.happened.accept("figures"));
    }

    private interface Event {
        void happen(FakeSite site, DaemonConfig config) throws IOException;
    }

    private static void toStep(String name, int nodes, Event event) throws IOException, InterruptedException {
        FakeSite site = site(nodes);
        DaemonConfig config = Daemons.config(Files.createTempDirectory("figures"));
        Daemon daemon = Daemons.start(site, config);
        look(daemon, WARM);
        double[] millis = new double[LOOKS];
        for (int i = 0; i < LOOKS; i++) {
            // the way before is over, and the keeper's second of calm
            TimeUnit.MILLISECONDS.sleep(1200);
            NodeName node = NodeName.of("vn%04d".formatted(i + 1));
            site.setMetadata(site.servers.get(node).id(), Map.of("spillway:goal", "CHECKPOINTED"));
            site.changes.clear();
            long before = System.nanoTime();
            event.happen(site, config);
            while (site.changes.isEmpty()) {
                Thread.onSpinWait();
            }
            millis[i] = (System.nanoTime() - before) / 1e6;
        }
        daemon.stop(Duration.ofSeconds(5));
        Arrays.sort(millis);
        print(name.formatted(nodes), millis[LOOKS / 2], "ms", 1000 * INTERVAL_SECONDS / 2);
    }
}
