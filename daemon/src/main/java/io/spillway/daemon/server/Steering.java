package io.spillway.daemon.server;

import io.spillway.Pilot;
import io.spillway.Spillway;
import io.spillway.daemon.api.Documents;
import io.spillway.failure.SpillwayException;
import io.spillway.model.SiteView;
import io.spillway.policy.Calibration;
import io.spillway.policy.History;
import io.spillway.policy.Plan;
import io.spillway.timeline.Event;
import io.spillway.timeline.Event.Decided;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The site's policies at work: a round on each look, each decision told with its reason. What is remembered lies in the
 * state folder. One thread goes the rounds; all may ask what was decided.
 */
final class Steering {
    private static final Logger LOG = LoggerFactory.getLogger(Steering.class);

    private final Pilot pilot;
    private final List<String> policies;
    private final Kept<History> history;
    private final Kept<Calibration> calibration;
    private final Consumer<List<Event>> told;
    private Set<String> refusedBefore = Set.of();

    /**
     * Steers this site.
     *
     * @param site the site, whose policies count
     * @param folder for what is remembered
     * @param told takes each round's decisions
     */
    Steering(Spillway site, Path folder, Consumer<List<Event>> told) {
        this.policies = site.policies().names();
        this.history = new Kept<>(folder.resolve("history.json"), History.NONE, History::parse, History::json);
        this.calibration =
                new Kept<>(folder.resolve("calibration.json"), Calibration.NONE, Calibration::parse, Calibration::json);
        this.told = told;
        this.pilot = site.pilot(new Pilot.Memory(history.value(), calibration.value()));
        if (!policies.isEmpty()) {
            LOG.info("policies: {}", String.join(", ", policies));
        }
    }

    /** Goes one round. */
    void round(SiteView view) {
        if (policies.isEmpty()) {
            return;
        }
        try {
            Plan plan = pilot.round(view);
            plan.actions().forEach(action -> LOG.info("{}: {}", action.subject(), action.line()));
            Set<String> refused = new HashSet<>();
            for (Plan.Refused one : plan.refused()) {
                if (refused.add(one.line()) && !refusedBefore.contains(one.line())) {
                    LOG.info("policies: {}", one.line());
                }
            }
            refusedBefore = refused;
            told.accept(plan.actions().stream()
                    .<Event>map(action -> Decided.of(plan.time(), action))
                    .toList());
        } catch (SpillwayException failure) {
            LOG.warn("policies: nothing was begun: {}", failure.getMessage());
        }
        keep();
    }

    private void keep() {
        Pilot.Memory now = pilot.memory();
        history.keep(now.history());
        calibration.keep(now.calibration());
    }

    /** What was decided last. */
    Documents.Policy policy() {
        return Documents.policy(policies, pilot::latest);
    }
}
