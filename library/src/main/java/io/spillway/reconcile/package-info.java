/** From what is seen and what is wanted to the next step, and the loop that takes the steps. */
@NullMarked
package io.spillway.reconcile;

import org.jspecify.annotations.NullMarked;
