package io.spillway.policy;

import io.spillway.model.Away;
import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.Pool;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The guards that every planner has. */
public final class Guards {
    /** Those that every planner has. */
    public static final List<Guard> ALWAYS = List.of(
            Guards::possible,
            Guards::intent,
            Guards::settled,
            Guards::ours,
            Guards::open,
            Guards::ladder,
            Guards::budget);

    private static final Set<Phase> RUNS = Set.of(Phase.READY, Phase.HELD);

    private Guards() {}

    /** The action makes sense for what is there. */
    static Optional<String> possible(Action action, Outlook outlook) {
        if (action instanceof Action.Build build) {
            return buildable(build, outlook);
        }
        if (action instanceof Action.OnNode on) {
            Optional<Node> node = outlook.node(on.node());
            return node.isEmpty() || node.get().phase() == Phase.ABSENT
                    ? Optional.of(on.node() + " is not there")
                    : fits(on, node.get());
        }
        if (action instanceof Action.OnHost on) {
            return outlook.host(on.host()).isEmpty() ? Optional.of("there is no host " + on.host()) : Optional.empty();
        }
        return Optional.empty();
    }

    private static Optional<String> buildable(Action.Build build, Outlook outlook) {
        Optional<Pool> pool = outlook.pool(build.pool());
        if (pool.isEmpty()) {
            return Optional.of("there is no pool " + build.pool());
        }
        if (!pool.get().nodes().contains(build.node())) {
            return Optional.of("pool %s has no %s".formatted(build.pool(), build.node()));
        }
        if (pool.get().terms().isEmpty()) {
            return Optional.of("pool " + build.pool() + " says nothing of its nodes' size: no policy may use it");
        }
        return outlook.node(build.node())
                .filter(node -> node.phase() != Phase.ABSENT)
                .map(node -> "%s is there already, %s".formatted(node.name(), node.phase()));
    }

    private static Optional<String> fits(Action.OnNode action, Node node) {
        boolean fits;
        if (action instanceof Action.Restore) {
            fits = node.phase() == Phase.CHECKPOINTED;
        } else if (action instanceof Action.Release) {
            fits = node.phase() == Phase.HELD;
        } else if (action instanceof Action.Hold) {
            fits = node.phase() == Phase.READY;
        } else if (action instanceof Action.Remove) {
            fits = node.phase() != Phase.LOST;
        } else {
            fits = RUNS.contains(node.phase());
        }
        if (!fits) {
            return Optional.of("%s is %s".formatted(node.name(), node.phase()));
        }
        boolean stays = action instanceof Action.Migrate && node.host().equals(action.target());
        return stays ? Optional.of(node.name() + " is there already") : Optional.empty();
    }

    /** What an admin wants left as it is, is left as it is; also where only a job on another node would be touched. */
    static Optional<String> intent(Action action, Outlook outlook) {
        if (action instanceof Action.OnNode on) {
            Optional<Node> node = outlook.node(on.node());
            Optional<String> own =
                    node.flatMap(Node::intent).map(why -> "an admin has %s: %s".formatted(on.node(), why));
            if (own.isPresent() || !interrupts(action)) {
                return own;
            }
            return node.flatMap(one -> peers(one.jobs(), Optional.of(one.name()), outlook));
        }
        if (action instanceof Action.OnJob on) {
            Optional<Job> job = outlook.job(on.job());
            return job.isEmpty()
                    ? Optional.of("job " + on.job() + " is on no virtual node")
                    : peers(List.of(job.get()), Optional.empty(), outlook);
        }
        Optional<Clearance> ours =
                action instanceof Action.OnHost on ? outlook.host(on.host()).flatMap(Clearance::of) : Optional.empty();
        Optional<String> words = action instanceof Action.OnHost on
                ? outlook.host(on.host()).flatMap(io.spillway.model.Host::disabled)
                : Optional.empty();
        return words.filter(text -> ours.isEmpty()).map(text -> "an admin has disabled it: " + text);
    }

    private static boolean interrupts(Action action) {
        return action instanceof Action.Hold || action instanceof Action.Checkpoint;
    }

    private static Optional<String> peers(List<Job> jobs, Optional<NodeName> self, Outlook outlook) {
        for (Job job : jobs) {
            boolean stands = self.isPresent() && job.suspended();
            if (stands) {
                continue;
            }
            for (NodeName name : job.nodes()) {
                Optional<Node> peer = outlook.node(name).filter(node -> !self.equals(Optional.of(node.name())));
                Optional<String> why = peer.flatMap(Node::intent);
                if (why.isPresent()) {
                    return Optional.of(
                            "job %s is on %s too, which an admin has: %s".formatted(job.id(), name, why.get()));
                }
                if (peer.filter(node -> node.phase() == Phase.LOST).isPresent()) {
                    return Optional.of("job %s is on %s too, which is LOST".formatted(job.id(), name));
                }
            }
        }
        return Optional.empty();
    }

