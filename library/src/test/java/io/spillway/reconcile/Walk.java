package io.spillway.reconcile;

import io.spillway.cloud.Ending;
import io.spillway.cloud.Migration;
import io.spillway.failure.UnavailableException;
import io.spillway.model.Goal;
import io.spillway.model.Hostlist;
import io.spillway.model.Pool;
import io.spillway.reconcile.Observation.CloudSide;
import io.spillway.reconcile.Observation.SlurmSide;
import io.spillway.slurm.MinionKey;
import io.spillway.slurm.Probe;
import io.spillway.slurm.Processes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Goes from every state, with every answer to every look, step by step to the end. A part that costs something to look
 * at is unknown until it is asked for, so a state where nobody asks stands for all that the part may be. Each state is
 * decided once: its steps lead to other states of the walk.
 */
final class Walk {
    /** A way that is longer has no end. */
    private static final int ENDLESS = 100;

    private static final Optional<Pool> POOL = Optional.of(new Pool("htc", "htc", Hostlist.of("vn01"), 1));

    /** How long the way to the end is is not known yet, and we are on it. */
    private static final byte ON_THE_WAY = -1;

    /** The wait changes nothing: another answer to a look must lead on. */
    private static final int STUCK = -1;

    private final List<SlurmState> slurms = new ArrayList<>(SlurmState.all());
    private final List<CloudState> clouds = new ArrayList<>(CloudState.all());
    private final Map<SlurmState, Integer> slurmNumbers = new HashMap<>();
    private final Map<CloudState, Integer> cloudNumbers = new HashMap<>();
    private final List<Seen<SlurmSide>> slurmSides = new ArrayList<>();
    private final SortedMap<Promise, String> broken = new TreeMap<>();
    private final long states;
    private final Goal goal;
    private long decided;
    private int longest;
    private final List<byte[]> known = new ArrayList<>();
    private final List<Map<SlurmState.Work, Seen<CloudSide>>> cloudSides = new ArrayList<>();

    Walk(Goal goal) {
        this.goal = goal;
        slurms.forEach(slurm -> {
            slurmNumbers.put(slurm, slurmNumbers.size());
            slurmSides.add(Seen.known(slurm.seen()));
        });
        clouds.forEach(cloud -> cloudNumbers.put(cloud, cloudNumbers.size()));
        // and each side may be unknown
        states = (slurms.size() + 1L) * (clouds.size() + 1L);
    }

    long states() {
        return states;
    }

    long decided() {
        return decided;
    }

    int longest() {
        return longest;
    }

    /** For each broken promise the first state and step that broke it. */
    SortedMap<Promise, String> broken() {
        return broken;
    }

    Walk all() {
        int everySlurm = slurmNumbers.size();
        int everyCloud = cloudNumbers.size();
        unknown(everySlurm, everyCloud);
        for (int cloud = 0; cloud < everyCloud; cloud++) {
            for (int slurm = 0; slurm < everySlurm; slurm++) {
                longest = Math.max(longest, far(slurm, cloud));
            }
        }
        return this;
    }

    private void unknown(int everySlurm, int everyCloud) {
        for (int slurm = 0; slurm < everySlurm; slurm++) {
            decide(Observation.of(SlurmState.NODE, POOL, slurmSides.get(slurm), silence()));
        }
        for (int cloud = 0; cloud < everyCloud; cloud++) {
            decide(Observation.of(SlurmState.NODE, POOL, silence(), cloudSide(0, cloud)));
        }
        decide(Observation.of(SlurmState.NODE, POOL, silence(), silence()));
    }

    private static <T> Seen<T> silence() {
        return new Seen.Unknown<>(new UnavailableException(null, "503"));
    }

    private Seen<CloudSide> cloudSide(int slurm, int cloud) {
        while (cloudSides.size() <= cloud) {
            cloudSides.add(new EnumMap<>(SlurmState.Work.class));
        }
        return cloudSides
                .get(cloud)
                .computeIfAbsent(
                        slurms.get(slurm).work(),
                        work -> Seen.known(clouds.get(cloud).seen(goal, work)));
    }

