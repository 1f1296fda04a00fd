package io.spillway.reconcile;

import io.spillway.cloud.Cloud;
import io.spillway.model.Away;
import io.spillway.model.Goal;
import io.spillway.model.NodeName;
import io.spillway.model.Pool;
import io.spillway.slurm.SlurmSite;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.UUID;

/** A step that changes something. Each is idempotent, and those that act on a server do so by its UUID. */
public sealed interface Effect extends Step permits Effect.InNova, Effect.InSlurm, Effect.BySalt {
    /**
     * What it does, in two or three words.
     *
     * @return such as {@code suspend server}
     */
    String title();

    /**
     * Who does the work.
     *
     * @return the party
     */
    Party party();

    /**
     * Does it. Returns when the party has accepted, or, for Salt's work, when it is done.
     *
     * @param ports what to act on
     * @return Slurm as it is right after, if that was told along with it
     */
    Optional<SlurmSite> carryOut(Ports ports);

    /**
     * Whether it may be done by a look at Slurm that is some time old: who does it notices by itself what has changed
     * since, or that does not matter to it.
     *
     * @return true if so
     */
    default boolean bearsAnOldLook() {
        return false;
    }

    /** Something that Nova is asked for. */
    sealed interface InNova extends Effect {
        /**
         * Asks for it.
         *
         * @param cloud whom
         */
        void ask(Cloud cloud);

        @Override
        default Optional<SlurmSite> carryOut(Ports ports) {
            ask(ports.cloud());
            return Optional.empty();
        }

        @Override
        default Party party() {
            return Party.NOVA;
        }
    }

    /** A word in the server's metadata; nothing else changes by it. */
    sealed interface Note extends InNova {
        /**
         * Whose metadata.
         *
         * @return the server's UUID
         */
        UUID server();

        /**
         * What stands there then.
         *
         * @return keys and values; none if it only removes
         */
        default Map<String, String> writes() {
            return Map.of();
        }

        /**
         * What does not stand there any more.
         *
         * @return keys, in the order in which they go
         */
        default List<String> removes() {
            return List.of();
        }

        @Override
        default void ask(Cloud cloud) {
            if (!writes().isEmpty()) {
                cloud.setMetadata(server(), writes());
            }
            if (!removes().isEmpty()) {
                cloud.removeMetadata(server(), removes());
            }
        }
    }

    /** Something that slurmctld does at once. */
    sealed interface InSlurm extends Effect {
        @Override
        default Party party() {
            return Party.SLURM;
        }
    }

    /** Something that Nova begins to do with the server. */
    sealed interface OnServer extends InNova {}

    /** Something that Salt does from its beginning to its end. */
    sealed interface BySalt extends Effect {
        @Override
        default Party party() {
            return Party.SALT;
        }
    }

    /** Makes the server, with its goal in its metadata from the first moment. */
    record Create(NodeName node, Pool pool, Goal goal, String reason) implements BySalt {
        @Override
        public String title() {
            return "create server";
        }

        @Override
        public Optional<SlurmSite> carryOut(Ports ports) {
            Map<String, String> metadata = new HashMap<>(Marks.writing(goal));
            metadata.put(Marks.NODE, node.value());
            metadata.put(Marks.POOL, pool.name());
            return ports.provisioner().create(node, pool.profile(), metadata, goal.host());
        }
    }

    /** Writes what the node should be, and which policy's word that is if it puts the node away. */
    record SetGoal(UUID server, Goal goal, Optional<Away> by, String reason) implements Note {
        SetGoal(UUID server, Goal goal, String reason) {
            this(server, goal, Optional.empty(), reason);
        }

        /** It is the word of whoever asks, by the UUID. */
        @Override
        public boolean bearsAnOldLook() {
            return true;
        }

        @Override
        public String title() {
            return "write goal";
        }

        @Override
        public Map<String, String> writes() {
            return Marks.writing(goal, by);
        }
    }

    /** Writes which jobs are held. */
    record WriteHeld(UUID server, Held jobs, boolean back, String reason) implements Note {
        @Override
        public String title() {
            return "write held jobs";
        }

        @Override
        public Map<String, String> writes() {
            return Marks.writing(jobs, back);
        }
    }

    /** Forgets the held jobs: all of them go on or are over. */
    record ForgetHeld(UUID server, List<String> keys, String reason) implements Note {
        @Override
        public String title() {
            return "forget held jobs";
        }

        @Override
        public List<String> removes() {
            return keys;
        }
    }

    /** Writes that the server died, and which jobs on it we hold: Slurm will hold them, too, when it takes them off. */
    record NoteDeath(UUID server, Held jobs, String reason) implements Note {
        @Override
        public String title() {
            return "note death";
        }

        @Override
        public Map<String, String> writes() {
            return Marks.writingDeath(jobs);
        }
    }

    /** Sets the node DOWN, with a reason of ours: Slurm takes its jobs off it. */
    record SetDown(NodeName node, String why, String reason) implements InSlurm {
        @Override
        public String title() {
            return "set DOWN";
        }

        @Override
        public Optional<SlurmSite> carryOut(Ports ports) {
            return ports.slurm().down(node, why);
        }
    }

    /** Lets jobs start anew that we held when they lost this node, and then forgets them. */
    record ReleaseJobs(UUID server, SortedSet<String> jobs, List<String> keys, String reason) implements InSlurm {
        @Override
        public String title() {
            return "release jobs";
        }

        @Override
        public Optional<SlurmSite> carryOut(Ports ports) {
            Optional<SlurmSite> then = ports.slurm().release(jobs);
            ports.cloud().removeMetadata(server, keys);
            return then;
        }
    }

