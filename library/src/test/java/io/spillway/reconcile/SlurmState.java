package io.spillway.reconcile;

import io.spillway.model.Hostlist;
import io.spillway.model.Job;
import io.spillway.model.NodeName;
import io.spillway.reconcile.Observation.SlurmSide;
import io.spillway.slurm.MinionKey;
import io.spillway.slurm.SlurmNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** All that Slurm and the Salt master can say of one node, with what happens to it when time passes. */
record SlurmState(Kind kind, Drain drain, Work work, MinionKey key, boolean quarantine) {
    static final NodeName NODE = NodeName.of("vn01");
    static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    static final Instant LONG_AGO = NOW.minusSeconds(60);
    static final Instant JUST_NOW = NOW.minusSeconds(1);
    static final String ADDRESS = "10.0.0.1";
    static final NodeName STRANGER = NodeName.of("vn07");

    /** What slurmctld calls the node. */
    enum Kind {
        ABSENT(),
        STATIC("IDLE"),
        IDLE("IDLE"),
        ALLOCATED("ALLOCATED"),
        SILENT("IDLE", "NOT_RESPONDING"),
        HELD_DOWN("DOWN"),
        GIVEN_UP("DOWN", "NOT_RESPONDING"),
        POWERING("IDLE", "POWERING_UP"),
        POWERED_DOWN("IDLE", "POWERED_DOWN"),
        RESERVED("IDLE", "RESERVED"),
        CLOUD("IDLE", "CLOUD"),
        CLOUD_POWERING_UP("IDLE", "CLOUD", "POWERING_UP", "NOT_RESPONDING"),
        CLOUD_POWERING_DOWN("IDLE", "CLOUD", "POWERING_DOWN"),
        CLOUD_OFF("IDLE", "CLOUD", "POWERED_DOWN"),
        CLOUD_NOT_RESUMED("DOWN", "CLOUD", "POWERED_DOWN");

        @SuppressWarnings("ImmutableEnumChecker") // Set.of makes no other
        final Set<String> words;

        Kind(String... words) {
            this.words = Set.of(words);
        }

        boolean line() {
            return words.contains("CLOUD");
        }
    }

    /** Who has drained it. */
    enum Drain {
        NONE(""),
        OURS("spillway: checkpoint"),
        ADMINS("disk is odd");

        final String reason;

        Drain(String reason) {
            this.reason = reason;
        }
    }

    /** The jobs on it. Job 2 was suspended by somebody else; of job 1 the server's metadata tell, or our mark on it. */
    enum Work {
        NONE(),
        CONFIGURING(job("1", "CONFIGURING", false)),
        RUNNING(job("1", "RUNNING", false)),
        SUSPENDED(job("1", LONG_AGO, false)),
        JUST_SUSPENDED(job("1", JUST_NOW, false)),
        UNDATED(job("1", "SUSPENDED", false)),
        COMPLETING(job("1", "COMPLETING", false)),
        USERS(job("2", LONG_AGO, false)),
        RUNNING_AND_USERS(job("1", "RUNNING", false), job("2", LONG_AGO, false)),
        SUSPENDED_AND_USERS(job("1", LONG_AGO, false), job("2", LONG_AGO, false)),
        SHARED_RUNNING(job("1", "RUNNING", true)),
        SHARED_SUSPENDED(job("1", LONG_AGO, true)),
        MARKED(job("1", LONG_AGO, false)),
        SHARED_MARKED(job("1", LONG_AGO, true));

        @SuppressWarnings("ImmutableEnumChecker") // List.of makes no other
        final List<Job> jobs;

        Work(Job... jobs) {
            this.jobs = List.of(jobs);
        }

        Set<String> ours() {
            return this == MARKED || this == SHARED_MARKED ? Set.of("1") : Set.of();
        }

        boolean shared() {
            return this == SHARED_RUNNING || this == SHARED_SUSPENDED || this == SHARED_MARKED;
        }

        Work suspended() {
            return switch (this) {
                case RUNNING -> JUST_SUSPENDED;
                case RUNNING_AND_USERS -> SUSPENDED_AND_USERS;
                case SHARED_RUNNING -> SHARED_SUSPENDED;
                default -> this;
            };
        }

        Work resumed() {
            return switch (this) {
                case SUSPENDED, JUST_SUSPENDED, UNDATED, MARKED -> RUNNING;
                case SUSPENDED_AND_USERS -> RUNNING_AND_USERS;
                case SHARED_SUSPENDED, SHARED_MARKED -> SHARED_RUNNING;
                default -> this;
            };
        }

        Work later() {
            return switch (this) {
                case JUST_SUSPENDED, UNDATED -> SUSPENDED;
                case COMPLETING -> NONE;
                case CONFIGURING -> RUNNING;
                default -> this;
            };
        }
    }

