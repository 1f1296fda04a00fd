package io.spillway.timeline;

import io.spillway.failure.BadInputException;
import io.spillway.model.Hostlist;
import io.spillway.model.NodeName;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Names of nodes and hosts in a picture: whatever stands in a log must be drawn. */
final class Names {
    /** As a person counts; what is no name comes after those that are, nothing at all last. */
    static final Comparator<String> ORDER =
            Comparator.comparing(String::isEmpty).thenComparing(Names::strange).thenComparing(Names::compare);

    private Names() {}

    private static boolean strange(String name) {
        try {
            return NodeName.of(name).value().isEmpty();
        } catch (BadInputException strange) {
            return true;
        }
    }

    private static int compare(String a, String b) {
        return strange(a) || strange(b) ? a.compareTo(b) : NodeName.of(a).compareTo(NodeName.of(b));
    }

    /** As one hostlist, where they are all names. */
    static String list(Collection<String> names) {
        List<String> sorted = names.stream().sorted(ORDER).toList();
        return sorted.stream().anyMatch(Names::strange)
                ? String.join(",", sorted)
                : Hostlist.of(sorted.stream().map(NodeName::of).toList()).toString();
    }
}
