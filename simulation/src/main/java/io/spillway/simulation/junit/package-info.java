/** A simulated site for each test: {@link io.spillway.simulation.junit.SimulatedSite}. Wants {@code junit-jupiter-api}. */
@NullMarked
package io.spillway.simulation.junit;

import org.jspecify.annotations.NullMarked;
