package io.spillway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.cloud.ServerStatus;
import io.spillway.failure.UnavailableException;
import io.spillway.model.Goal;
import io.spillway.model.Hostlist;
import io.spillway.model.Node;
import io.spillway.model.NodeName;
import io.spillway.model.Phase;
import io.spillway.model.Pool;
import io.spillway.slurm.Happenings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Goals that stand in the metadata are kept, by one who leads. */
@Timeout(30)
class KeeperTest {
    private static final NodeName VN01 = NodeName.of("vn01");
    private static final NodeName VN02 = NodeName.of("vn02");
    private static final List<Pool> POOLS = List.of(new Pool("htc", "htc", Hostlist.parse("vn[01-08]"), 2));

    private final World world = new World();
    private final Reconciler reconciler = new Reconciler(world.ports(), world);
    private final Lanes lanes = new Lanes(reconciler, Runnable::run, () -> {});

    @AfterEach
    void close() {
        lanes.close();
    }

    private Keeper keeper(String me) {
        return new Keeper(reconciler, lanes, POOLS, new Lease(world, me, world), Duration.ofSeconds(30), told -> {});
    }

    /** The ways that a look begins end within it: everything is on this thread. */
    private void look(Keeper keeper) throws InterruptedException {
        keeper.look();
        assertThat(lanes.inMotion()).isEmpty();
    }

    private void write(String node, Goal goal) {
        world.vms.get(NodeName.of(node)).metadata.putAll(Marks.writing(goal));
    }

    @Test
    void aGoalThatStandsIsReachedAndLeftAloneAfter() throws InterruptedException {
        world.ready("vn01");
        world.job("12", "vn01");
        write("vn01", Goal.CHECKPOINTED);
        Keeper keeper = keeper("a");
        look(keeper);
        assertThat(world.vms.get(VN01).status).isEqualTo(ServerStatus.SUSPENDED);
        world.done.clear();
        look(keeper);
        Looks.View seen = keeper.look().orElseThrow();
        assertThat(world.done).isEmpty();
        assertThat(seen.nodes()).extracting(Node::phase).containsExactly(Phase.CHECKPOINTED);
    }

    @Test
    void aNodeAtRestCostsNothingOfItsOwn() throws InterruptedException {
        for (int i = 1; i <= 50; i++) {
            world.ready("vn" + i);
        }
        Keeper keeper = keeper("a");
        look(keeper);
        world.done.clear();
        long before = world.nanos;
        keeper.look();
        // one look at Slurm takes 50 ms there, one at the cloud 20 ms
        assertThat(world.nanos - before).isEqualTo(70_000_000L);
    }

    @Test
    void whoWaitsForJobsHasNoWayOfItsOwn() throws InterruptedException {
        world.ready("vn01");
        World.Task job = world.job("12", "vn01");
        write("vn01", Goal.ABSENT);
        Keeper keeper = keeper("a");
        look(keeper);
        assertThat(world.vms).containsKey(VN01);
        keeper.look();
        assertThat(lanes.inMotion()).isEmpty();
        job.over = true;
        look(keeper);
        assertThat(world.vms).isEmpty();
    }

    @Test
    void whileAPartIsDownNothingIsTouched() throws InterruptedException {
        world.ready("vn01");
        write("vn01", Goal.CHECKPOINTED);
        Keeper keeper = new Keeper(
                new Reconciler(
                        new Ports(
                                world,
                                new Deaf(() -> new UnavailableException(null, "slurmctld does not answer")),
                                world),
                        world),
                lanes,
                POOLS,
                new Lease(world, "a", world),
                Duration.ofSeconds(30),
                told -> {});
        look(keeper);
        assertThat(keeper.blindness()).contains("slurmctld does not answer");
        assertThat(world.done).isEmpty();
        look(keeper("a"));
        assertThat(world.vms.get(VN01).status).isEqualTo(ServerStatus.SUSPENDED);
    }

