package io.spillway.daemon.api;

import io.spillway.Draft;
import io.spillway.Outcome;
import io.spillway.doctor.Finding;
import io.spillway.failure.NotFoundException;
import io.spillway.failure.SpillwayException;
import io.spillway.model.Away;
import io.spillway.model.Goal;
import io.spillway.model.Host;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Pool;
import io.spillway.policy.Action;
import io.spillway.policy.Savings;
import io.spillway.policy.Why;
import io.spillway.reconcile.NodeOutcome;
import io.spillway.reconcile.Step;
import io.spillway.reconcile.StepTime;
import io.spillway.reconcile.Tide;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The documents of --json and of the daemon. Their keys stay; new ones may come. */
public final class Documents {
    private static final Set<String> WITHOUT_GOAL = Set.of("drain", "undrain");

    private Documents() {}

    /**
     * The virtual nodes.
     *
     * @param nodes each one
     */
    public record Nodes(List<OneNode> nodes) {
        /** OneNode node; by says which policy put it away, or moved it, and will bring it back. */
        public record OneNode(
                String name,
                String phase,
                @Nullable String goal,
                @Nullable String pool,
                @Nullable String server,
                @Nullable String host,
                @Nullable String address,
                List<Job> jobs,
                String reason,
                @Nullable String by) {}

        /** A job on it. */
        public record Job(String id, String name, String user, List<String> states, String nodes) {}
    }

    static Nodes nodes(List<Node> nodes) {
        return new Nodes(nodes.stream().map(Documents::node).toList());
    }

    private static Nodes.OneNode node(Node node) {
        return new Nodes.OneNode(
                node.name().value(),
                node.phase().name(),
                node.goal().map(Goal::toString).orElse(null),
                node.pool().orElse(null),
                node.server().map(Object::toString).orElse(null),
                node.host().orElse(null),
                node.address().orElse(null),
                node.jobs().stream()
                        .map(job -> new Nodes.Job(
                                job.id(),
                                job.name(),
                                job.user(),
                                job.states().stream().sorted().toList(),
                                job.nodes().toString()))
                        .toList(),
                node.reason(),
                node.away().map(Documents::by).orElse(null));
    }

    private static String by(Away away) {
        return "%s, %s %s since %s"
                .formatted(
                        away.policy(),
                        away.aside() ? "put away on" : "moved from",
                        away.host().isEmpty() ? "some host" : away.host(),
                        away.since());
    }

    /**
     * The hypervisors.
     *
     * @param hosts each one
     */
    public record Hosts(List<OneHost> hosts) {
        /** OneHost host and the virtual nodes on it; disabled says why it takes no more. */
        public record OneHost(
                String name,
                boolean up,
                String nodes,
                @Nullable String disabled) {}
    }

    static Hosts hosts(List<Host> hosts, List<Node> nodes) {
        return new Hosts(hosts.stream()
                .map(host -> new Hosts.OneHost(
                        host.name(),
                        host.up(),
                        io.spillway.model.Hostlist.of(nodes.stream()
                                        .filter(node -> node.host().equals(Optional.of(host.name())))
                                        .map(Node::name)
                                        .toList())
                                .toString(),
                        host.disabled().orElse(null)))
                .toList());
    }

    /**
     * The pools.
     *
     * @param pools each one
     */
    public record Pools(List<OnePool> pools) {
        /** OnePool pool; closed says why it makes no servers now. */
        public record OnePool(
                String name,
                String profile,
                String nodes,
                int maximum,
                int there,
                @Nullable String closed) {}
    }

    static Pools pools(List<Pool> pools, List<Node> nodes, Map<String, String> closed) {
        return new Pools(pools.stream()
                .map(pool -> new Pools.OnePool(
                        pool.name(),
                        pool.profile(),
                        pool.nodes().toString(),
                        pool.maximum(),
                        (int) nodes.stream()
                                .map(Node::name)
                                .filter(pool.nodes()::contains)
                                .count(),
                        closed.get(pool.name())))
                .toList());
    }

    /**
     * What was decided in the last day.
     *
     * @param decisions each one, the newest first
     */
    public record Decisions(List<Decision> decisions) {
        /** One decision, for several nodes where they were decided together. */
        public record Decision(String time, String what, String why) {}
    }

