package io.spillway.config;

import java.io.StringReader;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** In which line of a YAML file each key stands. */
final class Lines {
    private final Map<String, Integer> lines = new HashMap<>();

    private Lines() {}

    static Lines of(String yaml) {
        Lines lines = new Lines();
        try {
            Node root = new Yaml(new LoaderOptions()).compose(new StringReader(yaml));
            lines.walk("", root);
        } catch (YAMLException told) {
            // who reads the file says so better
        }
        return lines;
    }

    private void walk(String path, @org.jspecify.annotations.Nullable Node node) {
        if (!(node instanceof MappingNode mapping)) {
            return;
        }
        for (NodeTuple pair : mapping.getValue()) {
            if (pair.getKeyNode() instanceof ScalarNode key) {
                String at = path.isEmpty() ? key.getValue() : path + "." + key.getValue();
                lines.put(at, key.getStartMark().getLine() + 1);
                walk(at, pair.getValueNode());
            }
        }
    }

    /** The line of the key, or of the nearest key above it that is there. */
    OptionalInt line(String path) {
        String at = path;
        while (!at.isEmpty()) {
            Integer line = lines.get(at);
            if (line != null) {
                return OptionalInt.of(line);
            }
            int dot = at.lastIndexOf('.');
            at = dot < 0 ? "" : at.substring(0, dot);
        }
        return OptionalInt.empty();
    }
}
