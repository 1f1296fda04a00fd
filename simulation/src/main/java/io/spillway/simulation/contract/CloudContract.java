package io.spillway.simulation.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spillway.cloud.Cloud;
import io.spillway.cloud.Migration;
import io.spillway.cloud.Presence;
import io.spillway.cloud.Server;
import io.spillway.cloud.ServerStatus;
import io.spillway.failure.NotFoundException;
import io.spillway.failure.RefusedException;
import io.spillway.model.Host;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a {@link Cloud} promises: Nova and Neutron, as far as Spillway asks them. */
public abstract class CloudContract extends Contract {
    /** A suite. */
    protected CloudContract() {}

    @Override
    final String port() {
        return "cloud";
    }

    /** The server suspended while its node takes no jobs, and back after. */
    private void away(Runnable meanwhile) {
        UUID id = server().id();
        slurm().drain(site().node(), "spillway: contract");
        try {
            cloud().suspend(id);
            settled(id, ServerStatus.SUSPENDED);
            try {
                meanwhile.run();
            } finally {
                cloud().resume(id);
                settled(id, ServerStatus.ACTIVE);
            }
        } finally {
            until(
                    "a node that is well",
                    () -> slurm().probe(site().node(), Duration.ofSeconds(5)).answer(),
                    probe -> probe.obstacle().isEmpty());
            slurm().undrain(site().node(), false);
        }
    }

    private Server settled(UUID id, ServerStatus status) {
        return until("server to be " + status, () -> cloud().server(id), one -> one.status() == status && !one.busy());
    }

    /** Nova answers 404: that is no failure of the look-up. */
    @Test
    void aServerThatIsNotThereIsToldAsSuch() {
        UUID nobody = new UUID(0x1234_5678_9abc_4defL, 0x8000_0000_0000_0001L);
        refused(NotFoundException.class, () -> cloud().server(nobody));
        refused(NotFoundException.class, () -> cloud().suspend(nobody));
        refused(NotFoundException.class, () -> cloud().setMetadata(nobody, Map.of("contract", "x")));
        assertTrue(cloud().servers().stream().noneMatch(one -> one.id().equals(nobody)));
    }

    @Test
    void oneServerIsTheSameAsAmongAll() {
        Server one = cloud().server(server().id());
        assertEquals(server(), one);
        assertEquals(ServerStatus.ACTIVE, one.status());
        assertEquals(Presence.THERE, one.presence());
        assertFalse(one.busy());
        assertFalse(one.locked());
    }

    /** The flavor's memory is in MiB, not in bytes and not in GiB. */
    @Test
    void sizesAreCpusAndMebibytes() {
        server().size().ifPresent(size -> {
            assertTrue(size.cpus() >= 1 && size.cpus() <= 1024, () -> "CPUs: " + size);
            assertTrue(size.memory() >= 64 && size.memory() <= 16_777_216, () -> "MiB: " + size);
        });
    }

    /** Goal and list of jobs change in one request: a daemon may be killed between two. */
    @Test
    void metadataAreAddedToWhatStandsThere() {
        UUID id = server().id();
        Map<String, String> before = server().metadata();
        cloud().setMetadata(id, Map.of("contract-a", "1", "contract-b", "2"));
        cloud().setMetadata(id, Map.of("contract-b", "3"));
        Map<String, String> wanted = new HashMap<>(before);
        wanted.putAll(Map.of("contract-a", "1", "contract-b", "3"));
        assertEquals(wanted, cloud().server(id).metadata());
        cloud().removeMetadata(id, List.of("contract-a", "contract-never", "contract-b"));
        assertEquals(before, cloud().server(id).metadata());
    }

    /** Facts, placement: a suspended server keeps its place, and so its port, address and host. */
    @Test
    void aSuspendedServerKeepsWhatItHas() {
        Server before = server();
        away(() -> {
            Server gone = cloud().server(before.id());
            assertEquals(before.name(), gone.name());
            assertEquals(before.host(), gone.host());
            assertEquals(before.address(), gone.address());
            assertEquals(before.metadata(), gone.metadata());
            assertEquals(before.size(), gone.size());
            assertTrue(cloud().hasPort(site().node()));
            cloud().setMetadata(before.id(), Map.of("contract", "written while away"));
            assertEquals(
                    "written while away", cloud().server(before.id()).metadata().get("contract"));
            // facts, live migration: of a suspended one 409
            refused(RefusedException.class, () -> cloud().suspend(before.id()));
            refused(RefusedException.class, () -> cloud().pause(before.id()));
            refused(RefusedException.class, () -> cloud().unpause(before.id()));
            refused(RefusedException.class, () -> cloud().start(before.id()));
            refused(RefusedException.class, () -> cloud().liveMigrate(before.id(), elsewhere(before)));
        });
        Server after = server();
        assertEquals(before.id(), after.id());
        assertEquals("written while away", after.metadata().get("contract"));
        cloud().removeMetadata(before.id(), List.of("contract"));
    }

