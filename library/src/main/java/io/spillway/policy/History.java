package io.spillway.policy;

import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.SiteView;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What happened before, as far as a look at the site does not tell it. Immutable; whoever runs policies keeps it, and
 * may lose it without harm: then the budgets of jobs and the times of idle nodes begin anew.
 *
 * @param jobs jobs that were interrupted
 * @param idle nodes that are READY without a job, and since when
 * @param moved when a policy last moved a node
 */
public record History(Map<String, Past> jobs, Map<NodeName, Instant> idle, Map<NodeName, Instant> moved) {
    /** Nothing happened. */
    public static final History NONE = new History(Map.of(), Map.of(), Map.of());

    public History {
        jobs = Map.copyOf(jobs);
        idle = Map.copyOf(idle);
        moved = Map.copyOf(moved);
    }

    /**
     * What happened to a job.
     *
     * @param times how often it was interrupted
     * @param last when it was last interrupted, or last seen standing still
     */
    public record Past(int times, Instant last) {
        /** Never interrupted. */
        public static final Past NONE = new Past(0, Instant.EPOCH);
    }

    /**
     * What happened to a job.
     *
     * @param job the job
     * @return {@link Past#NONE} if nothing
     */
    public Past past(Job job) {
        return jobs.getOrDefault(job.id(), Past.NONE);
    }

    /**
     * How long a job has stood still in all since it first ran.
     *
     * @param job the job
     * @param now the controller's clock
     * @return nothing if nobody knows when it began
     */
    public static Duration awaySoFar(Job job, Instant now) {
        return job.started()
                .map(started -> Duration.between(started, now).minus(job.runTime()))
                .filter(time -> !time.isNegative())
                .orElse(Duration.ZERO);
    }

    /**
     * The history with what a plan does, if it is carried out.
     *
     * @param plan the plan
     * @param view what it was made from
     * @return the new history
     */
    public History noted(Plan plan, SiteView view) {
        if (plan.isEmpty()) {
            return this;
        }
        Map<NodeName, Node> nodes = new HashMap<>();
        view.nodes().forEach(node -> nodes.put(node.name(), node));
        Map<String, Past> past = new HashMap<>(jobs);
        Map<NodeName, Instant> went = new HashMap<>(moved);
        for (Action action : plan.actions()) {
            Node node = action instanceof Action.OnNode on ? nodes.get(on.node()) : null;
            if (node == null) {
                continue;
            }
            if (action instanceof Action.Checkpoint || action instanceof Action.Hold) {
                node.jobs().stream()
                        .filter(Job::running)
                        // once a plan, on however many of its nodes
                        .forEach(job -> past.put(job.id(), new Past(past(job).times() + 1, view.time())));
            } else if (action.target().isPresent()) {
                went.put(node.name(), view.time());
            }
        }
        return new History(past, idle, went);
    }

    /**
     * The history with what is seen now. What is over is forgotten.
     *
     * @param view the view
     * @return the new history
     */
    public History seen(SiteView view) {
        Instant now = view.time();
        Map<NodeName, Instant> waiting = new HashMap<>();
        Map<NodeName, Instant> went = new HashMap<>();
        for (Node node : view.nodes()) {
            NodeName name = node.name();
            if (node.phase() == Phase.READY && node.jobs().isEmpty()) {
                waiting.put(name, idle.getOrDefault(name, now));
            }
            Optional.ofNullable(moved.get(name)).ifPresent(time -> went.put(name, time));
        }
        Map<String, Past> past = new HashMap<>();
        if (!jobs.isEmpty()) {
            for (Job job : view.jobs()) {
                Past one = jobs.get(job.id());
                if (one != null && (job.onNodes() || job.pending())) {
                    past.put(job.id(), job.running() ? one : new Past(one.times(), now));
                }
            }
        }
        return new History(past, waiting, went);
    }

    /**
     * To be stored.
     *
     * @return JSON, which {@link #parse} reads back to the same
     */
    public String json() {
        return Json.write(this);
    }

    /**
     * Reads what {@link #json} wrote; what it does not know it leaves out.
     *
     * @param json the text
     * @return the history
     * @throws io.spillway.failure.BadInputException in one line, if it is none
     */
    public static History parse(String json) {
        return Json.history(json);
    }
}
