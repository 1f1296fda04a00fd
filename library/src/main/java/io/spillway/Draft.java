package io.spillway;

import io.spillway.model.Goal;
import io.spillway.model.Hostlist;
import io.spillway.model.NodeName;
import io.spillway.model.Pool;
import io.spillway.reconcile.Step;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** An operation that was checked and has not begun. */
public final class Draft {
    private final Spillway spillway;
    private final String name;
    private final SortedMap<NodeName, Aim> aims;
    private final Map<NodeName, String> notes;

    Draft(Spillway spillway, String name, Map<NodeName, Aim> aims) {
        this(spillway, name, aims, Map.of());
    }

    Draft(Spillway spillway, String name, Map<NodeName, Aim> aims, Map<NodeName, String> notes) {
        this.spillway = spillway;
        this.name = name;
        this.aims = new TreeMap<>(aims);
        this.notes = Map.copyOf(notes);
    }

    /** What one node should be. */
    sealed interface Aim {
        /** At a goal; the pool is the one to make it for if it may be made. */
        record Reach(Goal goal, Optional<Pool> pool) implements Aim {}

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
     */
    public Operation start() {
        return spillway.start(this);
    }
}