    private static Job job(String id, Instant suspended, boolean shared) {
        return job(id, "SUSPENDED", shared, Optional.of(suspended));
    }

    private static Job job(String id, String state, boolean shared) {
        return job(id, state, shared, Optional.empty());
    }

    private static Job job(String id, String state, boolean shared, Optional<Instant> suspended) {
        Hostlist nodes = Hostlist.parse(shared ? "vn[01-02]" : "vn01");
        return new Job(id, "j", "u", "p", Set.of(state), nodes, Duration.ZERO, suspended);
    }

    static List<SlurmState> all() {
        List<SlurmState> all = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            // whether it is allocated or idle makes no difference to us: the jobs do
            boolean drainable = kind != Kind.ABSENT && kind != Kind.STATIC && kind != Kind.ALLOCATED;
            for (Drain drain : drainable ? Drain.values() : new Drain[] {Drain.NONE}) {
                for (Work work : Work.values()) {
                    for (MinionKey key : keys(kind, work)) {
                        all.add(new SlurmState(kind, drain, work, key, false));
                        if (kind == Kind.ABSENT) {
                            all.add(new SlurmState(kind, drain, work, key, true));
                        }
                    }
                }
            }
        }
        return all;
    }

    private static MinionKey[] keys(Kind kind, Work work) {
        boolean all = work == Work.NONE || (!kind.line() && (work == Work.RUNNING || work == Work.SUSPENDED));
        return all ? MinionKey.values() : new MinionKey[] {MinionKey.ABSENT, MinionKey.ACCEPTED};
    }

    SlurmSide seen() {
        Optional<SlurmNode> node = Optional.empty();
        if (kind != Kind.ABSENT) {
            Set<String> words = new TreeSet<>(kind.words);
            if (drain != Drain.NONE) {
                words.add("DRAIN");
            }
            boolean dynamic = kind != Kind.STATIC && !kind.line();
            node = Optional.of(new SlurmNode(NODE, ADDRESS, words, reason(), dynamic));
        }
        Map<String, NodeName> addresses = quarantine ? Map.of(ADDRESS, STRANGER) : Map.of();
        return new SlurmSide(NOW, node, work.jobs, key, addresses, work.ours());
    }

    private String reason() {
        if (drain != Drain.NONE) {
            return drain.reason;
        }
        return switch (kind) {
            case HELD_DOWN -> "fans are loud";
            case CLOUD_NOT_RESUMED -> "ResumeTimeout reached";
            default -> "";
        };
    }

    /** Whether a job is to end on it and cannot, since Slurm does not hear from it. */
    boolean endsUnheard() {
        return kind == Kind.SILENT && work == Work.COMPLETING;
    }

    /** What it is when those who are waited for have done their part. */
    SlurmState later(Party waited) {
        Kind settled = switch (kind) {
            case POWERING -> Kind.IDLE;
            case CLOUD_POWERING_UP -> waited == Party.SLURM ? Kind.CLOUD : kind;
            case CLOUD_POWERING_DOWN -> Kind.CLOUD_OFF;
            case ABSENT -> waited == Party.SLURM && !quarantine ? Kind.IDLE : kind;
            default -> kind;
        };
        boolean takenOff = waited == Party.SLURM
                && (kind == Kind.HELD_DOWN || kind == Kind.GIVEN_UP || kind == Kind.CLOUD_NOT_RESUMED);
        return new SlurmState(settled, drain, waited == Party.JOBS || takenOff ? Work.NONE : work.later(), key, false);
    }

    /** Set DOWN by us: an admin's drain keeps its reason, and what other nodes share ends there first. */
    SlurmState down() {
        return new SlurmState(
                Kind.HELD_DOWN,
                drain == Drain.ADMINS ? drain : Drain.OURS,
                work.shared() ? Work.COMPLETING : Work.NONE,
                key,
                quarantine);
    }

    SlurmState undrained() {
        boolean down = kind == Kind.HELD_DOWN || kind == Kind.GIVEN_UP;
        return with(down ? Kind.SILENT : kind).with(Drain.NONE);
    }

    SlurmState with(Kind newKind) {
        return new SlurmState(newKind, newKind == Kind.ABSENT ? Drain.NONE : drain, work, key, quarantine);
    }

    SlurmState with(Drain newDrain) {
        return new SlurmState(kind, newDrain, work, key, quarantine);
    }

    SlurmState with(Work newWork) {
        return new SlurmState(kind, drain, newWork, key, quarantine);
    }

    SlurmState with(MinionKey newKey) {
        return new SlurmState(kind, drain, work, newKey, quarantine);
    }
}
