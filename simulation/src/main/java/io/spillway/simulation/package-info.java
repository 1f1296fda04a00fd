/**
 * A site that is only played: the same ports as the real one, over a virtual clock. It plays each call; a year of jobs is
 * for {@link io.spillway.simulation.whatif}, which counts.
 */
@NullMarked
package io.spillway.simulation;

import org.jspecify.annotations.NullMarked;
