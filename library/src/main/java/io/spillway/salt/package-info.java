/** The way to Salt: its REST interface, and nothing of it but the functions of our own runner. */
@NullMarked
package io.spillway.salt;

import org.jspecify.annotations.NullMarked;
