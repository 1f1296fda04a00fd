/** The daemon {@code spillwayd}. */
@NullMarked
package io.spillway.daemon.server;

import org.jspecify.annotations.NullMarked;