    private Step decide(Observation seen) {
        decided++;
        Step step = Lifecycle.next(seen, goal);
        if (step instanceof Effect) {
            Promise.View view = new Promise.View(seen, goal);
            PROMISES.forEach(promise -> check(promise, view, step));
        } else if (step.reason().isBlank()) {
            check(Promise.EVERY_STEP_SAYS_WHY, new Promise.View(seen, goal), step);
        }
        return step;
    }

    private void check(Promise promise, Promise.View view, Step step) {
        if (!promise.kept(view, step)) {
            broken.putIfAbsent(promise, "%s: to %s: %s in %s".formatted(promise.words, goal, step, view.seen));
        }
    }

    private static final List<Promise> PROMISES = List.of(Promise.values());

    /** How many steps it is to the end, whatever the looks say. */
    private int far(int slurm, int cloud) {
        while (known.size() <= cloud) {
            known.add(new byte[2 * slurmSides.size()]);
        }
        byte before = known.get(cloud)[slurm];
        if (before > 0) {
            return before - 1;
        }
        if (before == ON_THE_WAY) {
            endless(slurm, cloud, "it comes round again");
            return 0;
        }
        known.get(cloud)[slurm] = ON_THE_WAY;
        Observation seen = Observation.of(SlurmState.NODE, POOL, slurmSides.get(slurm), cloudSide(slurm, cloud));
        int far = branch(seen, slurm, cloud);
        if (far == STUCK) {
            endless(slurm, cloud, "it waits for what never comes: " + Lifecycle.next(seen, goal));
        }
        far = Math.max(0, Math.min(far, ENDLESS));
        known.get(cloud)[slurm] = (byte) (far + 1);
        return far;
    }

    private void endless(int slurm, int cloud, String why) {
        broken.putIfAbsent(
                Promise.THE_END_COMES,
                "%s: to %s: %s: %s, %s"
                        .formatted(Promise.THE_END_COMES.words, goal, why, slurms.get(slurm), clouds.get(cloud)));
    }

    private int branch(Observation seen, int slurm, int cloud) {
        Step step = decide(seen);
        if (step instanceof Step.Look look) {
            List<Observation> answers = answers(seen, look.part());
            int far = branch(answers.get(0), slurm, cloud);
            for (Observation answer : answers.subList(1, answers.size())) {
                int other = branch(answer, slurm, cloud);
                far = far == STUCK ? STUCK : Math.max(far, other);
            }
            return far;
        }
        if (step instanceof Step.Wait wait) {
            SlurmState now = slurms.get(slurm);
            boolean forSlurm = now.endsUnheard() && clouds.get(cloud).runsAlone();
            SlurmState later = forSlurm ? now : now.later(wait.on());
            CloudState then = clouds.get(cloud).later(wait.on(), goal);
            boolean same = later.equals(now) && then.equals(clouds.get(cloud));
            return same ? STUCK : 1 + far(number(later), number(then));
        }
        if (step instanceof Effect.ResumeJobs
                && seen.processes()
                        .toOptional()
                        .filter(one -> one.running() > 0)
                        .isPresent()) {
            return 1; // suspended anew they stand still, which is an answer that is walked as well
        }
        return step instanceof Effect effect ? 1 + after(effect, slurms.get(slurm), clouds.get(cloud)) : 0;
    }

    private int number(SlurmState slurm) {
        return slurmNumbers.computeIfAbsent(slurm, added -> {
            slurms.add(added);
            slurmSides.add(Seen.known(added.seen()));
            return slurms.size() - 1;
        });
    }

    private int number(CloudState cloud) {
        return cloudNumbers.computeIfAbsent(cloud, added -> {
            clouds.add(added);
            return clouds.size() - 1;
        });
    }

