package io.spillway.reconcile;

import io.spillway.cloud.Ending;
import io.spillway.cloud.Presence;
import io.spillway.cloud.Server;
import io.spillway.cloud.ServerStatus;
import io.spillway.model.Goal;
import io.spillway.model.Job;
import io.spillway.model.NodeName;
import io.spillway.reconcile.Effect.ApplyStates;
import io.spillway.reconcile.Effect.Create;
import io.spillway.reconcile.Effect.DeleteNode;
import io.spillway.reconcile.Effect.Destroy;
import io.spillway.reconcile.Effect.Drain;
import io.spillway.reconcile.Effect.LiveMigrate;
import io.spillway.reconcile.Effect.NoteDeath;
import io.spillway.reconcile.Effect.PauseServer;
import io.spillway.reconcile.Effect.ReleaseJobs;
import io.spillway.reconcile.Effect.RemoveTwin;
import io.spillway.reconcile.Effect.ResumeJobs;
import io.spillway.reconcile.Effect.ResumeServer;
import io.spillway.reconcile.Effect.SetDown;
import io.spillway.reconcile.Effect.SetGoal;
import io.spillway.reconcile.Effect.StartServer;
import io.spillway.reconcile.Effect.SuspendJobs;
import io.spillway.reconcile.Effect.SuspendServer;
import io.spillway.reconcile.Effect.Undrain;
import io.spillway.reconcile.Effect.UnpauseServer;
import io.spillway.reconcile.Effect.WriteHeld;
import io.spillway.reconcile.Observation.CloudSide;
import io.spillway.reconcile.Observation.SlurmSide;
import io.spillway.slurm.Probe;
import io.spillway.slurm.Processes;
import io.spillway.slurm.SlurmNode;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * What the lifecycle promises of every step. Each judges by the observation alone, in words of its own, so that a
 * mistake in the lifecycle's helpers is none here.
 */