    /** Nobody knows how a lost node is, and one that is on its way is let go there. */
    static Optional<String> settled(Action action, Outlook outlook) {
        if (action instanceof Action.OnJob job) {
            return outlook.job(job.job()).stream()
                    .flatMap(one -> one.nodes().stream())
                    .flatMap(name -> outlook.node(name).stream())
                    .filter(Outlook::inMotion)
                    .findFirst()
                    .map(node -> "job %s is on %s, which is in motion".formatted(job.job(), node.name()));
        }
        if (!(action instanceof Action.OnNode on)) {
            return Optional.empty();
        }
        return outlook.node(on.node()).flatMap(node -> {
            if (node.phase() == Phase.LOST) {
                return Optional.of("%s is LOST: %s".formatted(node.name(), node.reason()));
            }
            boolean moves = Outlook.inMotion(node);
            String goal = node.goal().map(one -> ", on its way to " + one).orElse("");
            boolean unsettled = interrupts(action) && node.jobs().stream().anyMatch(Job::unsettled);
            if (unsettled) {
                return Optional.of("a job on %s just starts or ends".formatted(node.name()));
            }
            return moves ? Optional.of("%s is %s%s".formatted(node.name(), node.phase(), goal)) : Optional.empty();
        });
    }

    /** What a policy put away may be brought back, removed or put further away; what an admin did, only moved. */
    static Optional<String> ours(Action action, Outlook outlook) {
        if (!(action instanceof Action.OnNode on) || action instanceof Action.Migrate) {
            return Optional.empty();
        }
        return outlook.node(on.node())
                .filter(node -> !ours(node))
                .map(node -> "%s was %s by an admin".formatted(node.name(), node.phase()));
    }

    /**
     * Whether a policy may change what a node is.
     *
     * @param node the node
     * @return false if it stands still by an admin's word
     */
    public static boolean ours(Node node) {
        boolean still = node.phase() == Phase.HELD || node.phase() == Phase.CHECKPOINTED;
        return !still
                || node.pause().isPresent()
                || node.away().filter(Away::aside).isPresent();
    }

    /** Nothing is put on a host that is to be emptied, or that an admin closed. */
    static Optional<String> open(Action action, Outlook outlook) {
        Optional<String> to = action.target();
        if (to.isEmpty() && action instanceof Action.Restore restore) {
            to = outlook.node(restore.node()).flatMap(Node::host);
        }
        return to.flatMap(name -> outlook.host(name)
                .map(host -> host.disabled()
                        .map(why -> "host %s is disabled: %s".formatted(name, why))
                        .or(() -> host.up() ? Optional.empty() : Optional.of("host " + name + " is down")))
                .orElse(Optional.of("there is no host " + name)));
    }

    /** No work is thrown away that its class does not allow to be. */
    static Optional<String> ladder(Action action, Outlook outlook) {
        if (!(action instanceof Action.OnJob on)) {
            return Optional.empty();
        }
        Rung rung = action instanceof Action.Requeue ? Rung.REQUEUE : Rung.CANCEL;
        return outlook.job(on.job()).flatMap(job -> {
            JobClass of = outlook.classOf(job);
            if (!of.ladder().rungs().contains(rung)) {
                return Optional.of("class %s does not allow to %s its jobs".formatted(of.name(), rung));
            }
            boolean dies = rung == Rung.REQUEUE && !job.request().requeue();
            return dies
                    ? Optional.of("job %s may not be requeued, its user says".formatted(job.id()))
                    : Optional.empty();
        });
    }

    /** A job runs a while between two interruptions, and is not interrupted more often or longer than its class bears. */
    static Optional<String> budget(Action action, Outlook outlook) {
        List<Job> jobs = List.of();
        if (interrupts(action) && action instanceof Action.OnNode on) {
            jobs = outlook.node(on.node()).map(Node::jobs).orElse(List.of());
        } else if (action instanceof Action.OnJob on) {
            jobs = outlook.job(on.job()).map(List::of).orElse(List.of());
        }
        return jobs.stream()
                .flatMap(job -> budget(job, action.why().cost().away(), outlook).stream())
                .findFirst();
    }

    /**
     * Whether a job's budget forbids to interrupt it.
     *
     * @param job the job; one that does not run is not interrupted
     * @param away how long it would stand still at least
     * @param outlook what is known
     * @return why not; empty if it may be
     */
    public static Optional<String> budget(Job job, Duration away, Outlook outlook) {
        if (!job.running()) {
            return Optional.empty();
        }
        JobClass of = outlook.classOf(job);
        Budget budget = of.budget();
        History.Past past = outlook.basis().history().past(job);
        Duration ran = Duration.between(past.last(), outlook.now());
        if (past.times() > 0 && ran.compareTo(budget.run()) < 0) {
            return Optional.of("job %s (%s) has run only %s since its last interruption; %s are its least"
                    .formatted(job.id(), of.name(), Cost.seconds(ran), Cost.seconds(budget.run())));
        }
        if (past.times() >= budget.times()) {
            return Optional.of("job %s (%s) was interrupted %d times, which is all it bears"
                    .formatted(job.id(), of.name(), past.times()));
        }
        Duration all = History.awaySoFar(job, outlook.now()).plus(away);
        if (all.compareTo(budget.away()) > 0) {
            return Optional.of("job %s (%s) would have stood still for %s; %s is all it bears"
                    .formatted(job.id(), of.name(), Cost.seconds(all), Cost.seconds(budget.away())));
        }
        return Optional.empty();
    }
}
