/**
 * What if: a trace of jobs on a cluster whose idle hosts carry virtual nodes, under several policies side by side.
 *
 * <p>This is the coarse one of two simulations. {@code io.spillway.simulation} stands behind Spillway's own ports and
 * plays each call, step and fault of a site, so that the code that runs in production runs on it; it tries whether things
 * are done right. Here a job is a row of numbers and an eviction costs what {@link io.spillway.policy.CostModel} says,
 * so that a year of jobs takes seconds; it tells whether a thing is worth doing. Neither knows the other.
 */
@NullMarked
package io.spillway.simulation.whatif;

import org.jspecify.annotations.NullMarked;
