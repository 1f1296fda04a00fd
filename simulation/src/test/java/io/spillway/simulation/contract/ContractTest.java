package io.spillway.simulation.contract;

import io.spillway.model.Hostlist;
import io.spillway.model.NodeName;
import io.spillway.reconcile.Ports;
import io.spillway.simulation.SimulatedAdmin;
import io.spillway.simulation.Simulation;
import io.spillway.simulation.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Nested;

/** The contracts of all ports, in the simulation. {@code ContractIT} is the same on the lab. */
class ContractTest {
    @Nested
    class CloudTest extends CloudContract {
        private final ContractSite site = new Played();

        @Override
        protected ContractSite site() {
            return site;
        }
    }

    @Nested
    class ResourceManagerTest extends ResourceManagerContract {
        private final ContractSite site = new Played();

        @Override
        protected ContractSite site() {
            return site;
        }
    }

    @Nested
    class ProvisionerTest extends ProvisionerContract {
        private final ContractSite site = new Played();

        @Override
        protected ContractSite site() {
            return site;
        }
    }

    @Nested
    class HappeningsTest extends HappeningsContract {
        private final ContractSite site = new Played();

        @Override
        protected ContractSite site() {
            return site;
        }
    }

    /** One node that has been there for a while. */
    private static final class Played implements ContractSite {
        private final VirtualTime time = new VirtualTime();
        private final Simulation simulation = new Simulation(time);
        private final SimulatedAdmin admin = simulation.admin();

        Played() {
            simulation.ready("vn01");
            simulation.pass(Duration.ofMinutes(1));
        }

        @Override
        public String where() {
            return "in the simulation";
        }

        @Override
        public Ports ports() {
            return simulation.ports(simulation.wire());
        }

        @Override
        public NodeName node() {
            return NodeName.of("vn01");
        }

        @Override
        public String profile() {
            return "htc";
        }

        @Override
        public NodeName nobody() {
            return NodeName.of("vn09");
        }

        @Override
        public Instant now() {
            return time.now();
        }

        @Override
        public void pass(Duration some) {
            simulation.pass(some);
        }

        @Override
        public Duration patience() {
            return Duration.ofMinutes(1);
        }

        @Override
        public String submits(Hostlist on) {
            return simulation.submit("contract", Optional.of(on), Duration.ofMinutes(10));
        }

        @Override
        public void cancels(String job) {
            admin.cancels(job);
        }

        @Override
        public void suspends(String job) {
            admin.suspends(job);
        }

        @Override
        public void resumes(String job) {
            admin.resumes(job);
        }

        @Override
        public void drains(NodeName node) {
            admin.drains(node.value());
        }

        @Override
        public void undrains(NodeName node) {
            admin.undrains(node.value());
        }

        @Override
        public void locks(NodeName node) {
            admin.locks(node.value());
        }

        @Override
        public void unlocks(NodeName node) {
            admin.unlocks(node.value());
        }

        @Override
        public void disables(String host, String why) {
            admin.disables(host, why);
        }

        @Override
        public void enables(String host) {
            admin.enables(host);
        }
    }
}
