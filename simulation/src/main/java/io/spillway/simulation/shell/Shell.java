package io.spillway.simulation.shell;

import io.spillway.CarriedOut;
import io.spillway.Operation;
import io.spillway.Spillway;
import io.spillway.model.Hostlist;
import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.SiteView;
import io.spillway.policy.Action;
import io.spillway.policy.Cost;
import io.spillway.policy.Outlook;
import io.spillway.policy.Plan;
import io.spillway.policy.Planner;
import io.spillway.policy.Why;
import io.spillway.reconcile.NodeOutcome;
import io.spillway.simulation.Times;
import io.spillway.timeline.Event;
import io.spillway.timeline.Picture;
import java.awt.Desktop;
import java.awt.GraphicsEnvironment;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a line in {@code jshell} may say: {@code import static io.spillway.simulation.shell.Shell.*;}. Each method prints what
 * came of it; what went wrong is one line that begins {@code error:}, and nothing is thrown. It begins with a simulated site,
 * {@link #connect} takes a real one instead. One thread types.
 */
public final class Shell {
    /** From one round of the policy to the next. */
    private static final Duration ROUND = Duration.ofSeconds(10);

    /** So long a policy that was typed may think. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static Desk desk = Desk.simulated();
    private static Optional<Planner> planner = Optional.empty();
    private static Typed typed = new Typed(view -> List.of(), PATIENCE);

    private Shell() {}

    /** What a policy wants of a site as it is now. */
    @FunctionalInterface
    public interface Wish {
        /**
         * Decides.
         *
         * @param view what is seen
         * @return what is to be done, by {@link Shell#toCheckpoint} and its like
         */
        List<? extends Action> of(SiteView view);
    }

    /** Something that may go wrong. */
    @FunctionalInterface
    private interface Work {
        void run() throws IOException;
    }

    @SuppressWarnings("SystemOut")
    private static PrintStream out() {
        return System.out;
    }

    /** One line, whatever went wrong: a stack trace helps nobody who types. */
    private static void tell(Work work) {
        try {
            work.run();
        } catch (RuntimeException | IOException failure) {
            String words =
                    (failure instanceof IOException ? "the picture cannot be written: " : "") + failure.getMessage();
            out().println("error: " + words.lines().findFirst().orElse(failure.toString()));
        }
    }

    /** Says what may be typed. */
    public static void help() {
        out().println("""
                nodes()  hosts()  jobs()               what there is
                up("htc", 4)  up("vn[01-02]")          makes nodes, or brings them back
                checkpoint("vn[01-02]")                their memory, with their jobs, goes to disk
                restore("vn01")  restore("vn01", "cn02")
                migrate("vn01", "cn02")                as it runs
                hold("vn01")  release("vn01")          jobs suspended where they are, and on again
                down("vn[01-02]")                      waits for their jobs, and leaves nothing
                policy(view -> …)                      what it would do now; advance goes by it
                  toCheckpoint(node, "why")  toRestore(node, "why")  toMigrate(node, "cn02", "why")  toRemove(node, "why")
                noPolicy()                             ends that
                timeline()  timeline("what.svg")       draws what happened
                submit("sweep", "10m")                 simulated only: a job of one core
                advance("15m")                         simulated only: time passes
                simulate()                             a new simulated site
                connect("/etc/spillway/spillway.yaml") a real one
                site()                                 the library's own Spillway, see docs/java-api.md""");
    }

    /** Begins a new simulated site: hosts cn01 and cn02, a pool htc of vn[01-16]. */
    public static void simulate() {
        tell(() -> begin(
                Desk.simulated(),
                "a simulated site: hosts cn01 and cn02, pool htc of vn[01-16]; help() says what may be typed"));
    }

    /**
     * Takes a real site.
     *
     * @param config its spillway.yaml
     */
    public static void connect(String config) {
        tell(() -> {
            Spillway real = Spillway.connect(Path.of(config));
            begin(new Desk.Real(real), "site %s: what is typed is done there".formatted(real.name()));
        });
    }

    private static void begin(Desk next, String words) {
        desk.close();
        desk = next;
        planner = Optional.empty();
        out().println(words);
    }

    /**
     * The library's own way to the site.
     *
     * @return the front door; here failures are thrown
     */
    public static Spillway site() {
        return desk.site();
    }

    /** Lists the virtual nodes. */
    public static void nodes() {
        tell(() -> {
            List<Node> nodes = desk.site().nodes();
            nodes.forEach(node -> out().println("%-6s %-13s %-6s %s"
                    .formatted(
                            node.name(),
                            node.phase(),
                            node.host().orElse("-"),
                            node.jobs().stream().map(Job::id).collect(Collectors.joining(",", "jobs ", "")))
                    .replaceFirst("jobs $", "")
                    .stripTrailing()));
            if (nodes.isEmpty()) {
                out().println("no virtual nodes; up(\"htc\", 4) makes some");
            }
        });
    }

    /** Lists the hypervisors. */
    public static void hosts() {
        tell(() -> desk.site()
                .hosts()
                .forEach(host -> out().println("%-6s %-4s %s"
                        .formatted(
                                host.name(),
                                host.up() ? "up" : "down",
                                host.size()
                                        .map(size -> "%d CPUs, %d MiB".formatted(size.cpus(), size.memory()))
                                        .orElse(""))
                        .stripTrailing())));
    }

    /** Lists the jobs that are not long over. */
    public static void jobs() {
        tell(() -> {
            List<Job> jobs = desk.site().view().jobs();
            jobs.forEach(job -> out().println("%-6s %-10s %-10s %-10s ran %s"
                    .formatted(
                            job.id(),
                            job.name(),
                            String.join("+", job.states()),
                            job.nodes().isEmpty() ? "-" : job.nodes(),
                            words(job.runTime()))));
            if (jobs.isEmpty()) {
                out().println("no jobs");
            }
        });
    }

    /**
     * Makes nodes.
     *
     * @param pool the pool
     * @param count how many more
     */
    public static void up(String pool, int count) {
        act(site -> site.provision(pool, count));
    }

    /**
     * Makes nodes, or brings them back.
     *
     * @param nodes a hostlist
     */
    public static void up(String nodes) {
        act(site -> site.provision(Hostlist.parse(nodes)));
    }

    /**
     * Puts nodes on disk, with their jobs.
     *
     * @param nodes a hostlist
     */
    public static void checkpoint(String nodes) {
        act(site -> site.checkpoint(Hostlist.parse(nodes)));
    }

    /**
     * Brings nodes back where they are.
     *
     * @param nodes a hostlist
     */
    public static void restore(String nodes) {
        act(site -> site.restore(Hostlist.parse(nodes)));
    }

    /**
     * Brings nodes back on a host.
     *
     * @param nodes a hostlist
     * @param host the host
     */
    public static void restore(String nodes, String host) {
        act(site -> site.restore(Hostlist.parse(nodes), host));
    }

    /**
     * Moves nodes.
     *
     * @param nodes a hostlist
     * @param host the host
     */
    public static void migrate(String nodes, String host) {
        act(site -> site.migrate(Hostlist.parse(nodes), host));
    }

    /**
     * Suspends nodes' jobs.
     *
     * @param nodes a hostlist
     */
    public static void hold(String nodes) {
        act(site -> site.hold(Hostlist.parse(nodes)));
    }

    /**
     * Lets held nodes' jobs go on.
     *
     * @param nodes a hostlist
     */
    public static void release(String nodes) {
        act(site -> site.release(Hostlist.parse(nodes)));
    }

    /**
     * Removes nodes when their jobs have ended.
     *
     * @param nodes a hostlist
     */
    public static void down(String nodes) {
        act(site -> site.deprovision(Hostlist.parse(nodes)));
    }

    private static void act(Function<Spillway, Operation> order) {
        tell(() -> order.apply(desk.site()).await().nodes().forEach(Shell::print));
    }

    private static void print(NodeOutcome one) {
        out().println(
                        one.done()
                                ? "%s: %s after %s".formatted(one.node(), one.goal(), words(one.took()))
                                : "error: " + one.reason());
    }

    /**
     * Submits a job of one core, at a simulated site.
     *
     * @param name what it is called
     * @param length how long it runs, such as {@code 10m}
     */
    public static void submit(String name, String length) {
        tell(() -> out().println("job " + desk.submit(name, Times.parse(length))));
    }

    /**
     * Lets time pass, at a simulated site, and goes by the policy meanwhile.
     *
     * @param time how much, such as {@code 15m}
     */
    public static void advance(String time) {
        tell(() -> {
            Duration left = Times.parse(time);
            while (planner.isPresent() && left.compareTo(ROUND) >= 0) {
                round(planner.get());
                desk.advance(ROUND);
                left = left.minus(ROUND);
            }
            desk.advance(left);
        });
    }

    /** What was begun is in motion at the next round, and not begun again. */
    private static void round(Planner planner) {
        Plan plan = planner.plan(Outlook.of(desk.site().view()));
        typed.mustHaveAnswered();
        List<Action> fresh = plan.actions().stream()
                .filter(action -> !(action instanceof Action.OnNode on)
                        || !desk.site().inMotion().contains(on.node()))
                .toList();
        if (fresh.isEmpty()) {
            return;
        }
        CarriedOut out = desk.site().carryOut(new Plan(plan.site(), plan.time(), fresh, List.of()));
        out.refused().forEach(one -> out().println(one.line()));
        for (Action action : fresh) {
            out().println("%s  %s".formatted(plan.time(), action.line()));
            desk.note(Event.Decided.of(plan.time(), action));
        }
    }

    /**
     * Says what a policy would do now, and goes by it from now on as time passes. At a real site nothing is done by it.
     *
     * @param wish the policy
     */
    public static void policy(Wish wish) {
        tell(() -> {
            planner = Optional.empty();
            typed = new Typed(wish, PATIENCE);
            Planner next = new Planner(typed);
            List<String> lines = next.plan(Outlook.of(desk.site().view())).lines();
            typed.mustHaveAnswered();
            planner = Optional.of(next);
            lines.forEach(out()::println);
            if (lines.isEmpty()) {
                out().println("now it would do nothing");
            }
        });
    }

    /** Goes by no policy any more. */
    public static void noPolicy() {
        planner = Optional.empty();
    }

    private static Why why(String reason) {
        return new Why(reason, Typed.NAME + " typed", Cost.NONE);
    }

    /**
     * For a policy: put this node on disk.
     *
     * @param node the node
     * @param why the reason
     * @return the action
     */
    public static Action toCheckpoint(Node node, String why) {
        return new Action.Checkpoint(node.name(), why(why));
    }

    /**
     * For a policy: bring this node back. A policy brings back only what a policy put away.
     *
     * @param node the node
     * @param why the reason
     * @return the action
     */
    public static Action toRestore(Node node, String why) {
        return new Action.Restore(node.name(), Optional.empty(), why(why));
    }

    /**
     * For a policy: move this node.
     *
     * @param node the node
     * @param host where to
     * @param why the reason
     * @return the action
     */
    public static Action toMigrate(Node node, String host, String why) {
        return new Action.Migrate(node.name(), host, why(why));
    }

    /**
     * For a policy: remove this node when its jobs have ended.
     *
     * @param node the node
     * @param why the reason
     * @return the action
     */
    public static Action toRemove(Node node, String why) {
        return new Action.Remove(node.name(), why(why));
    }

    /**
     * Draws what happened since the simulated site began, or since the shell is connected to the real one, and opens the
     * picture where there is a screen.
     */
    public static void timeline() {
        tell(() -> draw(Files.createTempFile("spillway-", ".svg"), true));
    }

    /**
     * Draws what happened since the simulated site began, or since the shell is connected to the real one.
     *
     * @param file where to
     */
    public static void timeline(String file) {
        tell(() -> draw(Path.of(file), false));
    }

    private static void draw(Path file, boolean open) throws IOException {
        Files.writeString(file, Picture.of(desk.site().name()).svg(desk.timeline()));
        if (open
                && !GraphicsEnvironment.isHeadless()
                && Desktop.isDesktopSupported()
                && Desktop.getDesktop().isSupported(Desktop.Action.BROWSE)) {
            Desktop.getDesktop().browse(file.toUri());
        }
        out().println("picture: " + file);
    }

    private static String words(Duration time) {
        return time.toMinutes() < 2
                ? "%d s".formatted(time.toSeconds())
                : time.toHours() < 2
                        ? "%d min".formatted(time.toMinutes())
                        : "%d h %d min".formatted(time.toHours(), time.toMinutesPart());
    }
}
