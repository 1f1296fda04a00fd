package io.spillway.config;

import io.spillway.failure.BadInputException;
import io.spillway.model.NodeName;
import io.spillway.model.Pool;
import io.spillway.policy.rules.Policies;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What spillway.yaml says.
 *
 * @param site the site's name
 * @param salt how to reach salt-api
 * @param cloud how to reach the cloud
 * @param pools the pools by their names
 * @param policies what is decided by itself; nothing where it says nothing
 * @param daemon how the daemon runs
 */
public record SpillwayConfig(
        String site,
        SaltConfig salt,
        CloudConfig cloud,
        Map<String, Pool> pools,
        Policies policies,
        DaemonConfig daemon) {
    public SpillwayConfig {
        pools = java.util.Collections.unmodifiableMap(new TreeMap<>(pools));
    }

    /**
     * Reads a file. Paths in it are relative to its folder.
     *
     * @param file the file
     * @return what it says
     * @throws BadInputException in one line, if it or a file that it names cannot be read or has a mistake
     */
    public static SpillwayConfig load(Path file) {
        return ConfigReader.read(file);
    }

    /**
     * Reads only the site's name, for those who may not read what the rest of the file names.
     *
     * @param file the file
     * @return the name
     * @throws BadInputException in one line, if it cannot be read or has none
     */
    public static String site(Path file) {
        return ConfigReader.load(file).text("site");
    }

    /**
     * The pool of that name.
     *
     * @param name its name
     * @return the pool
     * @throws BadInputException if there is none
     */
    public Pool pool(String name) {
        Pool pool = pools.get(name);
        if (pool == null) {
            throw new BadInputException(
                    name,
                    "there is no pool %s; the pools are: %s"
                            .formatted(printable(name), String.join(", ", pools.keySet())));
        }
        return pool;
    }

    private static String printable(String name) {
        return "'" + name.replaceAll("\\p{Cntrl}", "?") + "'";
    }

    /**
     * The pool that a node name belongs to.
     *
     * @param node the name
     * @return the pool, if one has it
     */
    public Optional<Pool> poolOf(NodeName node) {
        return pools.values().stream()
                .filter(pool -> pool.nodes().contains(node))
                .findFirst();
    }
}
