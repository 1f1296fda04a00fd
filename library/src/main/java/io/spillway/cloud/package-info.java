/** The way to OpenStack. */
@NullMarked
package io.spillway.cloud;

import org.jspecify.annotations.NullMarked;