    @Test
    void oneNodesTroubleHurtsNoOtherAndIsNotRepeatedAtOnce() throws InterruptedException {
        world.ready("vn01").status = ServerStatus.ERROR;
        world.ready("vn02");
        write("vn02", Goal.CHECKPOINTED);
        Keeper keeper = keeper("a");
        look(keeper);
        assertThat(keeper.troubles()).containsOnlyKeys(VN01);
        assertThat(keeper.troubles().get(VN01)).contains("ERROR");
        assertThat(world.vms.get(VN02).status).isEqualTo(ServerStatus.SUSPENDED);
        long before = world.nanos;
        keeper.look();
        assertThat(world.nanos - before).isLessThan(100_000_000L);
        // what has changed is worth another try
        world.vms.get(VN01).status = ServerStatus.ACTIVE;
        look(keeper);
        assertThat(keeper.troubles()).isEmpty();
    }

    @Test
    void ofTwoOneLeadsAndTheOtherTakesOverWhenItFallsSilent() throws InterruptedException {
        world.ready("vn01");
        Keeper a = keeper("a@one");
        Lease second = new Lease(world, "b@two", world);
        Keeper b = new Keeper(reconciler, lanes, POOLS, second, Duration.ofSeconds(30), told -> {});
        look(a);
        look(b);
        assertThat(second.leads()).isFalse();
        assertThat(second.leader()).contains("a@one");
        write("vn01", Goal.CHECKPOINTED);
        look(b);
        assertThat(world.vms.get(VN01).status).isEqualTo(ServerStatus.ACTIVE);
        for (int i = 0; i < 3; i++) {
            world.sleep(Duration.ofSeconds(31));
            look(b);
        }
        assertThat(second.leads()).isTrue();
        look(b);
        assertThat(world.vms.get(VN01).status).isEqualTo(ServerStatus.SUSPENDED);
    }

    @Test
    void aLeaderThatLooksStaysOne() throws InterruptedException {
        world.ready("vn01");
        Lease first = new Lease(world, "a", world);
        Lease second = new Lease(world, "b", world);
        for (int i = 0; i < 20; i++) {
            first.look(world.servers());
            second.look(world.servers());
            assertThat(first.leads()).isTrue();
            assertThat(second.leads()).isFalse();
            world.sleep(Duration.ofSeconds(30));
        }
    }

    private interface Meanwhile {
        void happens() throws InterruptedException;
    }

    /** The world's clock; this happens whenever somebody sleeps by it. */
    private Pace asleep(Meanwhile what) {
        return new Pace() {
            @Override
            public long nanos() {
                return world.nanos();
            }

            @Override
            public void sleep(Duration time) throws InterruptedException {
                what.happens();
                world.sleep(time);
            }
        };
    }

    @Test
    void twoThatClaimAtOnceDoNotBothLead() throws InterruptedException {
        world.ready("vn01");
        Lease second = new Lease(world, "b", world);
        // the second writes in the midst of the first one's claim
        boolean[] once = {true};
        Pace between = asleep(() -> {
            if (once[0]) {
                once[0] = false;
                world.vms.get(VN01).metadata.remove(Lease.KEY);
                second.look(world.servers());
            }
        });
        Lease first = new Lease(world, "a", between);
        first.look(world.servers());
        assertThat(first.leads()).isFalse();
        assertThat(second.leads()).isTrue();
    }

    @Test
    void whoMakesTheFirstServerLeadsWhileItClaims() throws InterruptedException {
        List<Boolean> meanwhile = new ArrayList<>();
        AtomicReference<Lease> lease = new AtomicReference<>();
        Pace claiming = asleep(() -> meanwhile.add(lease.get().leads()));
        lease.set(new Lease(world, "a", claiming));
        assertThat(lease.get().look(world.servers())).isTrue();
        world.ready("vn01");
        assertThat(lease.get().look(world.servers())).isTrue();
        assertThat(meanwhile).containsExactly(true);
    }

    @Test
    void whoMakesTheFirstTwoServersAtOnceLeads() throws InterruptedException {
        World.Vm first = world.ready("vn01");
        // the other one comes while the lease on the first is being claimed, and bears it from then on
        Pace meanwhile = asleep(() -> {
            NodeName other = NodeName.of("vn02");
            while (!world.vms.containsKey(other)
                    || first.id.toString().compareTo(world.vms.get(other).id.toString()) < 0) {
                world.ready("vn02");
            }
        });
        Lease lease = new Lease(world, "a", meanwhile);
        assertThat(lease.look(world.servers())).isTrue();
        assertThat(world.vms.get(NodeName.of("vn02")).metadata).containsKey(Lease.KEY);
    }

