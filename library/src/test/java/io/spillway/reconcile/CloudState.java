package io.spillway.reconcile;

import io.spillway.cloud.Presence;
import io.spillway.cloud.Server;
import io.spillway.cloud.ServerStatus;
import io.spillway.model.Goal;
import io.spillway.model.NodeName;
import io.spillway.reconcile.Observation.CloudSide;
import io.spillway.reconcile.Observation.Other;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** All that the cloud can say of one node, with what happens to it when time passes. */
record CloudState(
        Machine machine,
        Keep keep,
        Place place,
        boolean written,
        boolean applied,
        Mark mark,
        Peer peer,
        Twin twin,
        boolean paused) {
    /** Of one that nothing has paused. */
    CloudState(
            Machine machine,
            Keep keep,
            Place place,
            boolean written,
            boolean applied,
            Mark mark,
            Peer peer,
            Twin twin) {
        this(machine, keep, place, written, applied, mark, peer, twin, false);
    }

    static final UUID ID = new UUID(0, 1);
    static final UUID TWIN_ID = new UUID(0, 2);
    static final UUID PEER_ID = new UUID(0, 3);
    static final Goal ANOTHER_GOAL = Goal.READY.on("cn07");
    static final NodeName PEER_NODE = NodeName.of("vn02");

    /** What Nova calls the server, and what it does to it. */
    enum Machine {
        ABSENT(ServerStatus.OTHER, ""),
        FOREIGN(ServerStatus.ACTIVE, ""),
        BUILD(ServerStatus.BUILD, "spawning"),
        ACTIVE(ServerStatus.ACTIVE, ""),
        ACTIVE_SUSPENDING(ServerStatus.ACTIVE, "suspending"),
        ACTIVE_PAUSING(ServerStatus.ACTIVE, "pausing"),
        ACTIVE_MIGRATING(ServerStatus.ACTIVE, "migrating"),
        ACTIVE_IMAGING(ServerStatus.ACTIVE, "image_snapshot"),
        ACTIVE_POWERING_OFF(ServerStatus.ACTIVE, "powering-off"),
        ACTIVE_DELETING(ServerStatus.ACTIVE, "deleting"),
        MIGRATING(ServerStatus.MIGRATING, "migrating"),
        MIGRATING_PAUSED(ServerStatus.MIGRATING, "migrating"),
        PAUSED(ServerStatus.PAUSED, ""),
        PAUSED_UNPAUSING(ServerStatus.PAUSED, "unpausing"),
        PAUSED_DELETING(ServerStatus.PAUSED, "deleting"),
        SUSPENDED(ServerStatus.SUSPENDED, ""),
        SUSPENDED_RESUMING(ServerStatus.SUSPENDED, "resuming"),
        SUSPENDED_DELETING(ServerStatus.SUSPENDED, "deleting"),
        SHUTOFF(ServerStatus.SHUTOFF, ""),
        SHUTOFF_DEATH_NOTED(ServerStatus.SHUTOFF, ""),
        SHUTOFF_THOUGH_IT_RUNS(ServerStatus.SHUTOFF, ""),
        SHUTOFF_POWERING_ON(ServerStatus.SHUTOFF, "powering-on"),
        ERROR(ServerStatus.ERROR, ""),
        ERROR_DELETING(ServerStatus.ERROR, "deleting"),
        REBOOTING(ServerStatus.OTHER, "rebooting"),
        OTHER(ServerStatus.OTHER, ""),
        UNKNOWN(ServerStatus.UNKNOWN, "");

        final ServerStatus status;
        final Optional<String> task;

        Machine(ServerStatus status, String task) {
            this.status = status;
            this.task = Optional.of(task).filter(word -> !word.isEmpty());
        }

        boolean calm() {
            return this == ACTIVE || this == PAUSED || this == SUSPENDED;
        }

        boolean dead() {
            return this == SHUTOFF || this == SHUTOFF_DEATH_NOTED;
        }

        Machine later() {
            return switch (this) {
                case BUILD,
                        ACTIVE_MIGRATING,
                        ACTIVE_IMAGING,
                        MIGRATING,
                        PAUSED_UNPAUSING,
                        SUSPENDED_RESUMING,
                        SHUTOFF_POWERING_ON,
                        REBOOTING,
                        UNKNOWN -> ACTIVE;
                case ACTIVE_SUSPENDING -> SUSPENDED;
                case ACTIVE_PAUSING, MIGRATING_PAUSED -> PAUSED;
                case ACTIVE_POWERING_OFF, SHUTOFF_THOUGH_IT_RUNS -> SHUTOFF;
                case ACTIVE_DELETING, PAUSED_DELETING, SUSPENDED_DELETING, ERROR_DELETING -> ABSENT;
                default -> this;
            };
        }
    }

    /** Whether an admin wants it left alone. */
    enum Keep {
        FREE,
        LOCKED,
        PINNED
    }

    /** Where it is, as far as is known. */
    enum Place {
        CN01,
        CN02,
        UNTOLD,
        GONE,
        HOST_SILENT
    }

    /** Which jobs its metadata say that we hold. */
    enum Mark {
        NONE,
        UNDATED,
        DATED,
        OF_ANOTHER_SECOND,
        BACK
    }

    /** Another server of ours, whose node may share job 1. */
    enum Peer {
        NONE,
        BACK,
        ASLEEP_RETURNING,
        ASLEEP
    }

    /** A second server that says it is this node. */
    enum Twin {
        NONE,
        AT_ANOTHER_ADDRESS,
        AT_SLURMS_ADDRESS,
        BOTH_AT_SLURMS_ADDRESS,
        BROKEN,
        HOLDING,
        BUILDING,
        LOCKED
    }

    static final CloudState NOTHING =
            new CloudState(Machine.ABSENT, Keep.FREE, Place.CN01, false, false, Mark.NONE, Peer.NONE, Twin.NONE);

    /** Every combination that can be seen; what Nova never shows together is left out. */
    static List<CloudState> all() {
        List<CloudState> all = new ArrayList<>(List.of(NOTHING, NOTHING.with(Machine.FOREIGN)));
        for (Machine machine : Machine.values()) {
            if (machine == Machine.ABSENT || machine == Machine.FOREIGN) {
                continue;
            }
            for (boolean written : new boolean[] {true, false}) {
                for (boolean applied : applied(machine)) {
                    for (Mark mark : marks(machine, written)) {
                        CloudState state = new CloudState(
                                machine, Keep.FREE, Place.CN01, written, applied, mark, Peer.NONE, Twin.NONE);
                        state.everywhere(all);
                        state.withPeers(all);
                        state.withTwins(all);
                        state.withPause(all);
                    }
                }
            }
        }
        return all;
    }

    /** Of a dead one its states must be applied anew in any case. */
    private static boolean[] applied(Machine machine) {
        return machine.dead() ? new boolean[] {machine == Machine.SHUTOFF} : new boolean[] {true, false};
    }

    /** Of a server whose goal is another one only that is said, so what it holds is told apart after that. */
    private static Mark[] marks(Machine machine, boolean written) {
        if (!written) {
            return new Mark[] {Mark.NONE};
        }
        return machine.calm() || machine == Machine.SHUTOFF ? Mark.values() : new Mark[] {Mark.NONE, Mark.DATED};
    }

    private void everywhere(List<CloudState> all) {
        for (Place anyPlace : machine.calm() ? Place.values() : new Place[] {Place.CN01, Place.CN02}) {
            all.add(with(anyPlace));
        }
        if (machine.dead()) {
            all.add(with(Place.HOST_SILENT));
        }
        all.add(with(Keep.LOCKED, place, peer, twin));
        all.add(with(Keep.PINNED, place, peer, twin));
    }

    private void withPeers(List<CloudState> all) {
        if (machine.calm() || machine == Machine.SHUTOFF) {
            for (Peer anyPeer : Peer.values()) {
                if (anyPeer != Peer.NONE) {
                    all.add(with(anyPeer));
                    if (machine.calm()) {
                        all.add(with(anyPeer).with(Place.CN02));
                    }
                }
            }
        }
    }

    private void withTwins(List<CloudState> all) {
        // with a second server nothing is done that depends on goal or states
        if (written && applied && (machine.calm() || machine == Machine.BUILD || machine == Machine.ERROR)) {
            for (Twin anyTwin : Twin.values()) {
                if (anyTwin != Twin.NONE) {
                    all.add(with(keep, place, peer, anyTwin));
                }
            }
        }
    }

    /** For a job on cn01, wherever it is. */
    private void withPause(List<CloudState> all) {
        if (written && machine.calm()) {
            CloudState stands = new CloudState(machine, keep, place, written, applied, mark, peer, twin, true);
            stands.everywhere(all);
            if (applied) {
                stands.withPeers(all);
            }
        }
    }

    private CloudState with(Keep newKeep, Place newPlace, Peer newPeer, Twin newTwin) {
        return new CloudState(machine, newKeep, newPlace, written, applied, mark, newPeer, newTwin, paused);
    }

    CloudState with(Machine newMachine) {
        return new CloudState(newMachine, keep, place, written, applied, mark, peer, twin, paused);
    }

    CloudState with(Place newPlace) {
        return with(keep, newPlace, peer, twin);
    }

    CloudState with(Mark newMark) {
        return new CloudState(machine, keep, place, written, applied, newMark, peer, twin, paused);
    }

    CloudState with(Peer newPeer) {
        return with(keep, place, newPeer, twin);
    }

    CloudState withGoal() {
        return new CloudState(machine, keep, place, true, applied, mark, peer, twin, paused);
    }

    /** Whether its server runs, for all that anybody knows, and no other says that it is the node. */
    boolean runsAlone() {
        return machine == Machine.ACTIVE && place != Place.GONE && twin == Twin.NONE;
    }

    CloudState started() {
        return new CloudState(Machine.SHUTOFF_POWERING_ON, keep, place, written, false, mark, peer, twin, paused);
    }

    CloudState withStates() {
        return new CloudState(machine, keep, place, written, true, mark, peer, twin, paused);
    }

    /** What is left when one of two goes. */
    CloudState withoutTwin(UUID gone) {
        CloudState left = with(keep, place, peer, Twin.NONE);
        return gone.equals(TWIN_ID) ? left : left.with(Machine.ACTIVE).with(Mark.NONE);
    }

    /** What it is when those who are waited for have done their part. */
    CloudState later(Party waited, Goal goal) {
        Machine settled = machine.later();
        if (settled == Machine.ABSENT) {
            return twin == Twin.NONE ? NOTHING.with(peer) : withoutTwin(ID);
        }
        boolean moved = machine == Machine.MIGRATING
                || machine == Machine.MIGRATING_PAUSED
                || machine == Machine.ACTIVE_MIGRATING;
        Place target = goal.host().isPresent() || place == Place.HOST_SILENT ? Place.CN02 : place;
        Place then = moved ? target : place == Place.HOST_SILENT ? Place.CN01 : place;
        Twin settledTwin = twin == Twin.BUILDING ? Twin.AT_ANOTHER_ADDRESS : twin;
        return new CloudState(
                settled,
                keep,
                then,
                written,
                applied,
                mark,
                waited == Party.JOBS ? Peer.NONE : peer,
                settledTwin,
                paused && waited != Party.JOBS);
    }

    CloudSide seen(Goal goal, SlurmState.Work work) {
        if (machine == Machine.ABSENT) {
            return new CloudSide(Optional.empty(), List.of(), others());
        }
        Map<String, String> metadata = new HashMap<>();
        if (machine != Machine.FOREIGN && machine != Machine.UNKNOWN) {
            metadata.putAll(Marks.writing(written ? goal : ANOTHER_GOAL));
            metadata.put(Marks.NODE, SlurmState.NODE.value());
            if (mark != Mark.NONE) {
                metadata.putAll(Marks.writing(held(work), mark == Mark.BACK));
            }
            if (machine == Machine.SHUTOFF_DEATH_NOTED) {
                metadata.put(Marks.STATES, "died");
            } else if (applied) {
                metadata.put(Marks.STATES, "applied");
            }
            if (paused) {
                metadata.put(Marks.PAUSE, "cn01@1800000000");
            }
            if (keep == Keep.PINNED) {
                metadata.put(Marks.PIN, "being debugged");
            }
        } else if (machine == Machine.UNKNOWN) {
            metadata.put(Marks.NODE, SlurmState.NODE.value());
        }
        String address = twin == Twin.AT_SLURMS_ADDRESS ? "10.0.0.9" : SlurmState.ADDRESS;
        Server server = new Server(
                ID,
                SlurmState.NODE.value(),
                machine.status,
                machine.task,
                host(),
                Optional.of(address),
                metadata,
                Optional.empty(),
                keep == Keep.LOCKED,
                presence(),
                Optional.empty());
        return new CloudSide(
                Optional.of(server), twin == Twin.NONE ? List.of() : List.of(second(goal, work)), others());
    }

    private Optional<String> host() {
        return switch (place) {
            case CN01, GONE, HOST_SILENT -> Optional.of("cn01");
            case CN02 -> Optional.of("cn02");
            case UNTOLD -> Optional.empty();
        };
    }

    private Presence presence() {
        return switch (place) {
            case GONE -> Presence.GONE;
            case HOST_SILENT -> Presence.UNKNOWN;
            default -> machine.dead() ? Presence.GONE : Presence.THERE;
        };
    }

    private Server second(Goal goal, SlurmState.Work work) {
        Map<String, String> metadata = new HashMap<>(Marks.writing(goal));
        metadata.put(Marks.NODE, SlurmState.NODE.value());
        if (twin == Twin.HOLDING) {
            metadata.putAll(Marks.writing(one(Optional.of(since(work))), false));
        }
        ServerStatus status = switch (twin) {
            case BROKEN -> ServerStatus.ERROR;
            case BUILDING -> ServerStatus.BUILD;
            case HOLDING -> ServerStatus.SUSPENDED;
            default -> ServerStatus.ACTIVE;
        };
        Optional<String> address = switch (twin) {
            case AT_SLURMS_ADDRESS, BOTH_AT_SLURMS_ADDRESS -> Optional.of(SlurmState.ADDRESS);
            case BROKEN, BUILDING -> Optional.empty();
            default -> Optional.of("10.0.0.8");
        };
        return new Server(
                TWIN_ID,
                SlurmState.NODE.value(),
                status,
                Optional.empty(),
                Optional.of("cn02"),
                address,
                metadata,
                Optional.empty(),
                twin == Twin.LOCKED,
                Presence.THERE,
                Optional.empty());
    }

    private List<Other> others() {
        Held held = one(Optional.of(SlurmState.LONG_AGO));
        return switch (peer) {
            case NONE -> List.of();
            case BACK -> List.of(new Other(PEER_NODE, PEER_ID, held, true, true, false));
            case ASLEEP_RETURNING -> List.of(new Other(PEER_NODE, PEER_ID, held, false, true, true));
            case ASLEEP -> List.of(new Other(PEER_NODE, PEER_ID, held, false, false, true));
        };
    }

    private Held held(SlurmState.Work work) {
        return one(
                switch (mark) {
                    case NONE, UNDATED -> Optional.empty();
                    case DATED, BACK -> Optional.of(since(work));
                    case OF_ANOTHER_SECOND -> Optional.of(SlurmState.LONG_AGO.minusSeconds(500));
                });
    }

    private static Instant since(SlurmState.Work work) {
        return work == SlurmState.Work.JUST_SUSPENDED ? SlurmState.JUST_NOW : SlurmState.LONG_AGO;
    }

    private static Held one(Optional<Instant> since) {
        return new Held(new TreeMap<>(Map.of("1", since)));
    }
}
