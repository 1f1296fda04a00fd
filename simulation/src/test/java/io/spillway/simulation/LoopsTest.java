package io.spillway.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillway.Spillway;
import io.spillway.failure.BadInputException;
import io.spillway.model.Bounds;
import io.spillway.model.Host;
import io.spillway.model.Hostlist;
import io.spillway.model.Pool;
import io.spillway.policy.Action;
import io.spillway.policy.Cost;
import io.spillway.policy.Outlook;
import io.spillway.policy.Plan;
import io.spillway.policy.Policy;
import io.spillway.policy.Why;
import io.spillway.policy.rules.Policies;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Whoever works on for ever at one moment is found out, and named in one line. */
class LoopsTest {
    private static final Wire AT_ONCE = new Wire() {
        @Override
        public <T> T call(String what, Supplier<T> work) {
            return work.get();
        }
    };

    /** Disables a host whenever it is enabled, and the other way round. */
    private static final Policy RESTLESS = new Policy() {
        @Override
        public String name() {
            return "restless";
        }

        @Override
        public Plan plan(Outlook outlook) {
            Why why = new Why("it is as it is", "restless", Cost.NONE);
            Host host = outlook.view().hosts().get(0);
            Action action = host.up()
                    ? new Action.DisableHost(host.name(), "spillway: maintenance", why)
                    : new Action.EnableHost(host.name(), why);
            return Plan.of(outlook, List.of(action));
        }
    };

    private final VirtualTime time = new VirtualTime();
    private final Simulation simulation = new Simulation(time);

    private Spillway site(Wire wire) {
        Policies none = Policies.NONE;
        Policies policies = new Policies(
                none.classes(), none.reserve(), none.limits(), none.rates(), List.of(), List.of(RESTLESS), Set.of());
        Pool pool = new Pool("htc", "htc", Hostlist.parse("vn[01-02]"), 2);
        return Spillway.over("simulated", Map.of("htc", pool), simulation.ports(wire), time, Bounds.DEFAULT, policies);
    }

    @Test
    void aPolicyThatDecidesForEverAtOneMoment() {
        simulation.pass(Duration.ofSeconds(12));
        try (SimulatedDaemon daemon = new SimulatedDaemon(simulation, site(AT_ONCE))) {
            assertThatThrownBy(() -> daemon.pass(Duration.ofMinutes(1)))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage(
                            "policy restless decides for ever at 2027-01-15T08:00:12Z, second 12.0 of the simulation: disable host cn01, 100 times and no time passes");
        }
    }

    @Test
    void whereTimePassesItMayBeRestless() {
        try (SimulatedDaemon daemon = new SimulatedDaemon(simulation, site(simulation.wire()))) {
            daemon.pass(Duration.ofMinutes(10));
            assertThat(daemon.decisions()).isNotEmpty();
        }
    }

    @Test
    void whoeverWakesHimselfAtTheSameMoment() {
        Runnable[] again = new Runnable[1];
        again[0] = () -> time.after(Duration.ZERO, again[0]);
        time.after(Duration.ofSeconds(3), again[0]);
        assertThatThrownBy(() -> simulation.pass(Duration.ofSeconds(5)))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining(
                        "things happened at 2027-01-15T08:00:03Z, second 3.0 of the simulation, and no time passes");
    }

    @Test
    void whoeverActsForEverOnAWireThatTakesNoTime() {
        var cloud = simulation.ports(AT_ONCE).cloud();
        assertThatThrownBy(() -> {
                    while (true) {
                        cloud.disable("cn01", "spillway: maintenance");
                    }
                })
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "100000 things were done at 2027-01-15T08:00:00Z, second 0.0 of the simulation, and no time passes; the last: disable cn01");
    }
}
