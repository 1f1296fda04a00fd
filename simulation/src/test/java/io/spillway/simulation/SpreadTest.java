package io.spillway.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillway.Spillway;
import io.spillway.failure.NoCapacityException;
import io.spillway.model.Hostlist;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Where new servers go, if nobody says: as Nova's scheduler with its usual weigher, where most memory is left. */
class SpreadTest {
    private final VirtualTime time = new VirtualTime();
    private final Simulation simulation = new Simulation(time);
    private final Spillway site = simulation.spillway(Hostlist.parse("vn[01-08]"));

    private List<String> hosts() {
        return site.nodes().stream().map(Node::host).flatMap(Optional::stream).toList();
    }

    @Test
    void overAllHosts() {
        site.provision(Hostlist.parse("vn[01-04]")).await().orThrow();
        assertThat(hosts()).containsExactlyInAnyOrder("cn01", "cn01", "cn02", "cn02");
    }

    @Test
    void whatIsThereCounts() {
        simulation.ready("vn01");
        simulation.ready("vn02");
        site.provision(Hostlist.parse("vn[03-04]")).await().orThrow();
        assertThat(hosts()).containsExactly("cn01", "cn01", "cn02", "cn02");
    }

    @Test
    void notToADisabledHost() {
        simulation.admin().disables("cn01", "disk is odd");
        site.provision(Hostlist.parse("vn[01-02]")).await().orThrow();
        assertThat(hosts()).containsExactly("cn02", "cn02");
    }

    @Test
    void nowhereIfNoHostTakesAny() {
        simulation.admin().disables("cn01", "disk is odd");
        simulation.admin().disables("cn02", "disk is odd");
        assertThatThrownBy(() -> simulation
                        .ports(simulation.wire())
                        .provisioner()
                        .create(NodeName.of("vn01"), "htc", Map.of(), Optional.empty()))
                .isInstanceOf(NoCapacityException.class)
                .hasMessage("Nova: no valid host was found for vn01");
    }
}
