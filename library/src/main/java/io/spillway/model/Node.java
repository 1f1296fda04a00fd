package io.spillway.model;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * One virtual node as it is now.
 *
 * @param name its name
 * @param phase what it is
 * @param goal what it should be, where that is written
 * @param pool the pool it was made for, where that is known
 * @param server its Nova server
 * @param host the hypervisor it is on
 * @param address its address in the cluster's network
 * @param jobs what is on it
 * @param size its flavor's CPUs and memory
 * @param intent why an admin wants it left as it is: a drain, a reservation, a pin or a lock; empty if nobody does
 * @param away which policy put it away, or moved it; empty if none did, or a person has said something else since
 * @param pause the host for whose job it stands still, whatever its goal is; empty if it does not
 * @param reason one line for a person: why it is not (only) what its phase says; empty if there is nothing to say
 */
public record Node(
        NodeName name,
        Phase phase,
        Optional<Goal> goal,
        Optional<String> pool,
        Optional<UUID> server,
        Optional<String> host,
        Optional<String> address,
        List<Job> jobs,
        Optional<Size> size,
        Optional<String> intent,
        Optional<Away> away,
        Optional<String> pause,
        String reason) {
    public Node {
        jobs = List.copyOf(jobs);
    }

    /**
     * A node of unknown size that no admin wants left as it is.
     *
     * @param name its name
     * @param phase what it is
     * @param goal what it should be, where that is written
     * @param pool the pool it was made for, where that is known
     * @param server its Nova server
     * @param host the hypervisor it is on
     * @param address its address in the cluster's network
     * @param jobs what is on it
     * @param reason one line for a person
     */
    public Node(
            NodeName name,
            Phase phase,
            Optional<Goal> goal,
            Optional<String> pool,
            Optional<UUID> server,
            Optional<String> host,
            Optional<String> address,
            List<Job> jobs,
            String reason) {
        this(name, phase, goal, pool, server, host, address, jobs, Optional.empty(), Optional.empty(), reason);
    }

    /**
     * A node that no policy has put away, and that stands still for no job.
     *
     * @param name its name
     * @param phase what it is
     * @param goal what it should be, where that is written
     * @param pool the pool it was made for, where that is known
     * @param server its Nova server
     * @param host the hypervisor it is on
     * @param address its address in the cluster's network
     * @param jobs what is on it
     * @param size its flavor's CPUs and memory
     * @param intent why an admin wants it left as it is
     * @param reason one line for a person
     */
    public Node(
            NodeName name,
            Phase phase,
            Optional<Goal> goal,
            Optional<String> pool,
            Optional<UUID> server,
            Optional<String> host,
            Optional<String> address,
            List<Job> jobs,
            Optional<Size> size,
            Optional<String> intent,
            String reason) {
        this(
                name,
                phase,
                goal,
                pool,
                server,
                host,
                address,
                jobs,
                size,
                intent,
                Optional.empty(),
                Optional.empty(),
                reason);
    }
}
