/** The policies that ship, each a small class that tells its rule, and {@link io.spillway.policy.rules.Policies}. */
@NullMarked
package io.spillway.policy.rules;

import org.jspecify.annotations.NullMarked;
