package io.spillway.daemon.server;

import io.spillway.Pilot;
import io.spillway.Spillway;
import io.spillway.daemon.api.Documents;
import io.spillway.failure.SpillwayException;
import io.spillway.model.SiteView;
import io.spillway.policy.Action;
import io.spillway.policy.Calibration;
import io.spillway.policy.History;
import io.spillway.policy.Plan;
import io.spillway.timeline.Event;
import io.spillway.timeline.Event.Decided;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
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
    private final Path history;
    private final Path calibration;
    private final Consumer<List<Event>> told;
    private Set<String> refusedBefore = Set.of();
    private Pilot.Memory kept;

    /**
     * Steers this site.
     *
     * @param site the site, whose policies count
     * @param folder for what is remembered
     * @param told takes each round's decisions
     */
    Steering(Spillway site, Path folder, Consumer<List<Event>> told) {
        this.policies = site.policies().names();
        this.history = folder.resolve("history.json");
        this.calibration = folder.resolve("calibration.json");
        this.told = told;
        this.kept = new Pilot.Memory(
                read(history, History::parse).orElse(History.NONE),
                read(calibration, Calibration::parse).orElse(Calibration.NONE));
        this.pilot = site.pilot(kept);
        if (!policies.isEmpty()) {
            LOG.info("policies: {}", String.join(", ", policies));
        }
    }

    private static <T> Optional<T> read(Path file, Function<String, T> parse) {
        try {
            return Files.exists(file) ? Optional.of(parse.apply(Files.readString(file))) : Optional.empty();
        } catch (IOException | SpillwayException unreadable) {
            LOG.warn("policies: {} cannot be read, they begin anew: {}", file, unreadable.getMessage());
            return Optional.empty();
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
            told.accept(
                    plan.actions().stream().map(action -> decided(plan, action)).toList());
        } catch (SpillwayException failure) {
            LOG.warn("policies: nothing was begun: {}", failure.getMessage());
        }
        keep();
    }

    private static Event decided(Plan plan, Action action) {
        return new Decided(
                plan.time(),
                action.why().policy(),
                action.verb(),
                action instanceof Action.OnNode on ? Optional.of(on.node().value()) : Optional.empty(),
                Optional.empty(),
                action.target(),
                action.why().reason(),
                Optional.of(action.why().rule()));
    }

    private void keep() {
        Pilot.Memory now = pilot.memory();
        if (now.equals(kept)) {
            return;
        }
        try {
            write(history, now.history().json());
            write(calibration, now.calibration().json());
            kept = now;
        } catch (IOException full) {
            LOG.warn("policies: what they did cannot be kept: {}", full.toString());
        }
    }

    /** Whole or not at all. */
    private static void write(Path file, String text) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, text);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** What was decided last. */
    Documents.Policy policy() {
        return Documents.policy(policies, pilot::latest);
    }
}
