/** The words of Spillway as immutable values. */
@NullMarked
package io.spillway.model;

import org.jspecify.annotations.NullMarked;
