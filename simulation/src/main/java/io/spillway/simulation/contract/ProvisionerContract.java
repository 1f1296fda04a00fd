package io.spillway.simulation.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spillway.cloud.Server;
import io.spillway.failure.RefusedException;
import io.spillway.slurm.MinionKey;
import io.spillway.slurm.Provisioner;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a {@link Provisioner} promises: salt-cloud's profiles and servers. */
public abstract class ProvisionerContract extends Contract {
    /** A suite. */
    protected ProvisionerContract() {}

    @Override
    final String port() {
        return "provisioner";
    }

    private Provisioner provisioner() {
        return site().ports().provisioner();
    }

    @Test
    void theNodesProfileIsThere() {
        assertTrue(provisioner().profiles().contains(site().profile()));
    }

    /** Port, key and mark come with the server, not after it: its maker may be killed at any moment. */
    @Test
    void whatWasMadeHasPortKeyAndMarks() {
        Server made = server();
        assertEquals(site().node().value(), made.name());
        assertEquals(site().node().value(), made.metadata().get("spillway:node"));
        assertTrue(made.address().isPresent());
        assertTrue(cloud().hasPort(site().node()));
        assertEquals(MinionKey.ACCEPTED, slurm().site().minions().get(site().node()));
    }

    @Test
    void aServerThatIsThereIsNotMadeTwice() {
        refused(
                RefusedException.class,
                () -> provisioner().create(site().node(), site().profile(), Map.of(), Optional.empty()));
        assertEquals(
                1,
                cloud().servers().stream()
                        .filter(one -> one.name().equals(site().node().value()))
                        .count());
    }

    /** Without its UUID only what a server has left behind goes. */
    @Test
    void aServerIsDestroyedByItsUuidOnly() {
        UUID id = server().id();
        refused(RefusedException.class, () -> provisioner().destroy(site().node(), Optional.empty()));
        assertEquals(id, server().id());
        assertTrue(cloud().hasPort(site().node()));
        assertTrue(slurm().site().minions().containsKey(site().node()));
    }

    @Test
    void toDestroyWhatIsNotThereIsNoError() {
        provisioner().destroy(site().nobody(), Optional.empty());
        assertFalse(cloud().hasPort(site().nobody()));
        assertFalse(slurm().site().minions().containsKey(site().nobody()));
    }
}
