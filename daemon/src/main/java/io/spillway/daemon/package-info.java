/** The command {@code spillway}. */
@NullMarked
package io.spillway.daemon;

import org.jspecify.annotations.NullMarked;
