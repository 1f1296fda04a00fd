package io.spillway;

import io.spillway.model.Away;
import io.spillway.model.Goal;
import io.spillway.model.Hostlist;
import io.spillway.model.NodeName;
import io.spillway.model.Pool;
import io.spillway.policy.Plan;
import io.spillway.reconcile.NodeOutcome;
import io.spillway.reconcile.Step;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** An operation that was checked and has not begun. */
public final class Draft {
    private final Spillway spillway;
    private final String name;
    private final SortedMap<NodeName, Aim> aims;
    private final Map<NodeName, String> notes;
    private final List<String> words;
    private final Optional<Planned> planned;

    Draft(Spillway spillway, String name, Map<NodeName, Aim> aims) {
        this(spillway, name, aims, Map.of());
    }

    Draft(Spillway spillway, String name, Map<NodeName, Aim> aims, Map<NodeName, String> notes) {
        this(spillway, name, aims, notes, List.of(), Optional.empty());
    }

    /** By a plan, whose nodes' ways come after something else. */
    Draft(Spillway spillway, String name, Planned planned, List<String> words) {
        this(spillway, name, planned.carrying().aims, planned.carrying().notes, words, Optional.of(planned));
    }

    private Draft(
            Spillway spillway,
            String name,
            Map<NodeName, Aim> aims,
            Map<NodeName, String> notes,
            List<String> words,
            Optional<Planned> planned) {
        this.spillway = spillway;
        this.name = name;
        this.aims = new TreeMap<>(aims);
        this.notes = Map.copyOf(notes);
        this.words = List.copyOf(words);
        this.planned = planned;
    }

    /** A plan, checked once more. */
    record Planned(Plan plan, Carrying carrying) {
        SortedMap<NodeName, NodeOutcome> ends() {
            return carrying.ends(Stream.concat(plan.refused().stream(), carrying.refused.stream())
                    .toList());
        }
    }

    /** What one node should be. */
    sealed interface Aim {
        /** At a goal; the pool is the one to make it for if it may be made; {@code by} a policy that puts it away so. */
        record Reach(Goal goal, Optional<Pool> pool, Optional<Away> by) implements Aim {
            Reach(Goal goal, Optional<Pool> pool) {
                this(goal, pool, Optional.empty());
            }
        }

        /** Closed to new jobs till a person opens it. */
        record Drain(String reason) implements Aim {}

        /** Open to new jobs again. */
        record Undrain() implements Aim {}
    }

    /**
     * What was asked for, such as {@code checkpoint}.
     *
     * @return the operation's name
     */
    public String name() {
        return name;
    }

    SortedMap<NodeName, Aim> aims() {
        return aims;
    }

    /** Nodes that it is about and that stay as they are, with the reason. */
    SortedMap<NodeName, NodeOutcome> refused() {
        return planned.map(Planned::ends).orElseGet(TreeMap::new);
    }

    /**
     * What is to be said before it begins, such as how long it will take.
     *
     * @return one line each
     */
    public List<String> words() {
        return words;
    }

    /** Why a node in particular, for other admins in Slurm. */
    Optional<String> note(NodeName node) {
        return Optional.ofNullable(notes.get(node));
    }

    /**
     * The nodes it is about.
     *
     * @return their names
     */
    public Hostlist nodes() {
        return Hostlist.of(aims.keySet());
    }

    /**
     * The steps that would be taken now if every part did what it is asked to, each with its reason. Changes nothing.
     *
     * @return each node's steps; the last one says how it would end
     */
    public SortedMap<NodeName, List<Step>> steps() {
        return spillway.foretell(this);
    }

    /**
     * Begins.
     *
     * @return the operation under way
     * @throws io.spillway.failure.SpillwayException if what comes before the nodes' ways is refused: then nothing has begun
     */
    public Operation start() {
        if (planned.isEmpty()) {
            return spillway.start(this);
        }
        Carrying carrying = planned.get().carrying();
        carrying.begin();
        carrying.unswitched().ifPresent(failure -> {
            throw failure;
        });
        return spillway.start(new Draft(spillway, name, planned.get(), words));
    }
}
