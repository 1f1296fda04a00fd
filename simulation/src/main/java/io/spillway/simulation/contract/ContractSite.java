package io.spillway.simulation.contract;

import io.spillway.model.Hostlist;
import io.spillway.model.NodeName;
import io.spillway.reconcile.Ports;
import java.time.Duration;
import java.time.Instant;

/** A site that the contracts are played on, and the people there. Not threadsafe. */
public interface ContractSite {
    /**
     * Which one, for the count at the end.
     *
     * @return such as {@code in the simulation}
     */
    String where();

    /**
     * What is held to its contracts.
     *
     * @return the ports
     */
    Ports ports();

    /**
     * The node that is acted on: READY before each contract and after it, without jobs of others.
     *
     * @return its name
     */
    NodeName node();

    /**
     * The node's salt-cloud profile.
     *
     * @return its name
     */
    String profile();

    /**
     * A name of the same pool of which nothing is there.
     *
     * @return the name
     */
    NodeName nobody();

    /**
     * The clock of this machine, by which the controller's is right.
     *
     * @return the time
     */
    Instant now();

    /**
     * Lets time pass.
     *
     * @param some how much
     */
    void pass(Duration some);

    /**
     * How long what was accepted may take until it is done.
     *
     * @return the longest time
     */
    Duration patience();

    /**
     * A user submits a job of one process that runs for ten minutes and more.
     *
     * @param on the nodes it wants
     * @return its id, at once
     */
    String submits(Hostlist on);

    /**
     * A user cancels a job.
     *
     * @param job its id
     */
    void cancels(String job);

    /**
     * An admin suspends a job.
     *
     * @param job its id
     */
    void suspends(String job);

    /**
     * An admin resumes a job.
     *
     * @param job its id
     */
    void resumes(String job);

    /**
     * An admin drains a node, for a reason of their own.
     *
     * @param node the node
     */
    void drains(NodeName node);

    /**
     * An admin ends any drain of a node.
     *
     * @param node the node
     */
    void undrains(NodeName node);

    /**
     * An admin locks a node's server in Nova.
     *
     * @param node the node
     */
    void locks(NodeName node);

    /**
     * An admin unlocks a node's server in Nova.
     *
     * @param node the node
     */
    void unlocks(NodeName node);

    /**
     * An admin disables a host's compute service.
     *
     * @param host the host
     * @param why the reason that stands there then
     */
    void disables(String host, String why);

    /**
     * An admin enables a host's compute service, whoever disabled it.
     *
     * @param host the host
     */
    void enables(String host);
}
