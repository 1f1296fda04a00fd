/** HTTP for the adapters, by the JDK's own client. Inner workings: not for use from outside the library. */
@NullMarked
package io.spillway.http;

import org.jspecify.annotations.NullMarked;
