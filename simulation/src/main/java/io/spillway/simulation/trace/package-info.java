/** Traces of jobs: read from SWF or sacct, one job at a time, or generated after a published model. */
@NullMarked
package io.spillway.simulation.trace;

import org.jspecify.annotations.NullMarked;
