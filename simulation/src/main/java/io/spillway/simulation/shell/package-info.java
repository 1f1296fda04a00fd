/** A site at hand in {@code jshell}: one line does one thing, and says what came of it. */
@NullMarked
package io.spillway.simulation.shell;

import org.jspecify.annotations.NullMarked;
