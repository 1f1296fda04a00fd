import io.spillway.Spillway;
import io.spillway.model.Hostlist;
import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.Phase;
import io.spillway.model.Pool;
import io.spillway.model.Size;
import io.spillway.policy.Budget;
import io.spillway.policy.CostModel;
import io.spillway.policy.JobClass;
import io.spillway.policy.JobClasses;
import io.spillway.policy.Ladder;
import io.spillway.policy.Limits;
import io.spillway.policy.Rung;
import io.spillway.policy.rules.BackfillPolicy;
import io.spillway.policy.rules.ClearancePolicy;
import io.spillway.policy.rules.Policies;
import io.spillway.policy.rules.QueuePolicy;
import io.spillway.simulation.Durations;
import io.spillway.simulation.SimulatedDaemon;
import io.spillway.simulation.Simulation;
import io.spillway.simulation.Submission;
import io.spillway.simulation.VirtualTime;
import io.spillway.simulation.Watch;
import io.spillway.timeline.Event;
import io.spillway.timeline.Picture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The poster's scene of demo.py on a simulated site: the same story and the same policies, another home. Durations are those
 * of calibration.json, which a run on the lab wrote; beside each moment stands when it was on the lab, as lab.txt has it.
 *
 * <p>usage: Simulated.java [PICTURE [CALIBRATION [LAB]]]. Ends {@code poster: N of N moves by policy, jobs COMPLETED 0:0; …};
 * exit code 1 if the scene went otherwise.
 */
public final class Simulated {
    private static final Pattern LINE = Pattern.compile("\\[ *(\\d+) s\\] (.*)");

    /** What a host has beside the room for one virtual node. */
    private static final int RESERVE = 15;

    private static final Duration GIVEN = Duration.ofSeconds(120);
    private static final Duration LONG = Duration.ofMinutes(15);

    private static final Policies POLICIES = new Policies(
            new JobClasses(List.of(
                    new JobClass("urgent", in("urgent"), true, false, Ladder.KEEPING, Budget.DEFAULT),
                    new JobClass(
                            "low",
                            in("low"),
                            false,
                            true,
                            Ladder.of(Rung.MIGRATE, Rung.CHECKPOINT),
                            new Budget(Duration.ofSeconds(10), 10, Budget.DEFAULT.away())))),
            new Size(RESERVE, 0),
            Limits.DEFAULT,
            CostModel.Rates.DEFAULT,
            List.of(),
            List.of(
                    new QueuePolicy(Duration.ofSeconds(10), Duration.ofSeconds(20)),
                    BackfillPolicy.DEFAULT,
                    ClearancePolicy.OPPORTUNISTIC,
                    ClearancePolicy.MAINTENANCE),
            Set.of());

    private static final Pool POOL = new Pool(
            "htc",
            "htc",
            Hostlist.parse("vn[01-04]"),
            4,
            Optional.of(new Pool.Terms(new Size(1, 768), Set.of("low", "urgent"), Set.of(), 1, 0)));

    private final VirtualTime time = new VirtualTime();
    private final Simulation simulation;
    private final SimulatedDaemon daemon;
    private final Spillway site;
    private final Watch watch;
    private final Map<String, Double> lab;
    private final List<String> finished = new ArrayList<>();
    private double last;
    private double lastOnLab;

    private Simulated(Durations durations, Map<String, Double> lab) {
        this.lab = lab;
        simulation = new Simulation(time, durations);
        simulation.physical("cn01");
        simulation.physical("cn02");
        simulation.virtualPartition("low");
        simulation.virtualPartition("urgent");
        site = simulation.spillway(POOL, POLICIES);
        watch = simulation.watch();
        daemon = new SimulatedDaemon(simulation, site);
    }

    private static JobClass.Match in(String partition) {
        return new JobClass.Match(Set.of(partition), Set.of(), Set.of(), Set.of());
    }

    public static void main(String[] arguments) throws IOException {
        Path picture = Path.of(arguments.length > 0 ? arguments[0] : "target/poster-simulated.svg");
        Path calibration = Path.of(arguments.length > 1 ? arguments[1] : "examples/poster/calibration.json");
        Path lab = Path.of(arguments.length > 2 ? arguments[2] : "examples/poster/lab.txt");
        boolean done;
        try {
            done = new Simulated(Durations.read(calibration), times(lab)).play(picture.toAbsolutePath());
        } catch (RuntimeException broken) {
            System.out.println("poster: broken: " + broken.getMessage());
            done = false;
        }
        System.exit(done ? 0 : 1);
    }

