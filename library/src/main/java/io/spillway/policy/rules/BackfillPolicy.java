package io.spillway.policy.rules;

import io.spillway.model.Goal;
import io.spillway.model.Host;
import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.Size;
import io.spillway.policy.Action;
import io.spillway.policy.Capacity;
import io.spillway.policy.JobClass;
import io.spillway.policy.Outlook;
import io.spillway.policy.Plan;
import io.spillway.policy.Policy;
import io.spillway.policy.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Urgent jobs wait for nodes of a pool, and no host has room: on one host, where it costs least, nodes with jobs of
 * classes that yield step aside, each by its ladder, idle ones first, then those that have run least. What is on its way
 * out already is counted as room to come, so that no more steps aside than is wanted. The nodes themselves are brought by
 * {@link QueuePolicy}. When no urgent job waits for a node any more, what stepped aside comes back, in place or on the host
 * that has room first.
 *
 * @param patience how long an urgent job waits before others step aside for it
 */
public record BackfillPolicy(Duration patience) implements Policy {
    /** The name. */
    public static final String NAME = "backfill";

    /** At once. */
    public static final BackfillPolicy DEFAULT = new BackfillPolicy(Duration.ZERO);

    /** Looked at closely, of the hosts where the least memory has to go. */
    private static final int HOSTS = 4;

    /** Nodes that urgent jobs want at one moment; more is for the next one. */
    private static final int NODES = 32;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Plan plan(Outlook outlook) {
        Round round = new Round(outlook);
        int nodes = 0;
        List<Demand.Want> wants = Demand.of(outlook, urgent(outlook));
        for (Demand.Want want : wants) {
            for (int i = 0; i < want.nodes() && nodes < NODES; i++) {
                round.makeRoom(want);
                nodes++;
            }
        }
        if (wants.isEmpty()) {
            round.actions.addAll(Homeward.restored(outlook, round.room, NAME, node -> true, round.refused));
        }
        return new Plan(outlook.view().site(), outlook.now(), round.actions, round.refused);
    }

    /** Those that have waited long enough. */
    private List<Waiting> urgent(Outlook outlook) {
        Instant latest = outlook.now().minus(patience);
        return Demand.urgent(outlook).stream()
                .flatMap(waiting ->
                        waiting.only(job -> !job.request().submitted().isAfter(latest)).stream())
                .toList();
    }

    /** One decision. */
    private static final class Round {
        private final Outlook outlook;
        private final Capacity room;
        private final Capacity coming;
        private final StepAside aside;
        private final List<Action> actions = new ArrayList<>();
        private final List<Plan.Refused> refused = new ArrayList<>();
        private Optional<Set<String>> awaited = Optional.empty();
        private final Map<String, List<Node>> yielding = new HashMap<>();
        private final Set<NodeName> gone = new HashSet<>();

        Round(Outlook outlook) {
            this.outlook = outlook;
            this.room = outlook.capacity();
            this.aside = new StepAside(outlook, room, NAME, false);
            this.coming = outlook.capacity();
            outlook.view().nodes().forEach(this::leaves);
        }

        /** Counts the room that a node on its way out will leave. */
        private void leaves(Node node) {
            boolean out = Outlook.inMotion(node)
                    && node.goal()
                            .filter(goal -> goal.state() == Goal.State.CHECKPOINTED
                                    || goal.state() == Goal.State.ABSENT
                                    || goal.host()
                                            .filter(host -> !node.host().equals(Optional.of(host)))
                                            .isPresent())
                            .isPresent();
            if (out && node.phase() != Phase.CHECKPOINTED) {
                coming.forget(node);
            }
        }

