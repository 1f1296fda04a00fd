package io.spillway.slurm;

import io.spillway.model.Fact;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What Slurm, Salt and the nodes tell of how they are set up. Facts only: {@code io.spillway.doctor} judges them.
 *
 * @param controller what the machine beside slurmctld tells
 * @param master what the Salt master tells
 * @param profiles the salt-cloud profiles by their names
 * @param minions the minions' keys: {@code accepted}, {@code pending} or {@code rejected}
 * @param nodes what the nodes tell that were asked
 * @param left the nodes that were not asked, each with the reason
 */
public record SlurmFacts(
        Fact<Controller> controller,
        Fact<Master> master,
        Fact<Map<String, Profile>> profiles,
        Fact<Map<String, String>> minions,
        Map<String, Fact<OneNode>> nodes,
        Map<String, String> left) {
    public SlurmFacts {
        nodes = java.util.Collections.unmodifiableMap(new TreeMap<>(nodes));
        left = java.util.Collections.unmodifiableMap(new TreeMap<>(left));
    }

    /**
     * Nothing is known.
     *
     * @param why why not
     * @return the facts
     */
    public static SlurmFacts unknown(String why) {
        return new SlurmFacts(
                Fact.unknown(why), Fact.unknown(why), Fact.unknown(why), Fact.unknown(why), Map.of(), Map.of());
    }

    /**
     * What the machine beside slurmctld tells.
     *
     * @param software its versions
     * @param config settings of slurm.conf as slurmctld uses them, such as {@code SlurmdTimeout} to {@code 0 sec}
     * @param nodes all nodes of Slurm
     * @param unresolved nodes of slurm.conf whose addresses no name service knows
     */
    public record Controller(
            Software software,
            Fact<Map<String, String>> config,
            Fact<List<Listed>> nodes,
            Fact<List<String>> unresolved) {}

    /**
     * The versions on a machine.
     *
     * @param salt Salt's
     * @param extension of saltext-spillway
     * @param slurm of Slurm's tools
     */
    public record Software(String salt, String extension, Fact<String> slurm) {}

    /**
     * A node in Slurm's list.
     *
     * @param name its name
     * @param states Slurm's words
     * @param dynamic whether it joined by itself; else it stands in slurm.conf
     * @param version its slurmd's version; empty if it never registered
     */
    public record Listed(String name, Set<String> states, boolean dynamic, String version) {}

    /**
     * What the Salt master tells.
     *
     * @param software its versions; Slurm's is unknown
     * @param clients what salt-api lets in, {@code netapi_enable_clients}
     * @param permissions by eauth module and user
     * @param api how salt-api listens
     */
    public record Master(
            Software software,
            Fact<List<String>> clients,
            Fact<Map<String, Map<String, List<Permission>>>> permissions,
            Fact<Api> api) {}

    /**
     * How salt-api listens, {@code rest_cherrypy}.
     *
     * @param host the address that it listens at
     * @param tls whether it ends TLS itself
     */
    public record Api(String host, boolean tls) {}

    /**
     * What an eauth user may call.
     *
     * @param where {@code @runner}, {@code @wheel}, {@code @jobs}, or a target of minions
     * @param function a pattern of functions' names, matched from the start
     */
    public record Permission(String where, String function) {}

    /**
     * A salt-cloud profile.
     *
     * @param size the servers' flavor
     * @param network their network
     * @param names the names that it has addresses for
     */
    public record Profile(String size, String network, List<String> names) {}

    /**
     * What a node's minion tells.
     *
     * @param software its versions
     * @param clockOffset the node's clock minus the controller's
     * @param mungeToNode whether the controller's credential is valid there
     * @param mungeFromNode whether the node's credential is valid on the controller
     * @param slurmd whether slurmd answers
     * @param deadMounts network mounts that do not answer, or are missing
     * @param nfs the NFS mounts
     * @param clockguard whether spillway-clockguard runs; empty where that cannot be seen
     * @param guestsYield whether virtual machines there get only the CPU time nobody else wants; empty without any
     */
    public record OneNode(
            Software software,
            Fact<Duration> clockOffset,
            Fact<Boolean> mungeToNode,
            Fact<Boolean> mungeFromNode,
            boolean slurmd,
            List<String> deadMounts,
            List<Mount> nfs,
            Optional<Boolean> clockguard,
            Optional<Boolean> guestsYield) {}

    /**
     * An NFS mount.
     *
     * @param path where it is
     * @param version NFS' version, such as {@code 4.2}
     * @param hard whether it waits for a silent server; else it gives jobs an error
     * @param locks what becomes of locks while the node is away: {@code none recover nlm local}
     */
    public record Mount(String path, String version, boolean hard, String locks) {}
}