enum Promise {
    NO_SERVER_SUSPENDED_WHILE_A_JOB_RUNS("no server is suspended while a job on it runs in Slurm's eyes") {
        @Override
        boolean kept(View now, Step step) {
            return !(step instanceof SuspendServer) || now.jobs().allMatch(job -> is(job, "SUSPENDED"));
        }
    },
    NO_SERVER_PAUSED_WHILE_A_JOB_RUNS("no server is paused while a job on it runs in Slurm's eyes") {
        @Override
        boolean kept(View now, Step step) {
            return !(step instanceof PauseServer) || now.jobs().allMatch(job -> is(job, "SUSPENDED"));
        }
    },
    NO_SERVER_PAUSED_WITHOUT_CAUSE(
            "a server is paused only while its metadata say that a job has its host, and does not run on there till then") {
        @Override
        boolean kept(View now, Step step) {
            boolean cause = now.server()
                    .filter(server -> server.host().isPresent()
                            && server.metadata()
                                    .getOrDefault("spillway:pause", "")
                                    .startsWith(server.host().get() + "@"))
                    .isPresent();
            boolean wakes = step instanceof UnpauseServer || step instanceof ResumeServer;
            boolean toDisk = now.goal.state() == Goal.State.CHECKPOINTED;
            boolean empty = now.goal.state() == Goal.State.ABSENT
                    && now.jobs().findAny().isEmpty();
            boolean joined = now.slurm.node().isPresent() && !now.powering();
            return (!(step instanceof PauseServer) || cause) && !(wakes && cause && joined && !toDisk && !empty);
        }
    },
    NO_SERVER_SUSPENDED_WHILE_A_PROCESS_RUNS("no server is suspended before every process of its jobs stands still") {
        @Override
        boolean kept(View now, Step step) {
            if (!(step instanceof SuspendServer) || now.jobs().findAny().isEmpty()) {
                return true;
            }
            boolean still = now.processes()
                    .filter(seen -> seen.answered() && seen.running() == 0)
                    .isPresent();
            boolean forLong = now.jobs()
                    .allMatch(job -> job.suspendedAt()
                            .filter(at -> !at.plusSeconds(3).isAfter(now.slurm.time()))
                            .isPresent());
            return still && forLong;
        }
    },
    NO_SERVER_SLEEPS_OR_WAKES_WITH_ITS_NODE_OPEN(
            "no server is suspended, paused, resumed or started while Slurm may start a job on it") {
        @Override
        boolean kept(View now, Step step) {
            return !(step instanceof SuspendServer
                            || step instanceof PauseServer
                            || step instanceof ResumeServer
                            || step instanceof StartServer)
                    || now.slurm
                            .node()
                            .filter(node -> !node.states().contains("DRAIN")
                                    && !(node.states().contains("DOWN") && !node.silent()))
                            .isEmpty();
        }
    },
    NO_JOB_RESUMED_BEFORE_ITS_NODE_IS_PROVEN(
            "no job is resumed, and no node opened, before clock, munge both ways, slurmd and mounts are right") {
        @Override
        boolean kept(View now, Step step) {
            // a line of slurm.conf without a server is no node: what Slurm switches on is proven before it registers
            return !(step instanceof ResumeJobs || step instanceof Undrain)
                    || (step instanceof Undrain && now.server().isEmpty() && now.line("POWERED_DOWN", "POWERING_DOWN"))
                    || now.probe()
                            .filter(probe -> probe.answered()
                                    && probe.clockOffset()
                                            .filter(offset -> Math.abs(offset.toMillis()) < 1000)
                                            .isPresent()
                                    && probe.mungeToNode()
                                    && probe.mungeFromNode()
                                    && probe.slurmd()
                                    && probe.deadMounts().isEmpty())
                            .isPresent();
        }
    },
    NO_JOB_RESUMED_THAT_SOMEBODY_ELSE_SUSPENDED("no job is resumed that somebody else suspended") {
        @Override
        boolean kept(View now, Step step) {
            return !(step instanceof ResumeJobs resume)
                    || now.jobs()
                            .filter(job -> resume.jobs().contains(job.id()))
                            .allMatch(job -> now.marked(job)
                                    || (now.marks().held().ids().contains(job.id())
                                            && (now.heldByUs(job) || now.heldByAPeer(job))));
        }
    },
    NO_JOB_TAKEN_FOR_OURS_THAT_IS_NOT("no job that somebody else suspended is written down as ours") {
        @Override
        boolean kept(View now, Step step) {
            return !(step instanceof WriteHeld write)
                    || now.jobs()
                            .filter(job -> is(job, "SUSPENDED"))
                            .filter(job -> write.jobs().ids().contains(job.id()))
                            .allMatch(job -> now.marked(job) || now.heldByUs(job) || now.heldByAPeer(job));
        }
    },
    NO_JOB_SUSPENDED_BEFORE_IT_IS_WRITTEN_DOWN("no job is suspended before the server's metadata have it") {
        @Override
        boolean kept(View now, Step step) {
            return !(step instanceof SuspendJobs suspend)
                    || (now.marks().held().ids().containsAll(suspend.jobs())
                            && suspend.jobs().stream()
                                    .allMatch(id ->
                                            now.marks().held().jobs().get(id).isEmpty()));
        }
    },
    NO_JOB_RESUMED_WHILE_A_NODE_OF_ITS_IS_AWAY("no job is resumed while another node of it is away") {
        @Override
        boolean kept(View now, Step step) {
            return !(step instanceof ResumeJobs resume)
                    || now.cloud.others().stream()
                            .noneMatch(other -> now.jobs()
                                    .filter(job -> resume.jobs().contains(job.id()))
                                    .filter(job -> job.nodes().contains(other.node()))
                                    .anyMatch(job -> (other.held().ids().contains(job.id()) && !other.back())
                                            || other.asleep()));
        }
    },
    NO_JOB_RESUMED_BEFORE_ITS_OTHER_NODES_ARE_PROVEN(
            "no job is resumed before its other nodes are proven, now or when they came back by our hand") {
        @Override
        boolean kept(View now, Step step) {
            return !(step instanceof ResumeJobs resume)
                    || now.jobs()
                            .filter(job -> resume.jobs().contains(job.id()))
                            .flatMap(job -> job.nodes().stream())
                            .filter(node -> !node.equals(now.seen.node()))
                            .allMatch(now::proven);
        }
    },
    ONLY_OUR_SERVERS_AND_BY_UUID("no step acts on a server but by the UUID of one that bears our mark") {
        @Override
        boolean kept(View now, Step step) {
            return target(step)
                    .map(id -> now.servers()
                            .filter(server -> server.id().equals(id))
                            .anyMatch(server -> "vn01".equals(server.metadata().get(Marks.NODE))))
                    .orElse(true);
        }
    },
    NOTHING_IS_DONE_IN_DOUBT("nothing is done while Slurm, the cloud or the server's host gives no answer") {
        @Override
        boolean kept(View now, Step step) {
            boolean known = now.seen.slurm() instanceof Seen.Known<SlurmSide>
                    && now.seen.cloud() instanceof Seen.Known<CloudSide>
                    && now.server()
                            .filter(server -> server.status() == ServerStatus.UNKNOWN
                                    || (server.presence() == Presence.UNKNOWN
                                            && now.cloud.twins().isEmpty()))
                            .isEmpty();
            return known || !(step instanceof Effect);
        }
    },
    NO_MACHINE_IS_LEFT_BEHIND("nothing is done to a node whose machine may run, unseen by Nova, where a move took it") {
        @Override
        boolean kept(View now, Step step) {
            boolean gone = now.server()
                    .filter(server -> server.presence() == Presence.GONE
                            && (server.status() == ServerStatus.ACTIVE || server.status() == ServerStatus.PAUSED))
                    .isPresent();
            return !gone
                    || !now.cloud.twins().isEmpty()
                    || !(step instanceof Effect)
                    || now.seen
                            .migration()
                            .toOptional()
                            .filter(move -> move.isEmpty()
                                    || move.get().failed()
                                    || now.server()
                                            .get()
                                            .host()
                                            .equals(Optional.of(move.get().target())))
                            .isPresent();
        }
    },
    A_SERVER_IS_STARTED_ONLY_WHEN_IT_IS_DEAD(
            "a server is started only when it is dead for sure and Slurm has no job on it") {
        @Override
        boolean kept(View now, Step step) {
            return !(step instanceof StartServer)
                    || (now.dead() && now.jobs().findAny().isEmpty());
        }
    },
    NO_NODE_IS_SET_DOWN_WHILE_ITS_SERVER_MAY_LIVE("no node is set DOWN while its server may live") {
        @Override
        boolean kept(View now, Step step) {
            return !(step instanceof SetDown) || now.dead();
        }
    },
    A_CHECKPOINTED_ONE_IS_NOT_DEAD("a checkpointed server is never taken for a dead one") {
        @Override
        boolean kept(View now, Step step) {
            return !(step instanceof NoteDeath || step instanceof SetDown || step instanceof StartServer)
                    || (now.server().orElseThrow().status() != ServerStatus.SUSPENDED && now.dead());
        }
    },
    NO_JOB_IS_RELEASED_THAT_SOMEBODY_ELSE_HOLDS("no job is released but those that we held when their server died") {
        @Override
        boolean kept(View now, Step step) {
            if (step instanceof NoteDeath note) {
                return now.jobs()
                        .filter(job -> note.jobs().ids().contains(job.id()))
                        .allMatch(job -> is(job, "SUSPENDED")
                                && !job.held()
                                && (now.marked(job) || now.heldByUs(job) || now.heldByAPeer(job)));
            }
            return !(step instanceof ReleaseJobs release)
                    || (now.marks().died() && now.marks().held().ids().containsAll(release.jobs()));
        }
    },
    NOTHING_DELETED_UNDER_A_JOB("no server and no Slurm node goes while a job may be on it") {
        @Override
        boolean kept(View now, Step step) {
            if (step instanceof RemoveTwin twin) {
                boolean other = now.jobs()
                        .allMatch(job -> now.servers()
                                .filter(server -> !server.id().equals(twin.server()))
                                .anyMatch(server ->
                                        Marks.of(server.metadata()).held().suspended(job)));
                return now.jobs().findAny().isEmpty() || (other && !now.runsSlurmsNode(twin.server()));
            }
            // on a node that Slurm switches on none has begun
            boolean begun = !now.line("POWERING_UP")
                    || (now.server().isPresent() && !now.jobs().allMatch(job -> is(job, "CONFIGURING")));
            return !(step instanceof Destroy || step instanceof DeleteNode || step instanceof Create)
                    || !begun
                    || now.jobs().findAny().isEmpty();
        }
    },
    THE_TWIN_THAT_SLURM_USES_STAYS("of twins the one that Slurm's node runs on stays, with port and key") {
        @Override
        boolean kept(View now, Step step) {
            if (now.cloud.twins().isEmpty() || !(step instanceof Effect) || step instanceof Drain) {
                return true;
            }
            boolean nobodyKnows = now.servers().allMatch(one -> now.runsSlurmsNode(one.id()));
            return step instanceof RemoveTwin twin
                    && (!now.runsSlurmsNode(twin.server())
                            || (nobodyKnows && now.jobs().findAny().isEmpty()));
        }
    },
    THE_ADDRESS_STAYS("a server, its port and its address go only on the way to ABSENT, or when no server is left") {
        @Override
        boolean kept(View now, Step step) {
            return !(step instanceof Destroy)
                    || now.goal.state() == Goal.State.ABSENT
                    || now.server().isEmpty();
        }
    },
    AN_ADDRESS_IS_QUARANTINED("no address is given away, or used anew, before Slurm has forgotten it") {
        @Override
        boolean kept(View now, Step step) {
            boolean taken = now.server()
                    .flatMap(Server::address)
                    .filter(now.slurm.addresses()::containsKey)
                    .isPresent();
            // a line of slurm.conf keeps its address for its own node
            boolean free = now.slurm.node().isEmpty() || now.line("POWERED_DOWN", "POWERING_DOWN", "POWERING_UP");
            return (!(step instanceof Destroy || step instanceof Create) || free)
                    && !(step instanceof ApplyStates && now.slurm.node().isEmpty() && taken);
        }
    },
    AN_ADMINS_DRAIN_STAYS("no drain or DOWN of an admin's is taken away or written over") {
        @Override
        boolean kept(View now, Step step) {
            Optional<SlurmNode> node = now.slurm.node();
            boolean theirs = node.filter(one ->
                            one.states().contains("DRAIN") || (one.states().contains("DOWN") && !one.silent()))
                    .filter(one -> !one.reason().startsWith("spillway:"))
                    .isPresent();
            boolean downAlready =
                    node.filter(one -> one.states().contains("DOWN")).isPresent();
            return (!(step instanceof Drain || step instanceof Undrain) || !theirs)
                    && (!(step instanceof SetDown) || !theirs || !downAlready);
        }
    },
    A_RESERVATION_STAYS("no node is taken out of a reservation") {
        @Override
        boolean kept(View now, Step step) {
            return !(step instanceof DeleteNode)
                    || now.slurm
                            .node()
                            .filter(node -> node.states().contains("RESERVED"))
                            .isEmpty();
        }
    },
    A_LOCK_AND_A_PIN_STAY("nothing at all is done to a node whose server an admin has locked or pinned") {
        @Override
        boolean kept(View now, Step step) {
            return !(step instanceof Effect)
                    || (step instanceof RemoveTwin twin
                            ? now.servers()
                                    .filter(one -> one.id().equals(twin.server()))
                                    .noneMatch(Promise::kept)
                            : now.server().filter(Promise::kept).isEmpty());
        }
    },
    A_PHYSICAL_NODE_IS_NOT_OURS("nothing is done to a physical node of slurm.conf") {
        @Override
        boolean kept(View now, Step step) {
            return !(step instanceof Effect)
                    || now.slurm
                            .node()
                            .filter(node -> !node.dynamic() && !node.states().contains("CLOUD"))
                            .isEmpty();
        }
    },
    POWER_SAVING_IS_SLURMS(
            "a virtual node of slurm.conf is made and removed only when Slurm's power saving switches it, and never"
                    + " drained while it is switched on for a job") {
        @Override
        boolean kept(View now, Step step) {
            if (now.slurm.node().filter(node -> node.states().contains("CLOUD")).isEmpty()) {
                return true;
            }
            boolean up = now.line("POWERING_UP");
            boolean off = now.line("POWERED_DOWN", "POWERING_DOWN");
            if (step instanceof Destroy destroy && destroy.server().isPresent()) {
                // one that is switched on anew may still have the server of before
                return off || (up && now.marks().goal().equals(Optional.of(Goal.ABSENT)));
            }
            return !(step instanceof DeleteNode)
                    && (!(step instanceof Create) || up)
                    && (!(step instanceof Drain) || !up);
        }
    },
    THE_GOAL_STANDS_FIRST("before the first step the goal stands in the metadata, where Nova lets it") {
        @Override
        boolean kept(View now, Step step) {
            return !(step instanceof Effect)
                    || step instanceof SetGoal
                    || !now.cloud.twins().isEmpty()
                    || now.server()
                            .filter(server ->
                                    server.status() != ServerStatus.ERROR && server.status() != ServerStatus.OTHER)
                            .filter(server -> !now.marks().goal().equals(Optional.of(now.goal)))
                            .isEmpty();
        }
    },
    NOVA_IS_ASKED_WHAT_IT_CAN_DO("nothing is asked of Nova that it refuses in the server's state") {
        @Override
        boolean kept(View now, Step step) {
            if (!(step instanceof Effect.Note || step instanceof Effect.OnServer) || step instanceof RemoveTwin) {
                return true;
            }
            Server server = now.server().orElseThrow();
            ServerStatus status = server.status();
            if (step instanceof Effect.Note) {
                return List.of(
                                ServerStatus.ACTIVE,
                                ServerStatus.PAUSED,
                                ServerStatus.SUSPENDED,
                                ServerStatus.SHUTOFF,
                                ServerStatus.MIGRATING)
                        .contains(status);
            }
            boolean calm = server.task().isEmpty();
            if (step instanceof SuspendServer || step instanceof PauseServer) {
                return calm && status == ServerStatus.ACTIVE;
            }
            if (step instanceof ResumeServer) {
                return calm && status == ServerStatus.SUSPENDED;
            }
            if (step instanceof StartServer) {
                return calm && status == ServerStatus.SHUTOFF;
            }
            return step instanceof UnpauseServer
                    ? calm && status == ServerStatus.PAUSED
                    : step instanceof LiveMigrate move
                            && calm
                            && (status == ServerStatus.ACTIVE || status == ServerStatus.PAUSED)
                            && !server.host().equals(Optional.of(move.host()));
        }
    },
    EVERY_STEP_SAYS_WHY("every step, wait and refusal says why, in one line") {
        @Override
        boolean kept(View now, Step step) {
            return !step.reason().isBlank() && step.reason().indexOf('\n') < 0;
        }
    },
    THE_END_COMES(
            "in a world that answers the goal is reached in a bounded number of steps, or refused with a reason") {
        @Override
        boolean kept(View now, Step step) {
            return true; // judged over ways, not steps: see LifecycleTest
        }
    };

