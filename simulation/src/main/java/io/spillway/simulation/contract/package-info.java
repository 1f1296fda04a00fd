/**
 * What each port promises, as JUnit 5 suites: the simulation is held to it, and so is the real site. Who writes an adapter
 * of their own extends the suite of its port. Wants {@code junit-jupiter-api} on the classpath.
 */
@NullMarked
package io.spillway.simulation.contract;

import org.jspecify.annotations.NullMarked;
