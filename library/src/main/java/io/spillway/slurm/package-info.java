/** The way to Slurm and to the making of nodes, both through the Salt extension. */
@NullMarked
package io.spillway.slurm;

import org.jspecify.annotations.NullMarked;