    final String words;

    Promise(String words) {
        this.words = words;
    }

    abstract boolean kept(View now, Step step);

    private static boolean is(Job job, String state) {
        return job.states().contains(state);
    }

    private static boolean kept(Server server) {
        return server.locked() || server.metadata().containsKey(Marks.PIN);
    }

    private static Optional<UUID> target(Step step) {
        if (step instanceof SetGoal set) {
            return Optional.of(set.server());
        } else if (step instanceof WriteHeld write) {
            return Optional.of(write.server());
        } else if (step instanceof Effect.ForgetHeld forget) {
            return Optional.of(forget.server());
        } else if (step instanceof SuspendServer suspend) {
            return Optional.of(suspend.server());
        } else if (step instanceof ResumeServer resume) {
            return Optional.of(resume.server());
        } else if (step instanceof PauseServer pause) {
            return Optional.of(pause.server());
        } else if (step instanceof UnpauseServer unpause) {
            return Optional.of(unpause.server());
        } else if (step instanceof StartServer start) {
            return Optional.of(start.server());
        } else if (step instanceof NoteDeath note) {
            return Optional.of(note.server());
        } else if (step instanceof ReleaseJobs release) {
            return Optional.of(release.server());
        } else if (step instanceof LiveMigrate move) {
            return Optional.of(move.server());
        } else if (step instanceof RemoveTwin twin) {
            return Optional.of(twin.server());
        } else if (step instanceof ApplyStates apply) {
            return Optional.of(apply.server());
        }
        return step instanceof Destroy destroy ? destroy.server() : Optional.empty();
    }

