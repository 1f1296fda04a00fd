package io.spillway.doctor;

import io.spillway.failure.BadInputException;
import io.spillway.model.Hostlist;
import io.spillway.model.NodeName;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Names of nodes in findings, folded as Slurm folds them. */
final class Names {
    private Names() {}

    static String of(Collection<String> names) {
        try {
            return Hostlist.of(names.stream().map(NodeName::of).toList()).toString();
        } catch (BadInputException strange) {
            return String.join(",", new TreeSet<>(names));
        }
    }

    /** Lines such as {@code vn[01-02]: no answer}: who says the same stands together. */
    static List<String> lines(Map<String, String> saying) {
        Map<String, TreeSet<String>> byWord = new TreeMap<>();
        saying.forEach((name, word) ->
                byWord.computeIfAbsent(word, unused -> new TreeSet<>()).add(name));
        return byWord.entrySet().stream()
                .map(entry -> of(entry.getValue()) + ": " + entry.getKey())
                .toList();
    }
}
