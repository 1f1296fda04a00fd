/** The front door: connect to a site, and bring its virtual nodes where they should be. */
@NullMarked
package io.spillway;

import org.jspecify.annotations.NullMarked;
