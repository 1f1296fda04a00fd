/** What the lab's soak puts beside the library. */
package io.spillway.reconcile;
