/** The configuration file, and OpenStack's own. */
@NullMarked
package io.spillway.config;

import org.jspecify.annotations.NullMarked;
