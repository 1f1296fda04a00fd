/** What the command and the daemon say to each other, and both ways of having it done. */
@NullMarked
package io.spillway.daemon.api;

import org.jspecify.annotations.NullMarked;
