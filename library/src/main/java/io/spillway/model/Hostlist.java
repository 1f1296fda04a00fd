package io.spillway.model;

import static java.util.stream.Collectors.toCollection;

import io.spillway.failure.BadInputException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A set of node names, written as Slurm writes it: {@code vn[01-04,07],gpu3}. Ordered, without repetition.
 *
 * @param names the names, in natural order
 */
public record Hostlist(List<NodeName> names) implements Iterable<NodeName> {
    /** A guard against {@code vn[1-999999999]}. */
    static final int MOST = 65_536;

    private static final Hostlist EMPTY = new Hostlist(List.of());

    public Hostlist {
        names = List.copyOf(new TreeSet<>(names));
    }

    /**
     * Reads a list such as {@code vn[01-04,07],rack[1-2]node[1-2]-ib}.
     *
     * @param text the list; blanks around commas are forgiven, the empty text is the empty list
     * @return its names
     * @throws BadInputException if a bracket, a range or a name is wrong, or the names are over 65536
     */
    public static Hostlist parse(String text) {
        SortedSet<NodeName> names = new TreeSet<>();
        for (String item : HostlistSyntax.items(text)) {
            for (String name : HostlistSyntax.expand(item, text)) {
                names.add(NodeName.of(name));
                if (names.size() > MOST) {
                    throw HostlistSyntax.wrong(text, "names more than " + MOST + " nodes");
                }
            }
        }
        return new Hostlist(List.copyOf(names));
    }

    /**
     * The list of these names.
     *
     * @param names the names, in any order
     * @return the list
     */
    public static Hostlist of(Collection<NodeName> names) {
        return names.isEmpty() ? EMPTY : new Hostlist(List.copyOf(names));
    }

    /**
     * The list of these names.
     *
     * @param names each one node's name (no brackets)
     * @return the list
     */
    public static Hostlist of(String... names) {
        return of(Stream.of(names).map(NodeName::of).toList());
    }

    /**
     * The empty list.
     *
     * @return the empty list
     */
    public static Hostlist empty() {
        return EMPTY;
    }

    /**
     * Whether the list has no names.
     *
     * @return true if so
     */
    public boolean isEmpty() {
        return names.isEmpty();
    }

    /**
     * How many names there are.
     *
     * @return their number
     */
    public int size() {
        return names.size();
    }

    /**
     * Whether the name is in the list.
     *
     * @param name the name
     * @return true if so
     */
    public boolean contains(NodeName name) {
        return Collections.binarySearch(names, name) >= 0;
    }

    /**
     * The names of this list that are not in the other.
     *
     * @param other the other list
     * @return what is left
     */
    public Hostlist without(Hostlist other) {
        return of(names.stream().filter(name -> !other.contains(name)).collect(toCollection(ArrayList::new)));
    }

    /**
     * Walks the names in order.
     *
     * @return an iterator that cannot remove
     */
    @Override
    public Iterator<NodeName> iterator() {
        return names.iterator();
    }

    /**
     * The names one by one.
     *
     * @return a stream in order
     */
    public Stream<NodeName> stream() {
        return names.stream();
    }

    /**
     * The folded form, which {@link #parse} reads back to the same list.
     *
     * @return such as {@code vn[01-04,07]}
     */
    @Override
    public String toString() {
        return HostlistSyntax.fold(names);
    }
}
