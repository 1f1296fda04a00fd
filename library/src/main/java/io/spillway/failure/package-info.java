/** What can go wrong, by kind. */
@NullMarked
package io.spillway.failure;

import org.jspecify.annotations.NullMarked;
