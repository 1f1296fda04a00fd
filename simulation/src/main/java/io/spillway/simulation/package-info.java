/** A site that is only played: the same ports as the real one, over a virtual clock. */
@NullMarked
package io.spillway.simulation;

import org.jspecify.annotations.NullMarked;