    /** An observation with its known parts at hand. */
    static final class View {
        private static final SlurmSide NO_SLURM = new SlurmSide(
                java.time.Instant.EPOCH,
                Optional.empty(),
                List.of(),
                io.spillway.slurm.MinionKey.ABSENT,
                java.util.Map.of(),
                java.util.Set.of());
        private static final CloudSide NO_CLOUD = new CloudSide(Optional.empty(), List.of(), List.of());

        final Observation seen;
        final Goal goal;
        final SlurmSide slurm;
        final CloudSide cloud;

        View(Observation seen, Goal goal) {
            this.seen = seen;
            this.goal = goal;
            this.slurm = seen.slurm().toOptional().orElse(NO_SLURM);
            this.cloud = seen.cloud().toOptional().orElse(NO_CLOUD);
        }

        Optional<Server> server() {
            return cloud.server();
        }

        Stream<Server> servers() {
            return Stream.concat(cloud.server().stream(), cloud.twins().stream());
        }

        Marks marks() {
            return cloud.marks();
        }

        boolean dead() {
            return server().filter(server -> server.status() == ServerStatus.SHUTOFF
                                    && server.task().isEmpty()
                                    && server.presence() == Presence.GONE)
                            .isPresent()
                    && seen.ending().equals(Seen.known(Ending.DIED));
        }

