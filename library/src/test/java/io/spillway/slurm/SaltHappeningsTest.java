package io.spillway.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which of all that goes over Salt's bus is worth a look. */
class SaltHappeningsTest {
    @Test
    void slurmsHappeningsStartsOfMinionsAndServersThatComeAndGo() {
        List<String> heard = new ArrayList<>();
        List<String> closed = new ArrayList<>();
        var happenings = new SaltHappenings((connected, tags) -> {
            connected.run();
            List.of(
                            "spillway/slurm/job/ended",
                            "spillway/slurm/node/down",
                            "salt/minion/vn01/start",
                            "salt/cloud/vn01/created",
                            "salt/cloud/vn01/requesting",
                            "salt/auth",
                            "salt/job/20261123/ret/vn01",
                            "salt/run/20261123/new",
                            "xspillway/slurm/job/ended",
                            "minion_start",
                            "")
                    .forEach(tags);
            return () -> closed.add("closed");
        });
        happenings.listen(heard::add).close();
        assertThat(heard)
                .containsExactly(
                        "connected to Salt's events",
                        "spillway/slurm/job/ended",
                        "spillway/slurm/node/down",
                        "salt/minion/vn01/start",
                        "salt/cloud/vn01/created");
        assertThat(closed).hasSize(1);
    }
}