        void makeRoom(Demand.Want want) {
            Size size = want.pool().terms().orElseThrow().size();
            Optional<String> there = room.tightest(size, host -> StepAside.open(outlook, host));
            if (there.isPresent()) {
                room.keep(there.get(), size);
                coming.keep(there.get(), size);
                return;
            }
            Optional<String> soon = coming.tightest(size, host -> StepAside.open(outlook, host));
            if (soon.isPresent()) {
                room.keep(soon.get(), size);
                coming.keep(soon.get(), size);
                return;
            }
            List<Candidate> hosts = outlook.view().hosts().stream()
                    .filter(host -> StepAside.open(outlook, host.name()))
                    .flatMap(host -> candidate(host, size).stream())
                    .sorted(Comparator.comparingLong(Candidate::memory).thenComparing(Candidate::host))
                    .limit(HOSTS)
                    .toList();
            for (Candidate host : hosts) {
                if (clear(host, size, want)) {
                    return;
                }
            }
            refused.add(new Plan.Refused(
                    NAME,
                    Optional.empty(),
                    "job %s (urgent) waits for a node of pool %s, and nobody can step aside for it"
                            .formatted(want.job().id(), want.pool().name())));
        }

        /** A host where room can be made. */
        private record Candidate(String host, List<Node> nodes, Size lacks, long memory) {}

        private Optional<Candidate> candidate(Host host, Size size) {
            Size lacks = size.minus(coming.free(host.name()));
            List<Node> chosen = new ArrayList<>();
            Size sum = Size.NONE;
            for (Node node : yielding.computeIfAbsent(host.name(), this::inOrder)) {
                if (lacks.fitsIn(sum)) {
                    break;
                }
                if (gone.contains(node.name())) {
                    continue;
                }
                chosen.add(node);
                sum = sum.plus(node.size().orElseThrow());
            }
            return host.size().isPresent() && !chosen.isEmpty() && lacks.fitsIn(sum)
                    ? Optional.of(new Candidate(host.name(), chosen, lacks, sum.memory()))
                    : Optional.empty();
        }

        /** Those of a host that may step aside, the first to go first. */
        private List<Node> inOrder(String host) {
            List<Ran> all = new ArrayList<>();
            for (Node node : outlook.guests(host)) {
                if (yields(node)) {
                    all.add(new Ran(node, ran(node)));
                }
            }
            all.sort(Comparator.comparingLong(Ran::seconds)
                    .thenComparing(ran -> ran.node().name()));
            return all.stream().map(Ran::node).toList();
        }

        /** How many seconds its jobs have run in all; none for an idle one. */
        private record Ran(Node node, long seconds) {}

        private static long ran(Node node) {
            long seconds = 0;
            for (Job job : node.jobs()) {
                seconds += job.runTime().toSeconds();
            }
            return seconds;
        }

        private boolean yields(Node node) {
            return node.phase() == Phase.READY
                    && Outlook.free(node)
                    && !(node.jobs().isEmpty() && awaited().contains(node.pool().orElse("")))
                    && jobsYield(node);
        }

        private boolean jobsYield(Node node) {
            for (Job job : node.jobs()) {
                if (!job.running() || !yields(job, node)) {
                    return false;
                }
            }
            return true;
        }

        /** Pools whose idle nodes are about to be used. */
        private Set<String> awaited() {
            if (awaited.isEmpty()) {
                awaited = Optional.of(Demand.pools(outlook));
            }
            return awaited.get();
        }

        private boolean yields(Job job, Node node) {
            JobClass of = outlook.basis().classes().of(job, node.pool());
            return of.yields() && !of.urgent();
        }

        private boolean clear(Candidate host, Size size, Demand.Want want) {
            String occasion = "job %s (urgent) waits for a node of pool %s"
                    .formatted(want.job().id(), want.pool().name());
            List<Action> all = new ArrayList<>();
            for (Node node : host.nodes()) {
                boolean memory = host.lacks().memory() > 0;
                StepAside.Way way = aside.choose(node, memory, Optional.empty(), occasion);
                if (way.actions().isEmpty()) {
                    refused.add(new Plan.Refused(NAME, Optional.empty(), node.name() + " stays: " + way.why()));
                    return false;
                }
                all.addAll(way.actions());
            }
            actions.addAll(all);
            host.nodes().forEach(node -> gone.add(node.name()));
            host.nodes().forEach(coming::forget);
            coming.keep(host.host(), size);
            room.keep(host.host(), size);
            return true;
        }
    }
}
