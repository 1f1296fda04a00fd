package io.spillway.model;

import java.time.Instant;

/**
 * Whose word it is that a node is not where and what it was: a policy's, which brings it back. It stands in the server's
 * metadata beside the goal.
 *
 * @param policy the policy that put it away
 * @param aside whether its jobs were suspended; else it was moved
 * @param since when that was decided
 * @param host the host it was on; empty if nobody knew
 */
public record Away(String policy, boolean aside, Instant since, String host) {}
