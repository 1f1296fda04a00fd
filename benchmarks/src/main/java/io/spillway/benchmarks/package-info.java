/** Benchmarks of what is called often, each a JMH benchmark: `make bench NAME=kernels` runs them short. */
@NullMarked
package io.spillway.benchmarks;

import org.jspecify.annotations.NullMarked;
