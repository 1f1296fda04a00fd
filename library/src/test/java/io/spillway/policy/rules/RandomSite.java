package io.spillway.policy.rules;

import io.spillway.model.Goal;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.SiteView;
import io.spillway.model.Size;
import io.spillway.policy.Action;
import io.spillway.policy.Basis;
import io.spillway.policy.Cost;
import io.spillway.policy.Ladder;
import io.spillway.policy.Limits;
import io.spillway.policy.Rung;
import io.spillway.policy.SomeSite;
import io.spillway.policy.Why;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Sites, histories and wishes as they come, the same for the same seed. */
final class RandomSite {
    private static final List<String> HOSTS = List.of("cn01", "cn02", "cn03");

    private final Random random;

    RandomSite(long seed) {
        random = new Random(seed);
    }

    /** With all that can be in doubt. */
    SiteView doubtful() {
        return site(true);
    }

    /** With all known, nothing in motion. */
    SiteView calm() {
        return site(false);
    }

    private SiteView site(boolean doubts) {
        SomeSite site = SomeSite.site();
        for (String host : HOSTS) {
            if (doubts && random.nextInt(12) == 0) {
                site.hostOfUnknownSize(host);
            } else {
                site.host(host, 1 + random.nextInt(6), 500 + random.nextInt(6) * 700L);
            }
            if (random.nextInt(5) == 0) {
                site.disabled(
                        host,
                        List.of(
                                        "spillway: maintenance",
                                        "spillway: eviction by 2026-11-23T12:00:%02dZ".formatted(random.nextInt(60)),
                                        "disk is dying")
                                .get(random.nextInt(3)));
            }
            if (random.nextInt(4) == 0) {
                Size job = new Size(random.nextInt(3), random.nextInt(3) * 400L);
                site.physical(host, new Size(4, 4000), job);
            }
        }
        site.pool("htc", "vn[01-06]", random.nextInt(2), random.nextInt(3));
        site.pool("gpu", "gpu[1-3]", 0, random.nextInt(2));
        for (String name : List.of("vn01", "vn02", "vn03", "vn04", "gpu1", "gpu2")) {
            if (random.nextInt(4) > 0) {
                node(site, name, doubts);
            }
        }
        int waiting = random.nextInt(6);
        for (int i = 0; i < waiting; i++) {
            String partition = random.nextBoolean() ? "urgent" : "low";
            site.waiting("" + (900 + i), partition, 1, new Size(1, 100 + random.nextInt(2) * 600L));
        }
        return site.view();
    }

    private void node(SomeSite site, String name, boolean doubts) {
        site.node(name, any(HOSTS)).of(1 + random.nextInt(2), 300 + random.nextInt(4) * 350L);
        switch (random.nextInt(doubts ? 12 : 5)) {
            case 0 -> site.checkpointed();
            case 1 -> site.held();
            case 2 -> site.paused();
            case 5 -> site.lost();
            case 6 -> site.is(Phase.MOVING, Optional.of(Goal.READY.on(any(HOSTS))));
            case 7 -> site.is(Phase.MOVING, Optional.of(Goal.READY));
            case 8 -> site.is(Phase.CHECKPOINTED, Optional.of(Goal.READY.on(any(HOSTS))));
            case 9 -> site.is(Phase.BUILDING, Optional.of(Goal.READY));
            case 10 -> site.is(Phase.LEAVING, Optional.of(Goal.ABSENT));
            default -> {}
        }
        if (random.nextBoolean()) {
            String policy = any(List.of("tide", "queue", "backfill", "maintenance", "opportunistic"));
            site.away(policy, any(HOSTS), still(site, name));
        }
        if (doubts && random.nextInt(8) == 0) {
            site.wanted("drained: by hand");
        }
        if (doubts && random.nextInt(15) == 0) {
            site.ofUnknownSize();
        }
        if (random.nextInt(3) > 0) {
            site.job(
                    "1" + name,
                    List.of("low", "urgent", "other").get(random.nextInt(3)),
                    Duration.ofMinutes(random.nextInt(60)),
                    Duration.ofMinutes(random.nextInt(60)));
        }
    }

    private static boolean still(SomeSite site, String name) {
        return site.view().nodes().stream()
                .anyMatch(node -> node.name().value().equals(name) && node.phase() != Phase.READY);
    }

    Basis basis() {
        List<Rung> rungs = new ArrayList<>(Arrays.asList(Rung.values()));
        Collections.shuffle(rungs, random);
        Ladder ladder = new Ladder(rungs.subList(0, 1 + random.nextInt(rungs.size())), Map.of());
        return SomeSite.basis(ladder)
                .with(new Limits(1 + random.nextInt(4), 1 + random.nextInt(3), 1 + random.nextInt(3)));
    }

    /** Anything at all, much of it nonsense. */
    List<Action> wishes() {
        List<Action> wishes = new ArrayList<>();
        int count = random.nextInt(16);
        for (int i = 0; i < count; i++) {
            NodeName node = NodeName.of(any(List.of("vn01", "vn02", "vn03", "vn04", "vn05", "vn09", "gpu1", "gpu2")));
            Optional<String> host = random.nextInt(3) == 0
                    ? Optional.empty()
                    : Optional.of(any(List.of("cn01", "cn02", "cn03", "cn9")));
            Why why = new Why("nobody knows", "mine", Cost.NONE);
            wishes.add(
                    switch (random.nextInt(10)) {
                        case 0 -> new Action.Build(node, any(List.of("htc", "gpu", "none")), host, why);
                        case 1 -> new Action.Checkpoint(node, why);
                        case 2, 3 -> new Action.Restore(node, host, why);
                        case 4, 5 -> new Action.Migrate(node, host.orElse("cn02"), why);
                        case 6 -> new Action.Hold(node, why);
                        case 7 -> new Action.Release(node, why);
                        case 8 -> new Action.Remove(node, why);
                        default -> new Action.Requeue("1" + node, why);
                    });
        }
        return wishes;
    }

    private <T> T any(List<T> some) {
        return some.get(random.nextInt(some.size()));
    }
}