    /**
     * What the policies decided last.
     *
     * @param policies those that are on, in the order in which they decide
     * @param time when they did; empty before the first time
     * @param plan what is being done
     * @param refused what a policy wanted and is not done
     */
    public record Policy(List<String> policies, @Nullable String time, List<Doing> plan, List<Refused> refused) {
        /** One action. */
        public record Doing(
                String what,
                @Nullable String node,
                String reason,
                String rule,
                double expectedSeconds,
                @Nullable String deadline) {}

        /** Something that is not done; what is empty if the whole policy failed. */
        public record Refused(String policy, @Nullable String what, String why) {}
    }

    /**
     * What a pilot decided; it is asked only if a policy is on.
     *
     * @throws NotFoundException if none is
     */
    public static Policy policy(List<String> policies, Supplier<Optional<io.spillway.policy.Plan>> decided) {
        if (policies.isEmpty()) {
            throw new NotFoundException(null, "no policy is on; `policies` in spillway.yaml switches them on");
        }
        Optional<io.spillway.policy.Plan> plan = decided.get();
        return new Policy(
                policies,
                plan.map(one -> one.time().toString()).orElse(null),
                plan.map(one -> one.actions().stream().map(Documents::doing).toList())
                        .orElse(List.of()),
                plan.map(one -> one.refused().stream().map(Documents::refused).toList())
                        .orElse(List.of()));
    }

    private static Policy.Doing doing(Action action) {
        Why why = action.why();
        return new Policy.Doing(
                what(action),
                action instanceof Action.OnNode on ? on.node().value() : null,
                why.reason(),
                why.rule(),
                seconds(why.cost().takes()),
                why.deadline().map(Instant::toString).orElse(null));
    }

    private static Policy.Refused refused(io.spillway.policy.Plan.Refused one) {
        return new Policy.Refused(
                one.policy(),
                one.action()
                        .map(action -> action.verb() + " " + action.subject() + to(action))
                        .orElse(null),
                one.why());
    }

    /** What is done; to a node it is said elsewhere. */
    private static String what(Action action) {
        return action instanceof Action.OnNode ? action.verb() + to(action) : action.verb() + " " + action.subject();
    }

    private static String to(Action action) {
        return action.target().map(host -> " to " + host).orElse("");
    }

    /**
     * What suspension has saved.
     *
     * @param since when the counting began; null before the first look
     * @param classes the sums of each class of jobs
     */
    public record Report(@Nullable String since, List<OfClass> classes) {
        /** One class; all hours are CPU-hours. */
        public record OfClass(
                String name, long interruptions, double requeueLostHours, double keptHours, double stillHours) {}
    }

    /** What was counted. */
    public static Report report(Savings savings) {
        return new Report(
                savings.since().map(Instant::toString).orElse(null),
                savings.byClass().entrySet().stream()
                        .map(one -> new Report.OfClass(
                                one.getKey(),
                                one.getValue().interruptions(),
                                hours(one.getValue().risked()),
                                hours(one.getValue().kept()),
                                hours(one.getValue().still())))
                        .toList());
    }

    private static double hours(Duration time) {
        return Math.round(time.toSeconds() / 3.6) / 1000.0;
    }

    /** How an operation ended. */
    public record Operation(String operation, List<Ended> nodes) {
        /** Ended node's end. */
        public record Ended(
                String name,
                String outcome,
                @Nullable String goal,
                @Nullable String kind,
                @Nullable Boolean retryable,
                String reason,
                String phase,
                @Nullable String host,
                double seconds,
                double ownSeconds,
                List<Took> steps) {
            /** Whether it reached its goal. */
            public boolean done() {
                return outcome.equals("done");
            }
        }

        /** What one step took. */
        public record Took(String step, double seconds, double ownSeconds, String party, String reason) {}
    }

    static Operation operation(String name, Outcome outcome, Map<NodeName, Node> now) {
        return new Operation(
                name,
                outcome.nodes().stream()
                        .map(node -> ended(name, node, Optional.ofNullable(now.get(node.node()))))
                        .toList());
    }

    private static Operation.Ended ended(String operation, NodeOutcome outcome, Optional<Node> now) {
        return new Operation.Ended(
                outcome.node().value(),
                outcome.done() ? "done" : "failed",
                WITHOUT_GOAL.contains(operation) ? null : outcome.goal().toString(),
                outcome.failure().map(SpillwayException::kind).orElse(null),
                outcome.failure().map(SpillwayException::retryable).orElse(null),
                outcome.reason(),
                now.map(node -> node.phase().name()).orElse("ABSENT"),
                now.flatMap(Node::host).orElse(null),
                seconds(outcome.took()),
                seconds(outcome.own()),
                outcome.steps().stream().map(Documents::took).toList());
    }