    /** What a look may find; the first is what is found when all is well. */
    private static List<Observation> answers(Observation seen, Step.Part part) {
        return switch (part) {
            case PROBE -> PROBES.stream().map(seen::withProbe).toList();
            case PEERS ->
                PROBES.stream()
                        .map(probe -> probe instanceof Seen.Known<Probe> peer
                                ? seen.withPeers(Seen.known(new TreeMap<>(Map.of(CloudState.PEER_NODE, peer.value()))))
                                : seen.withPeers(silence()))
                        .toList();
            case PROCESSES -> PROCESSES.stream().map(seen::withProcesses).toList();
            case ENDING -> ENDINGS.stream().map(seen::withEnding).toList();
            case PORT -> PORTS.stream().map(seen::withPort).toList();
            case MIGRATION -> {
                List<Observation> answers = new ArrayList<>(
                        MIGRATIONS.stream().map(seen::withMigration).toList());
                MIGRATIONS.stream().map(seen.movedAfter(3)::withMigration).forEach(answers::add);
                yield answers;
            }
        };
    }

    static final Probe WELL = probe(Optional.of(Duration.ofMillis(5)), true, true, true, List.of());

    private static final List<Seen<Probe>> PROBES = List.of(
            Seen.known(WELL),
            Seen.known(probe(Optional.empty(), true, true, true, List.of())),
            Seen.known(probe(Optional.of(Duration.ofMinutes(-6)), true, true, true, List.of())),
            Seen.known(probe(Optional.of(Duration.ZERO), false, true, true, List.of())),
            Seen.known(probe(Optional.of(Duration.ZERO), true, false, true, List.of())),
            Seen.known(probe(Optional.of(Duration.ZERO), true, true, false, List.of())),
            Seen.known(probe(Optional.of(Duration.ZERO), true, true, true, List.of("/home"))),
            Seen.known(Probe.SILENT),
            silence());

    private static Probe probe(
            Optional<Duration> clock, boolean to, boolean from, boolean slurmd, List<String> deadMounts) {
        return new Probe(true, clock, to, from, slurmd, deadMounts, List.of());
    }

    private static final List<Seen<Processes>> PROCESSES = List.of(
            Seen.known(new Processes(true, 0, 3)),
            Seen.known(new Processes(true, 1, 2)),
            Seen.known(new Processes(false, 0, 0)),
            silence());

    private static final List<Seen<Ending>> ENDINGS =
            List.of(Seen.known(Ending.DIED), Seen.known(Ending.STOPPED), Seen.known(Ending.UNTOLD), silence());

    private static final List<Seen<Boolean>> PORTS = List.of(Seen.known(false), Seen.known(true), silence());

    private static final List<Seen<Optional<Migration>>> MIGRATIONS = List.of(
            Seen.known(Optional.empty()),
            Seen.known(Optional.of(new Migration(3, "completed", "cn01"))),
            Seen.known(Optional.of(new Migration(4, "error", "cn02"))),
            Seen.known(Optional.of(new Migration(4, "running", "cn02"))),
            Seen.known(Optional.of(new Migration(4, "completed", "cn02"))),
            silence());

