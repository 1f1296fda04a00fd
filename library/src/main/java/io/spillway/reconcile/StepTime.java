package io.spillway.reconcile;

import java.time.Duration;

/**
 * What one step took.
 *
 * @param step its title
 * @param reason why it was done
 * @param party who did the work
 * @param took from the step's beginning until the next one's, waits included
 * @param own how much of that was neither the party's work nor waiting for somebody: looking and deciding
 */
public record StepTime(String step, String reason, Party party, Duration took, Duration own) {}