    /** When what was told, of what the scene on the lab printed. */
    private static Map<String, Double> times(Path printed) throws IOException {
        Map<String, Double> times = new LinkedHashMap<>();
        for (String line : Files.readAllLines(printed)) {
            Matcher told = LINE.matcher(line);
            if (told.matches()) {
                times.put(told.group(2).replaceFirst("\\d\\d:\\d\\d:\\d\\d$", "…"), Double.valueOf(told.group(1)));
            }
        }
        return times;
    }

    private boolean play(Path picture) throws IOException {
        System.out.println("simulated    on the lab");
        String first = submit(new Submission("p0", Submission.ALL, Optional.of(Hostlist.parse("cn02")), 4, Optional.empty()));
        until("cn02 is busy with a job of its own", () -> is(first, "RUNNING"));
        until("a virtual node is kept on cn01", () -> at("vn01", "cn01", Phase.READY));
        String low = submit(new Submission("low", "low"));
        until("low-priority work runs on cn01", () -> is(low, "RUNNING"));
        daemon.pass(Duration.ofSeconds(10));

        String urgent = submit(new Submission("urgent", "urgent"));
        tell("an urgent job comes");
        until("the low work is suspended and goes to disk", () -> at("vn01", "cn01", Phase.CHECKPOINTED));
        until("the urgent job runs on cn01", () -> is(urgent, "RUNNING"));
        finish(first);
        until("cn02 frees first: the low work goes on there", () -> at("vn01", "cn02", Phase.READY));
        until("and counts on", () -> is(low, "RUNNING"));

        simulation.admin().disables("cn01", "spillway: eviction by " + time.now().plus(GIVEN));
        tell("the owner of the cloud wants cn01 empty by …");
        until("cn01 is empty, the urgent job on disk", () -> at("vn02", "cn01", Phase.CHECKPOINTED));
        simulation.admin().enables("cn01");
        until("cn01 is given back: the urgent job goes on", () -> is(urgent, "RUNNING"));
        finish(urgent);
        until("the urgent job has COMPLETED 0:0, its node is removed", () -> node("vn02").isEmpty());

        simulation.admin().disables("cn02", "spillway: maintenance");
        tell("an admin announces maintenance of cn02");
        until("the low work runs on cn01 again, it was moved alive", () -> at("vn01", "cn01", Phase.READY));
        finish(low);
        tell("the low work has COMPLETED 0:0");
        end(picture);
        return finished.size() == 3;
    }

    private void end(Path picture) throws IOException {
        List<SimulatedDaemon.Decision> decisions = daemon.decisions();
        for (SimulatedDaemon.Decision one : decisions) {
            System.out.printf("%6.1f s  %s%n", one.seconds(), one.action().line());
            watch.note(decided(one));
        }
        Files.createDirectories(picture.getParent());
        Files.writeString(picture, Picture.of("the poster's scene, simulated").svg(watch.timeline()));
        System.out.println("picture: " + picture);
        System.out.printf(
                "poster: %d of %d moves by policy, jobs COMPLETED 0:0; %.0f s simulated, %.0f s on the lab, ratio %.2f%n",
                decisions.size(), decisions.size(), last, lastOnLab, last / lastOnLab);
    }

    private Event decided(SimulatedDaemon.Decision one) {
        Instant when = time.now().minusMillis((long) (1000 * (time.nanos() / 1e9 - one.seconds())));
        return Event.Decided.of(when, one.action());
    }

    private String submit(Submission job) {
        return simulation.submit(job);
    }

    private void finish(String job) {
        simulation.finish(job);
        daemon.until("job %s ends COMPLETED 0:0".formatted(job), () -> is(job, "COMPLETED"), LONG);
        finished.add(job);
    }

    private void until(String what, BooleanSupplier test) {
        daemon.until(what, test, LONG);
        tell(what);
    }

    private void tell(String what) {
        last = time.nanos() / 1e9;
        Optional<Double> there = Optional.ofNullable(lab.get(what));
        lastOnLab = there.orElse(lastOnLab);
        System.out.printf(
                "[%4.0f s]     %-9s  %s%n", last, there.map("[%4.0f s]"::formatted).orElse("-"), what);
    }

    private boolean is(String job, String state) {
        return watch.view().jobs().stream()
                .filter(one -> one.id().equals(job))
                .map(Job::states)
                .anyMatch(states -> states.contains(state));
    }

    private Optional<Node> node(String name) {
        return watch.view().nodes().stream()
                .filter(node -> node.name().value().equals(name))
                .findFirst();
    }

    private boolean at(String name, String host, Phase phase) {
        return node(name)
                .filter(node -> node.phase() == phase && node.host().equals(Optional.of(host)))
                .isPresent();
    }
}
