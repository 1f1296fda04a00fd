/**
 * Decisions about a site: a {@link io.spillway.policy.Policy} looks at an {@link io.spillway.policy.Outlook} and answers
 * with a {@link io.spillway.policy.Plan}; a {@link io.spillway.policy.Planner} puts policies together and refuses what
 * must not be. All pure: no clock, no I/O, no thread.
 */
@NullMarked
package io.spillway.policy;

import org.jspecify.annotations.NullMarked;
