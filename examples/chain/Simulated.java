import io.spillway.Spillway;
import io.spillway.model.Hostlist;
import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.Phase;
import io.spillway.simulation.Simulation;
import io.spillway.simulation.VirtualTime;
import io.spillway.simulation.Watch;
import io.spillway.timeline.Picture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The chain of demo.py on a simulated site: the same library, another home. No root, no lab, some seconds.
 *
 * <p>Prints a row for each step, with the site's seconds and what was seen, draws a picture, and ends
 * {@code chain: N of N steps, jobs COMPLETED 0:0}; exit code 1 if a step did not do what it says.
 */
public final class Simulated {
    private static final Hostlist NODES = Hostlist.parse("vn[01-02]");
    private static final Hostlist ONE = Hostlist.parse("vn01");

    private final VirtualTime time = new VirtualTime();
    private final Simulation simulation = new Simulation(time);
    private final Spillway site;
    private final Watch watch;
    private final List<String> jobs = new ArrayList<>();
    private int steps;
    private int done;

    /** What a step shows, if it did what it says. */
    private interface Step {
        Optional<String> evidence();
    }

    private Simulated() {
        simulation.physical("cn01");
        simulation.physical("cn02");
        site = simulation.spillway(Hostlist.parse("vn[01-08]"));
        watch = simulation.watch();
    }

    public static void main(String[] arguments) throws Exception {
        Path picture = Path.of(arguments.length > 0 ? arguments[0] : "target/chain-simulated.svg");
        System.exit(new Simulated().play(picture.toAbsolutePath()) ? 0 : 1);
    }

    private boolean play(Path picture) throws Exception {
        step("up vn[01-02]", () -> {
            site.provision(NODES).await().orThrow();
            return seen(Phase.READY, Phase.READY);
        });
        step("jobs on metal and cloud", () -> {
            for (int number = 0; number < 34; number++) {
                simulation.submit("array", Optional.empty(), Duration.ofSeconds(20));
            }
            simulation.pass(Duration.ofSeconds(5));
            long busy = site.view().jobs().stream().filter(Job::running).map(Job::nodes).distinct().count();
            simulation.pass(Duration.ofSeconds(30));
            return busy == 4 ? Optional.of("34 tasks ran on cn01, cn02, vn01, vn02") : Optional.empty();
        });
        step("a job on each node", () -> {
            jobs.add(simulation.submit("counter", Optional.of(ONE), Duration.ofSeconds(60)));
            jobs.add(simulation.submit("counter", Optional.of(Hostlist.parse("vn02")), Duration.ofSeconds(60)));
            simulation.pass(Duration.ofSeconds(10));
            return all("RUNNING");
        });
        step("checkpoint vn[01-02]", () -> {
            site.checkpoint(NODES).await().orThrow();
            return all("SUSPENDED").flatMap(words -> seen(Phase.CHECKPOINTED, Phase.CHECKPOINTED));
        });
        step("away", () -> {
            simulation.pass(Duration.ofMinutes(6));
            return all("SUSPENDED").map(words -> "longer than munge forgives, jobs still SUSPENDED");
        });
        step("restore vn[01-02]", () -> {
            site.restore(NODES).await().orThrow();
            return all("RUNNING").map(words -> "clock right, munge both ways, jobs RUNNING");
        });
        step("migrate vn01, running", () -> {
            site.migrate(ONE, "cn02").await().orThrow();
            return on("cn02", Phase.READY);
        });
        step("checkpoint vn01", () -> {
            site.checkpoint(ONE).await().orThrow();
            return on("cn02", Phase.CHECKPOINTED);
        });
        step("restore vn01 on the other host", () -> {
            site.restore(ONE, "cn01").await().orThrow();
            return on("cn01", Phase.READY);
        });
        step("the jobs end", () -> {
            simulation.pass(Duration.ofMinutes(1));
            return all("COMPLETED");
        });
        step("time away not charged", () -> ours().stream().allMatch(job -> job.runTime().toSeconds() == 60)
                ? Optional.of("60 s charged to each")
                : Optional.empty());
        step("down vn[01-02]", () -> {
            site.deprovision(NODES).await().orThrow();
            return site.nodes().isEmpty() ? Optional.of("nothing is left") : Optional.empty();
        });
        Files.createDirectories(picture.getParent());
        Files.writeString(picture, Picture.of("the chain, simulated").svg(watch.timeline()));
        System.out.println("picture: " + picture);
        System.out.printf("chain: %d of %d steps, jobs COMPLETED 0:0%n", done, steps);
        return done == steps;
    }

    private void step(String name, Step step) {
        steps++;
        long began = time.nanos();
        String evidence;
        try {
            Optional<String> seen = step.evidence();
            done += seen.isPresent() ? 1 : 0;
            evidence = seen.orElse("NOT AS TOLD");
        } catch (RuntimeException failure) {
            evidence = "FAILED: " + failure.getMessage();
        }
        System.out.printf("%-32s %7.1f s  %s%n", name, (time.nanos() - began) / 1e9, evidence);
    }

    private List<Job> ours() {
        return site.view().jobs().stream().filter(job -> jobs.contains(job.id())).toList();
    }

    private Optional<String> all(String state) {
        List<Job> now = ours();
        boolean so = now.size() == jobs.size() && now.stream().allMatch(job -> job.states().contains(state));
        return so ? Optional.of("jobs " + state) : Optional.empty();
    }

    private Optional<String> seen(Phase... phases) {
        List<Phase> now = site.nodes().stream().map(Node::phase).toList();
        return now.equals(List.of(phases)) ? Optional.of("both " + phases[0]) : Optional.empty();
    }

    private Optional<String> on(String host, Phase phase) {
        Node node = site.nodes().get(0);
        return node.phase() == phase && node.host().equals(Optional.of(host))
                ? Optional.of(phase + " on " + host)
                : Optional.empty();
    }
}