    private static Operation.Took took(StepTime step) {
        return new Operation.Took(
                step.step(),
                seconds(step.took()),
                seconds(step.own()),
                step.party().name(),
                step.reason());
    }

    private static double seconds(Duration time) {
        return time.toMillis() / 1000.0;
    }

    /** The steps that would be taken; words is what is said before them. */
    public record Plan(String operation, boolean dryRun, List<Foreseen> nodes, List<String> words) {
        /** Foreseen node's. */
        public record Foreseen(String name, double expectedSeconds, List<Foretold> steps) {}

        /** Foreseen step; refused if this node's way would end there in vain. */
        public record Foretold(String step, String reason, double expectedSeconds, boolean refused) {}
    }

    static Plan plan(Draft draft) {
        return new Plan(
                draft.name(),
                true,
                draft.steps().entrySet().stream()
                        .map(entry -> foretold(entry.getKey(), entry.getValue()))
                        .toList(),
                draft.words());
    }

    private static Plan.Foreseen foretold(NodeName node, List<Step> steps) {
        List<Plan.Foretold> foretold = steps.stream()
                .map(step -> new Plan.Foretold(
                        Titles.of(step), step.reason(), Titles.seconds(step), step instanceof Step.Refuse))
                .toList();
        return new Plan.Foreseen(
                node.value(),
                foretold.stream().mapToDouble(Plan.Foretold::expectedSeconds).sum(),
                foretold);
    }

    /** What was found out about the site's health. */
    public record Doctor(List<Check> checks) {
        /** One check; mend says what to do, where there is something to do. */
        public record Check(
                String area,
                String check,
                String verdict,
                String detail,
                @Nullable String mend) {}

        /** Whether nothing is wrong; what is unknown is not. */
        public boolean well() {
            return checks.stream().noneMatch(check -> check.verdict().equals("wrong"));
        }
    }

    static Doctor doctor(List<Finding> findings) {
        return new Doctor(findings.stream()
                .map(finding -> new Doctor.Check(
                        finding.area().title(),
                        finding.check(),
                        finding.verdict().name().toLowerCase(Locale.ROOT),
                        finding.detail(),
                        finding.mend().isEmpty() ? null : finding.mend()))
                .toList());
    }

    /** How the daemon is. */
    public record Status(
            String version,
            String site,
            boolean leads,
            @Nullable String leader,
            @Nullable String blind,
            List<String> inMotion,
            Map<String, String> troubles) {}

    /** Something that happened to a node. */
    public record Event(String time, String node, String kind, String what, String reason) {}

    /**
     * Progress, to be told.
     *
     * @param progress what happened
     * @return the document
     */
    public static Progress progress(io.spillway.reconcile.Progress progress) {
        return new Progress(progress.node().value(), progress.kind().name(), progress.what(), progress.reason());
    }

    /**
     * Progress that was told.
     *
     * @param told the document
     * @return what happened
     */
    public static io.spillway.reconcile.Progress progress(Progress told) {
        return new io.spillway.reconcile.Progress(
                NodeName.of(told.node()),
                io.spillway.reconcile.Progress.Kind.valueOf(told.kind()),
                told.what(),
                told.reason());
    }

    /** The first word of an operation that begins; words is what is to be said before, such as how long it takes. */
    public record Begin(String operation, String nodes, List<String> words) {}

    static Begin begin(Draft draft) {
        return new Begin(draft.name(), draft.nodes().toString(), draft.words());
    }

    /** Something that happened on the way of an operation. */
    public record Progress(String node, String kind, String what, String reason) {}

    /** Why something was not done. */
    public record Problem(Cause error) {
        /** One line for a person, a kind for a program. */
        public record Cause(
                String kind, String message, @Nullable String subject, boolean retryable) {}
    }

    /** What a gate is to do: close these nodes and tell their jobs, suspend these jobs, or let its job start. */
    public record GateAnswer(boolean clear, String close, List<String> suspend, String words) {}

    /** The hosts whose memory bears jobs beside the virtual nodes there, a hostlist; and why the others' does not. */
    public record Room(String hosts, String words) {}

    /**
     * The document of an answer.
     *
     * @param answer the answer
     * @return the document
     */
    public static GateAnswer gate(Tide.Answer answer) {
        return new GateAnswer(answer.clear(), answer.close().toString(), List.copyOf(answer.suspend()), answer.words());
    }
}