    /** Drains the node with a reason of ours. */
    record Drain(NodeName node, String why, String reason) implements InSlurm {
        /** Who else has closed the node keeps it, and the site is told right after. */
        @Override
        public boolean bearsAnOldLook() {
            return true;
        }

        @Override
        public String title() {
            return "drain";
        }

        @Override
        public Optional<SlurmSite> carryOut(Ports ports) {
            return ports.slurm().drain(node, why);
        }
    }

    /** Takes our drain, or our DOWN, away; the one that a person asked us for only if this is {@code asked} for, too. */
    record Undrain(NodeName node, boolean asked, String reason) implements InSlurm {
        Undrain(NodeName node, String reason) {
            this(node, false, reason);
        }

        @Override
        public String title() {
            return "undrain";
        }

        @Override
        public Optional<SlurmSite> carryOut(Ports ports) {
            return ports.slurm().undrain(node, asked);
        }
    }

    /** Makes slurmd report now. */
    record Wake(NodeName node, String reason) implements InSlurm {
        @Override
        public String title() {
            return "wake slurmd";
        }

        @Override
        public Optional<SlurmSite> carryOut(Ports ports) {
            return ports.slurm().wake(node);
        }
    }

    /** Suspends jobs in Slurm. */
    record SuspendJobs(SortedSet<String> jobs, String reason) implements InSlurm {
        @Override
        public String title() {
            return "suspend jobs";
        }

        @Override
        public Optional<SlurmSite> carryOut(Ports ports) {
            return ports.slurm().suspend(jobs);
        }
    }

    /** Resumes jobs in Slurm. */
    record ResumeJobs(SortedSet<String> jobs, String reason) implements InSlurm {
        @Override
        public String title() {
            return "resume jobs";
        }

        @Override
        public Optional<SlurmSite> carryOut(Ports ports) {
            return ports.slurm().resume(jobs);
        }
    }

    /** Lets another node go that came back earlier and waited for jobs that it shares with this one. */
    record Release(NodeName node, UUID server, Held held, boolean undrain, String reason) implements InSlurm {
        @Override
        public String title() {
            return "release " + node;
        }

        @Override
        public Optional<SlurmSite> carryOut(Ports ports) {
            Optional<SlurmSite> then = undrain ? ports.slurm().undrain(node, false) : Optional.empty();
            ports.cloud().setMetadata(server, Marks.writing(held, true));
            return then;
        }
    }

    /** Puts the server's memory on disk. */
    record SuspendServer(UUID server, String reason) implements OnServer {
        @Override
        public String title() {
            return "suspend server";
        }

        @Override
        public void ask(Cloud cloud) {
            cloud.suspend(server);
        }
    }

    /** Brings the server's memory back from disk. */
    record ResumeServer(UUID server, String reason) implements OnServer {
        @Override
        public String title() {
            return "resume server";
        }

        @Override
        public void ask(Cloud cloud) {
            cloud.resume(server);
        }
    }

    /** Boots a server that died. */
    record StartServer(UUID server, String reason) implements OnServer {
        @Override
        public String title() {
            return "start server";
        }

        @Override
        public void ask(Cloud cloud) {
            cloud.start(server);
        }
    }

    /** Makes the server's CPUs stand still. */
    record PauseServer(UUID server, String reason) implements OnServer {
        @Override
        public String title() {
            return "pause server";
        }

        @Override
        public void ask(Cloud cloud) {
            cloud.pause(server);
        }
    }

    /** Lets a paused server's CPUs go on. */
    record UnpauseServer(UUID server, String reason) implements OnServer {
        @Override
        public String title() {
            return "unpause server";
        }

        @Override
        public void ask(Cloud cloud) {
            cloud.unpause(server);
        }
    }

    /** Moves the server as it runs; {@code after} is the newest migration there was before. */
    record LiveMigrate(UUID server, String host, long after, String reason) implements OnServer {
        /** The server moves as it runs, whatever Slurm has on it. */
        @Override
        public boolean bearsAnOldLook() {
            return true;
        }

        @Override
        public String title() {
            return "live-migrate to " + host;
        }

        @Override
        public void ask(Cloud cloud) {
            cloud.liveMigrate(server, host);
        }
    }

    /** Removes a second server of a node; port and key belong to the first one and stay. */
    record RemoveTwin(UUID server, String reason) implements OnServer {
        @Override
        public String title() {
            return "delete twin";
        }

        @Override
        public void ask(Cloud cloud) {
            cloud.delete(server);
        }
    }

    /** Applies all Salt states, and then writes that it was done. */
    record ApplyStates(NodeName node, UUID server, String reason) implements BySalt {
        @Override
        public String title() {
            return "apply states";
        }

        @Override
        public Optional<SlurmSite> carryOut(Ports ports) {
            Optional<SlurmSite> then = ports.provisioner().applyStates(node);
            ports.cloud().setMetadata(server, Map.of(Marks.STATES, Marks.APPLIED));
            return then;
        }
    }

    /** Makes Slurm forget the node. */
    record DeleteNode(NodeName node, String reason) implements InSlurm {
        @Override
        public String title() {
            return "delete Slurm node";
        }

        @Override
        public Optional<SlurmSite> carryOut(Ports ports) {
            return ports.slurm().delete(node);
        }
    }

    /** Removes server, port and minion key; without a server, what is left of the others. */
    record Destroy(NodeName node, Optional<UUID> server, String reason) implements BySalt {
        @Override
        public String title() {
            return server.isPresent() ? "delete server" : "clear port and key";
        }

        @Override
        public Optional<SlurmSite> carryOut(Ports ports) {
            return ports.provisioner().destroy(node, server);
        }
    }
}
