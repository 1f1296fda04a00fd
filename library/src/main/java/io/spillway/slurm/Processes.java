package io.spillway.slurm;

/**
 * The processes of some jobs on one node.
 *
 * @param answered whether the node's minion answered; if not, the numbers say nothing
 * @param running how many are not stopped
 * @param stopped how many are in state T
 */
public record Processes(boolean answered, int running, int stopped) {}
