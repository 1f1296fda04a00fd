package io.spillway.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.failure.UnavailableException;
import io.spillway.failure.UnreachableException;
import io.spillway.model.Goal;
import io.spillway.model.Hostlist;
import io.spillway.model.NodeName;
import io.spillway.model.Pool;
import io.spillway.reconcile.Marks;
import io.spillway.reconcile.NodeOutcome;
import io.spillway.reconcile.OldLook;
import io.spillway.reconcile.Reconciler;
import io.spillway.slurm.SlurmSite;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Plays a story: two nodes, a job on each and one over both. */
final class Play {
    private static final Pool HTC = new Pool("htc", "htc", Hostlist.parse("vn[01-02]"), 2);
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int MOST_STEPS = 40;

    private static final class Killed extends Error {}

    final VirtualTime time = new VirtualTime();
    final Simulation site = new Simulation(time);
    private final SimulatedAdmin admin = site.admin();
    private final List<Story.Twist> twists;
    private int calls;

    /** Slurm as it was before the last order: what a daemon that heard of nothing may begin the next by. */
    private Optional<Taken> oldLook = Optional.empty();

    private record Taken(SlurmSite site, long taken) {}

    Play(Story story) {
        this.twists = new ArrayList<>(story.twists());
        site.ready("vn01");
        site.ready("vn02");
        site.running("11", "vn01");
        site.running("12", "vn02");
        site.running("20", "vn[01-02]");
    }

    /** The story, and then a day without trouble. */
    static Play of(Story story) {
        Play play = new Play(story);
        try {
            play.time.run(List.of(() -> play.daemon(story.first()), () -> {
                play.site.pass(Duration.ofMillis(1300));
                play.daemon(story.second());
            }));
            play.twists.clear();
            play.site.pass(Duration.ofMinutes(1));
            play.end();
        } catch (AssertionError broken) {
            throw new AssertionError(broken.getMessage() + "\n" + String.join("\n", play.site.story()), broken);
        }
        return play;
    }

    private void daemon(List<Story.Order> orders) {
        orders.forEach(order -> {
            while (killed(order)) {
                site.tell("DAEMON killed, and started anew");
            }
        });
    }

    private boolean killed(Story.Order order) {
        try {
            bring(order);
            return false;
        } catch (Killed killed) {
            return true;
        }
    }

    private NodeOutcome bring(Story.Order order) {
        var limits = new Reconciler.Limits(time.nanos() + LIMIT.toNanos(), () -> false, told -> {}, Optional.empty());
        Reconciler reconciler = new Reconciler(site.ports(wire()), time);
        oldLook.ifPresent(look -> OldLook.give(reconciler, look.site(), look.taken()));
        oldLook = Optional.of(new Taken(new SimulatedSlurm(site, site.wire()).seen(), time.nanos()));
        NodeOutcome outcome = reconciler.bring(
                NodeName.of(order.node()),
                order.goal(),
                order.goal().equals(Goal.READY) ? Optional.of(HTC) : Optional.empty(),
                limits);
        site.tell("DAEMON %s: %s".formatted(order, outcome.reason()));
        assertThat(outcome.reason()).as("the reason at the end of %s", order).isNotBlank();
        assertThat(outcome.steps().size()).as("steps of %s", order).isLessThan(MOST_STEPS);
        return outcome;
    }

