/** The command, speaking to a daemon. */
@NullMarked
package io.spillway.daemon.client;

import org.jspecify.annotations.NullMarked;
