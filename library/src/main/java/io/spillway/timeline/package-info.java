/** What happened to hosts, nodes and jobs: noted as events, drawn as a picture. */
@NullMarked
package io.spillway.timeline;

import org.jspecify.annotations.NullMarked;
