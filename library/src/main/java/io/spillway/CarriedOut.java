package io.spillway;

import io.spillway.policy.Plan;
import java.util.List;

/**
 * A plan that is being carried out.
 *
 * @param operation the actions that were begun, side by side; wait for it, or take its future
 * @param refused the actions that were not begun, each with the reason
 */
public record CarriedOut(Operation operation, List<Plan.Refused> refused) {
    public CarriedOut {
        refused = List.copyOf(refused);
    }
}