    /** How far it is from what an effect leads to, in a world where it works. */
    private int after(Effect effect, SlurmState slurm, CloudState cloud) {
        SlurmState.Kind awake = slurm.kind() == SlurmState.Kind.IDLE || slurm.kind() == SlurmState.Kind.ALLOCATED
                ? SlurmState.Kind.SILENT
                : slurm.kind();
        if (effect instanceof Effect.Create) {
            CloudState made = CloudState.NOTHING.with(CloudState.Machine.ACTIVE).withGoal();
            return far(slurm.with(MinionKey.ACCEPTED), made);
        } else if (effect instanceof Effect.SetGoal) {
            return far(slurm, cloud.withGoal());
        } else if (effect instanceof Effect.WriteHeld write) {
            return far(slurm, cloud.with(mark(write.jobs(), write.back())));
        } else if (effect instanceof Effect.ForgetHeld) {
            return far(slurm, cloud.with(CloudState.Mark.NONE));
        } else if (effect instanceof Effect.Drain) {
            return far(slurm.with(SlurmState.Drain.OURS), cloud);
        } else if (effect instanceof Effect.Undrain) {
            return far(slurm.undrained(), cloud);
        } else if (effect instanceof Effect.NoteDeath note) {
            CloudState.Mark held = mark(note.jobs(), false);
            return far(slurm, cloud.with(CloudState.Machine.SHUTOFF_DEATH_NOTED).with(held));
        } else if (effect instanceof Effect.SetDown) {
            return far(slurm.down(), cloud);
        } else if (effect instanceof Effect.ReleaseJobs) {
            return far(slurm, cloud.with(CloudState.Mark.NONE));
        } else if (effect instanceof Effect.StartServer) {
            return far(slurm, cloud.started());
        } else if (effect instanceof Effect.Wake) {
            return far(slurm.with(slurm.kind().line() ? SlurmState.Kind.CLOUD : SlurmState.Kind.IDLE), cloud);
        } else if (effect instanceof Effect.SuspendJobs) {
            return far(slurm.with(slurm.work().suspended()), cloud);
        } else if (effect instanceof Effect.ResumeJobs) {
            return far(slurm.with(slurm.work().resumed()), cloud);
        } else if (effect instanceof Effect.Release) {
            return far(slurm, cloud.with(CloudState.Peer.NONE));
        } else if (effect instanceof Effect.SuspendServer) {
            return far(slurm, cloud.with(CloudState.Machine.ACTIVE_SUSPENDING));
        } else if (effect instanceof Effect.ResumeServer) {
            return far(slurm.with(awake), cloud.with(CloudState.Machine.SUSPENDED_RESUMING));
        } else if (effect instanceof Effect.PauseServer) {
            return far(slurm, cloud.with(CloudState.Machine.ACTIVE_PAUSING));
        } else if (effect instanceof Effect.UnpauseServer) {
            return far(slurm, cloud.with(CloudState.Machine.PAUSED_UNPAUSING));
        } else if (effect instanceof Effect.LiveMigrate) {
            boolean paused = cloud.machine() == CloudState.Machine.PAUSED;
            return far(slurm, cloud.with(paused ? CloudState.Machine.MIGRATING_PAUSED : CloudState.Machine.MIGRATING));
        } else if (effect instanceof Effect.RemoveTwin twin) {
            return far(slurm, cloud.withoutTwin(twin.server()));
        } else if (effect instanceof Effect.ApplyStates) {
            SlurmState joined = slurm.kind() == SlurmState.Kind.ABSENT
                    ? slurm.with(SlurmState.Kind.IDLE)
                    : slurm.kind() == SlurmState.Kind.CLOUD_POWERING_UP ? slurm.with(SlurmState.Kind.CLOUD) : slurm;
            return far(joined, cloud.withStates());
        } else if (effect instanceof Effect.DeleteNode) {
            return far(slurm.with(SlurmState.Kind.ABSENT), cloud);
        } else if (effect instanceof Effect.Destroy) {
            boolean onlyPort = cloud.machine() == CloudState.Machine.ABSENT && slurm.key() != MinionKey.ACCEPTED;
            // when only a port was left: that there is none is an answer that is walked as well
            return onlyPort ? 0 : far(slurm.with(MinionKey.ABSENT), CloudState.NOTHING);
        }
        throw new IllegalStateException("nobody knows what comes of " + effect);
    }

    private static CloudState.Mark mark(Held jobs, boolean back) {
        if (jobs.isEmpty()) {
            return CloudState.Mark.NONE;
        }
        boolean dated = jobs.jobs().values().stream().allMatch(Optional::isPresent);
        return back ? CloudState.Mark.BACK : dated ? CloudState.Mark.DATED : CloudState.Mark.UNDATED;
    }

    private int far(SlurmState slurm, CloudState cloud) {
        return far(number(slurm), number(cloud));
    }
}
