/**
 * Sweeps: one question asked for each combination of parameters and each seed. Parts of a sweep know nothing of each other;
 * they may be played side by side in one process or anywhere, and are joined to the same report.
 */
@NullMarked
package io.spillway.simulation.sweep;

import org.jspecify.annotations.NullMarked;
