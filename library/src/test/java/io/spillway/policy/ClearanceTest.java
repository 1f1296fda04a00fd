package io.spillway.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClearanceTest {
    @Test
    void oursAreRead() {
        assertThat(Clearance.parse("spillway: maintenance"))
                .contains(new Clearance(Clearance.Kind.MAINTENANCE, Optional.empty()));
        Clearance eviction = new Clearance(Clearance.Kind.EVICTION, Optional.of(Instant.parse("2026-11-23T15:00:00Z")));
        assertThat(Clearance.parse("spillway: eviction by 2026-11-23T15:00:00Z"))
                .contains(eviction);
        assertThat(Clearance.parse(eviction.words())).contains(eviction);
        assertThat(Clearance.parse("spillway: eviction by noon"))
                .contains(new Clearance(Clearance.Kind.EVICTION, Optional.empty()));
    }

    @Test
    void anAdminsAreNot() {
        assertThat(Clearance.parse("disk is dying")).isEmpty();
        assertThat(Clearance.parse("spillway: maintenances")).isEmpty();
    }
}