    /** All is well again: whoever is asked to be READY is, or says why not; and nobody's job is forgotten. */
    private void end() {
        List<NodeOutcome> last = new ArrayList<>();
        for (String node : List.of("vn01", "vn02", "vn01")) {
            last.add(bring(new Story.Order(node, Goal.READY)));
        }
        boolean done = last.stream().skip(1).allMatch(NodeOutcome::done);
        if (!done) {
            return;
        }
        site.batches
                .values()
                .forEach(batch -> assertThat(batch.state == Batch.State.SUSPENDED && !batch.byOthers)
                        .as("job %s is left suspended by us", batch.id)
                        .isFalse());
        site.batches
                .values()
                .forEach(batch -> assertThat(batch.requeued && batch.held && !batch.byOthers)
                        .as("job %s is left held since we suspended it", batch.id)
                        .isFalse());
        site.vms
                .values()
                .forEach(vm -> assertThat(Marks.of(vm.metadata).held().isEmpty())
                        .as("%s holds jobs for ever", vm.node)
                        .isTrue());
        site.nodes
                .values()
                .forEach(node -> assertThat(node.drained && node.reason.startsWith("spillway:"))
                        .as("%s is left drained by us", node.name)
                        .isFalse());
        for (String name : List.of("vn01", "vn02")) {
            NodeName node = NodeName.of(name);
            assertThat(site.vmsOf(node)).as("servers of %s", name).hasSize(1);
            assertThat(site.vmsOf(node).get(0).address).isEqualTo(site.addressOf(node));
        }
    }

    private Wire wire() {
        Wire plain = site.wire();
        return new Wire() {
            @Override
            public <T> T call(String what, Supplier<T> work) {
                List<Story.What> now = due();
                now.forEach(Play.this::happen);
                if (now.contains(Story.What.THE_CALL_FAILS)) {
                    site.tell("FAULT 503 to " + what);
                    throw new UnavailableException(null, "503");
                }
                if (now.contains(Story.What.IT_TAKES_20_SECONDS)) {
                    site.tell("FAULT 20 s for " + what);
                    site.pass(Duration.ofSeconds(20));
                }
                T answer = plain.call(what, work);
                if (now.contains(Story.What.THE_DAEMON_IS_KILLED)) {
                    throw new Killed();
                }
                if (now.contains(Story.What.ITS_ANSWER_IS_LOST)) {
                    site.tell("FAULT lost answer to " + what);
                    throw new UnreachableException(null, "timeout");
                }
                return answer;
            }
        };
    }

    private List<Story.What> due() {
        calls++;
        List<Story.What> due = twists.stream()
                .filter(twist -> twist.call() <= calls)
                .map(Story.Twist::what)
                .toList();
        twists.removeIf(twist -> twist.call() <= calls);
        return due;
    }

    private void happen(Story.What what) {
        switch (what) {
            case THE_CALL_FAILS, ITS_ANSWER_IS_LOST, IT_TAKES_20_SECONDS, THE_DAEMON_IS_KILLED -> {}
            case THE_MINION_GOES_DEAF -> admin.deafens("vn01");
            case THE_HOST_FALLS_SILENT -> admin.unplugs("vn01");
            case THE_NEXT_MIGRATION_FAILS -> admin.spoilsTheNextMigration();
            case AN_ADMIN_DRAINS -> admin.drains("vn01");
            case AN_ADMIN_UNDRAINS -> admin.undrains("vn01");
            case AN_ADMIN_RESERVES -> admin.reserves("vn01");
            case AN_ADMIN_LOCKS -> admin.locks("vn01");
            case AN_ADMIN_UNLOCKS -> admin.unlocks("vn01");
            case AN_ADMIN_PINS -> admin.pins("vn01");
            case AN_ADMIN_UNPINS -> admin.unpins("vn01");
            case AN_ADMIN_PAUSES_THE_SERVER -> admin.pauses("vn01");
            case AN_ADMIN_STOPS_THE_SERVER -> admin.stops("vn01");
            case THE_SERVER_DIES -> admin.kills("vn01");
            case AN_ADMIN_SUSPENDS_THE_JOB -> admin.suspends("20");
            case AN_ADMIN_RESUMES_THE_JOB -> admin.resumes("20");
            case A_USER_CANCELS_THE_JOB -> admin.cancels("20");
            case A_USER_SUBMITS_A_JOB -> admin.submits("30", "vn01");
            case A_SECOND_SERVER_IS_MADE -> admin.doubles("vn01");
        }
    }
}