    @Test
    void whoWasAwayTooLongDoesNotLeadByItsOwnClock() throws InterruptedException {
        world.ready("vn01");
        Lease lease = new Lease(world, "a", world);
        lease.look(world.servers());
        assertThat(lease.leads()).isTrue();
        world.sleep(Duration.ofSeconds(80));
        assertThat(lease.leads()).isFalse();
        lease.look(world.servers());
        assertThat(lease.leads()).isTrue();
    }

    @Test
    void aServerWithoutAGoalIsLeftAlone() throws InterruptedException {
        World.Vm vm = world.ready("vn01");
        vm.metadata.remove(Marks.GOAL);
        vm.status = ServerStatus.SUSPENDED;
        look(keeper("a"));
        assertThat(world.done).noneMatch(what -> !what.contains(Lease.KEY));
    }

    /** As a master that died in the midst of a removal leaves them. */
    @Test
    void keyAndPortWithoutAServerAreClearedWhenSeenTwice() throws InterruptedException {
        world.keys.add(VN01);
        world.ports.add(VN01);
        Keeper keeper = keeper("a");
        look(keeper);
        assertThat(world.keys).containsExactly(VN01);
        look(keeper);
        assertThat(world.keys).isEmpty();
        assertThat(world.ports).isEmpty();
    }

    @Test
    void aKeyOutsideThePoolsIsNotOurs() throws InterruptedException {
        NodeName metal = NodeName.of("cn01");
        world.keys.add(metal);
        Keeper keeper = keeper("a");
        look(keeper);
        look(keeper);
        assertThat(world.keys).containsExactly(metal);
    }

    @Test
    void aHappeningBringsALookAndAStormOfThemOneASecond() throws InterruptedException {
        AtomicReference<Consumer<String>> listener = new AtomicReference<>(what -> {});
        Happenings happenings = listening -> {
            listener.set(listening);
            return () -> listener.set(what -> {});
        };
        Keeper keeper = new Keeper(
                new Reconciler(new Ports(world, world, world, happenings), world),
                lanes,
                POOLS,
                new Lease(world, "a", world),
                Duration.ofHours(1),
                told -> {});
        Semaphore looks = new Semaphore(0);
        Thread thread = new Thread(() -> keeper.run(seen -> looks.release()));
        thread.start();
        looks.acquire();
        long before = System.nanoTime();
        for (int i = 0; i < 2; i++) {
            while (!looks.tryAcquire()) {
                listener.get().accept("storm");
            }
        }
        // the first comes a second after the look at the start
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(1500));
        Consumer<String> heard = listener.get();
        keeper.stop();
        thread.join();
        assertThat(listener.get()).isNotSameAs(heard);
    }

    @Test
    void aMistakeOfOursEndsOneLookOnly() {
        world.ready("vn01");
        write("vn01", Goal.CHECKPOINTED);
        int[] looks = {0};
        Ports mistaken = new Ports(
                world,
                new Deaf(() -> {
                    throw new IllegalStateException("a bug");
                }),
                world);
        Keeper keeper = new Keeper(
                new Reconciler(mistaken, world),
                lanes,
                POOLS,
                new Lease(world, "a", world),
                Duration.ofSeconds(30),
                told -> {});
        keeper.run(seen -> {
            keeper.nudge();
            if (++looks[0] == 3) {
                keeper.stop();
            }
        });
        assertThat(looks[0]).isEqualTo(3);
        assertThat(keeper.blindness()).contains("a mistake in spillway itself: java.lang.IllegalStateException: a bug");
    }

    @Test
    void whatSomebodyAsksForSupersedesWhatIsKept() throws InterruptedException {
        world.ready("vn01");
        world.job("12", "vn01");
        write("vn01", Goal.CHECKPOINTED);
        world.before = what -> {
            if (what.startsWith("suspend jobs")) {
                world.before = more -> {};
                var limits = new Reconciler.Limits(
                        world.nanos() + Duration.ofHours(1).toNanos(), () -> false, told -> {}, Optional.empty());
                var unused = lanes.go(VN01, Goal.READY, Optional.empty(), limits);
            }
        };
        Keeper keeper = keeper("a");
        look(keeper);
        assertThat(world.tasks.get("12").suspended).isFalse();
        assertThat(world.done).doesNotContain("suspend");
        assertThat(keeper.troubles()).isEmpty();
    }
}