        Stream<Job> jobs() {
            return slurm.jobs().stream();
        }

        /** Whether it is a line of slurm.conf with State=CLOUD and one of these flags. */
        boolean line(String... flags) {
            return slurm.node()
                    .map(SlurmNode::states)
                    .filter(words -> words.contains("CLOUD"))
                    .filter(words -> Stream.of(flags).anyMatch(words::contains))
                    .isPresent();
        }

        boolean powering() {
            return slurm.node()
                    .map(SlurmNode::states)
                    .filter(words -> words.contains("POWERING_UP") || words.contains("POWERING_DOWN"))
                    .isPresent();
        }

        Optional<Probe> probe() {
            return seen.probe().toOptional();
        }

        Optional<Processes> processes() {
            return seen.processes().toOptional();
        }

        boolean marked(Job job) {
            return slurm.ours().contains(job.id());
        }

        boolean heldByUs(Job job) {
            Collection<String> words = marks().held().words();
            return words.contains(job.id())
                    || job.suspendedAt()
                            .filter(at -> words.contains(job.id() + "@" + at.getEpochSecond()))
                            .isPresent();
        }

        boolean proven(NodeName peer) {
            return cloud.others().stream().anyMatch(other -> other.node().equals(peer) && other.back())
                    || seen.peers()
                            .toOptional()
                            .filter(probes -> probes.containsKey(peer)
                                    && probes.get(peer).obstacle().isEmpty())
                            .isPresent();
        }

        boolean heldByAPeer(Job job) {
            return cloud.others().stream()
                    .anyMatch(
                            other -> other.held().suspended(job) && job.nodes().contains(other.node()));
        }

        boolean runsSlurmsNode(UUID id) {
            return servers()
                    .filter(server -> server.id().equals(id))
                    .anyMatch(server -> server.address()
                            .filter(address -> slurm.node()
                                    .filter(node -> node.address().equals(address))
                                    .isPresent())
                            .isPresent());
        }
    }
}