    private String elsewhere(Server server) {
        return cloud().hosts().stream()
                .map(Host::name)
                .filter(name -> !Optional.of(name).equals(server.host()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whatIsNotAwayIsNotBroughtBack() {
        UUID id = server().id();
        refused(RefusedException.class, () -> cloud().resume(id));
        refused(RefusedException.class, () -> cloud().unpause(id));
        refused(RefusedException.class, () -> cloud().start(id));
        assertEquals(ServerStatus.ACTIVE, cloud().server(id).status());
    }

    /** Facts, preemption: pause takes 0.2 s; a paused server cannot be suspended (409). */
    @Test
    void aPausedServerIsNotSuspended() {
        Server before = server();
        UUID id = before.id();
        slurm().drain(site().node(), "spillway: contract");
        String word = before.host().orElse("host") + "@" + slurm().site().time().getEpochSecond();
        cloud().setMetadata(id, Map.of("spillway:pause", word));
        try {
            cloud().pause(id);
            settled(id, ServerStatus.PAUSED);
            refused(RefusedException.class, () -> cloud().suspend(id));
            refused(RefusedException.class, () -> cloud().resume(id));
        } finally {
            cloud().unpause(id);
            settled(id, ServerStatus.ACTIVE);
            cloud().removeMetadata(id, List.of("spillway:pause"));
            until(
                    "a node that is well",
                    () -> slurm().probe(site().node(), Duration.ofSeconds(5)).answer(),
                    probe -> probe.obstacle().isEmpty());
            slurm().undrain(site().node(), false);
        }
    }

    /** Nova refuses whoever is not an admin on a locked server; the lock is seen, so that nobody need try. */
    @Test
    void aLockedServerIsLeftAlone() {
        UUID id = server().id();
        slurm().drain(site().node(), "spillway: contract");
        site().locks(site().node());
        try {
            assertTrue(cloud().server(id).locked());
            refused(RefusedException.class, () -> cloud().suspend(id));
            assertEquals(ServerStatus.ACTIVE, cloud().server(id).status());
        } finally {
            site().unlocks(site().node());
            slurm().undrain(site().node(), false);
        }
        assertFalse(cloud().server(id).locked());
    }

    /** Facts, placement: the answer 202 says nothing; the migration's record says how it went. */
    @Test
    void aMoveIsOverWhenItsRecordSaysSo() {
        Server before = server();
        String target = elsewhere(before);
        long last = cloud().newestMigration(before.id()).map(Migration::id).orElse(0L);
        cloud().liveMigrate(before.id(), target);
        Migration move = until(
                        "the move's record",
                        () -> cloud().newestMigration(before.id()),
                        record -> record.filter(one -> one.id() > last && !one.underWay())
                                .isPresent())
                .orElseThrow();
        assertFalse(move.failed(), () -> "the move: " + move);
        assertEquals(target, move.target());
        Server after = settled(before.id(), ServerStatus.ACTIVE);
        assertEquals(Optional.of(target), after.host());
        assertEquals(before.address(), after.address());
        assertEquals(before.metadata(), after.metadata());
    }

    @Test
    void aPortThatIsNotThereIsNoError() {
        assertTrue(cloud().hasPort(site().node()));
        assertFalse(cloud().hasPort(site().nobody()));
    }

    @Test
    void hostsHaveNamesAndSizes() {
        List<Host> hosts = cloud().hosts();
        assertEquals(hosts.size(), new HashSet<>(hosts.stream().map(Host::name).toList()).size());
        assertTrue(server().host().isEmpty()
                || cloud().hostsUp().contains(server().host().get()));
        for (Host host : hosts) {
            assertTrue(host.up() && host.disabled().isEmpty(), host::toString);
            host.size()
                    .ifPresent(size -> assertTrue(
                            size.cpus() >= 1 && size.memory() >= 256 && size.memory() <= 1_073_741_824,
                            host::toString));
        }
    }

    /** A disabled host says why, and gets no servers; only whose word it is takes it back. */
    @Test
    void aHostIsDisabledWithAReason() {
        String host = elsewhere(server());
        cloud().disable(host, "spillway: contract");
        try {
            Host seen = host(host);
            assertEquals(Optional.of("spillway: contract"), seen.disabled());
            assertTrue(seen.disabledByUs());
            assertFalse(seen.up());
            assertFalse(cloud().hostsUp().contains(host));
            cloud().disable(host, "spillway: contract again");
            assertEquals(Optional.of("spillway: contract again"), host(host).disabled());
        } finally {
            cloud().enable(host);
        }
        assertEquals(Optional.empty(), host(host).disabled());
        cloud().enable(host);
    }

    @Test
    void aHostThatAnAdminDisabledStaysSo() {
        String host = elsewhere(server());
        site().disables(host, "disk is dying");
        try {
            refused(RefusedException.class, () -> cloud().enable(host));
            refused(RefusedException.class, () -> cloud().disable(host, "spillway: contract"));
            assertEquals(Optional.of("disk is dying"), host(host).disabled());
        } finally {
            site().enables(host);
        }
        assertTrue(host(host).up());
    }

    private Host host(String name) {
        return cloud().hosts().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
