package io.spillway.lab;

import io.spillway.cloud.OpenStackCloud;
import io.spillway.config.SpillwayConfig;
import io.spillway.model.Hostlist;
import io.spillway.model.NodeName;
import io.spillway.reconcile.Ports;
import io.spillway.salt.SaltNetApi;
import io.spillway.simulation.contract.CloudContract;
import io.spillway.simulation.contract.ContractSite;
import io.spillway.simulation.contract.HappeningsContract;
import io.spillway.simulation.contract.ProvisionerContract;
import io.spillway.simulation.contract.ResourceManagerContract;
import io.spillway.slurm.SaltHappenings;
import io.spillway.slurm.SaltProvisioner;
import io.spillway.slurm.SaltResourceManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;

/** The contracts of all ports, on one node of the lab that is READY. Run by {@link Contracts}. */
class OnTheLab {
    /** Nobody else's on the lab. */
    static final String NODE = "vn08";

    private static final ContractSite SITE = new Real();

    @Nested
    class TheProvisioner extends ProvisionerContract {
        @Override
        protected ContractSite site() {
            return SITE;
        }
    }

    @Nested
    class TheResourceManager extends ResourceManagerContract {
        @Override
        protected ContractSite site() {
            return SITE;
        }
    }

    @Nested
    class TheEvents extends HappeningsContract {
        @Override
        protected ContractSite site() {
            return SITE;
        }
    }

    @Nested
    class TheCloud extends CloudContract {
        @Override
        protected ContractSite site() {
            return SITE;
        }
    }

    /** The real adapters, and people who type. */
    private static final class Real implements ContractSite {
        private final SpillwayConfig config = SpillwayConfig.load(Lab.CONFIG);
        private final SaltNetApi salt = new SaltNetApi(config.salt());
        private final Ports ports = new Ports(
                new OpenStackCloud(config.cloud()),
                new SaltResourceManager(salt),
                new SaltProvisioner(salt),
                new SaltHappenings(salt));

        @Override
        public String where() {
            return "on the lab";
        }

        @Override
        public Ports ports() {
            return ports;
        }

        @Override
        public NodeName node() {
            return NodeName.of(NODE);
        }

        @Override
        public String profile() {
            return "htc";
        }

        @Override
        public NodeName nobody() {
            return NodeName.of("vn07");
        }

        @Override
        public Instant now() {
            return Instant.now(Clock.systemUTC());
        }

        @Override
        public void pass(Duration some) {
            try {
                TimeUnit.NANOSECONDS.sleep(some.toNanos());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", interrupted);
            }
        }

        @Override
        public Duration patience() {
            return Duration.ofMinutes(2);
        }

        @Override
        public String submits(Hostlist on) {
            return Lab.submit(on.toString());
        }

        @Override
        public void cancels(String job) {
            ok("ctl", "scancel", job);
        }

        @Override
        public void suspends(String job) {
            ok("ctl", "scontrol", "suspend", job);
        }

        @Override
        public void resumes(String job) {
            ok("ctl", "scontrol", "resume", job);
        }

        @Override
        public void drains(NodeName node) {
            ok("ctl", "scontrol", "update", "NodeName=" + node, "State=DRAIN", "Reason=disk is odd");
        }

        @Override
        public void undrains(NodeName node) {
            ok("ctl", "scontrol", "update", "NodeName=" + node, "State=UNDRAIN");
        }

        @Override
        public void locks(NodeName node) {
            server(node, "cloud.compute.lock_server(server)");
        }

        @Override
        public void unlocks(NodeName node) {
            server(node, "cloud.compute.unlock_server(server)");
        }

        @Override
        public void disables(String host, String why) {
            service(host, "cloud.compute.disable_service(service, disabled_reason='" + why + "')");
        }

        @Override
        public void enables(String host) {
            service(host, "cloud.compute.enable_service(service)");
        }

        private static void server(NodeName node, String statement) {
            asAdmin("[server] = [one for one in cloud.compute.servers(all_projects=True) if one.name == '%s']; %s"
                    .formatted(node, statement));
        }

        private static void service(String host, String statement) {
            asAdmin("[service] = cloud.compute.services(binary='nova-compute', host='%s'); %s"
                    .formatted(host, statement));
        }

        private static void asAdmin(String statement) {
            ok("cloud", "python3", "-c", "import openstack; cloud = openstack.connect(cloud='admin'); " + statement);
        }

        private static Lab.Answer ok(String... words) {
            String[] command = Arrays.copyOfRange(words, 1, words.length);
            Lab.Answer answer = Lab.on(words[0], command);
            if (answer.exit() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + answer.error());
            }
            return answer;
        }
    }
}
