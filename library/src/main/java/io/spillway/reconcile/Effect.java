package io.spillway.reconcile;

import io.spillway.model.Goal;
import io.spillway.model.NodeName;
import io.spillway.model.Pool;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.UUID;

/** A step that changes something. Each is idempotent, and those that act on a server do so by its UUID. */
public sealed interface Effect extends Step permits Effect.Note, Effect.InSlurm, Effect.OnServer, Effect.BySalt {
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
     */
    void carryOut(Ports ports);

    /** A word in the server's metadata; nothing else changes by it. */
    sealed interface Note extends Effect {
        @Override
        default Party party() {
            return Party.NOVA;
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
    sealed interface OnServer extends Effect {
        @Override
        default Party party() {
            return Party.NOVA;
        }
    }

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
        public void carryOut(Ports ports) {
            Map<String, String> metadata = new HashMap<>(Marks.writing(goal));
            metadata.put(Marks.NODE, node.value());
            metadata.put(Marks.POOL, pool.name());
            ports.provisioner().create(node, pool.profile(), metadata, goal.host());
        }
    }

    /** Writes what the node should be. */
    record SetGoal(UUID server, Goal goal, String reason) implements Note {
        @Override
        public String title() {
            return "write goal";
        }

        @Override
        public void carryOut(Ports ports) {
            ports.cloud().setMetadata(server, Marks.writing(goal));
        }
    }

    /** Writes which jobs are held. */
    record WriteHeld(UUID server, Held jobs, boolean back, String reason) implements Note {
        @Override
        public String title() {
            return "write held jobs";
        }

        @Override
        public void carryOut(Ports ports) {
            ports.cloud().setMetadata(server, Marks.writing(jobs, back));
        }
    }

    /** Forgets the held jobs: all of them go on or are over. */
    record ForgetHeld(UUID server, List<String> keys, String reason) implements Note {
        @Override
        public String title() {
            return "forget held jobs";
        }

        @Override
        public void carryOut(Ports ports) {
            ports.cloud().removeMetadata(server, keys);
        }
    }

    /** Writes that the server died, and which jobs on it we hold: Slurm will hold them, too, when it takes them off. */
    record NoteDeath(UUID server, Held jobs, String reason) implements Note {
        @Override
        public String title() {
            return "note death";
        }

        @Override
        public void carryOut(Ports ports) {
            ports.cloud().setMetadata(server, Marks.writingDeath(jobs));
        }
    }

    /** Sets the node DOWN, with a reason of ours: Slurm takes its jobs off it. */
    record SetDown(NodeName node, String why, String reason) implements InSlurm {
        @Override
        public String title() {
            return "set DOWN";
        }

        @Override
        public void carryOut(Ports ports) {
            ports.slurm().down(node, why);
        }
    }

    /** Lets jobs start anew that we held when they lost this node, and then forgets them. */
    record ReleaseJobs(UUID server, SortedSet<String> jobs, List<String> keys, String reason) implements InSlurm {
        @Override
        public String title() {
            return "release jobs";
        }

        @Override
        public void carryOut(Ports ports) {
            ports.slurm().release(jobs);
            ports.cloud().removeMetadata(server, keys);
        }
    }

    /** Drains the node with a reason of ours. */
    record Drain(NodeName node, String why, String reason) implements InSlurm {
        @Override
        public String title() {
            return "drain";
        }

        @Override
        public void carryOut(Ports ports) {
            ports.slurm().drain(node, why);
        }
    }

    /** Takes our drain, or our DOWN, away. */
    record Undrain(NodeName node, String reason) implements InSlurm {
        @Override
        public String title() {
            return "undrain";
        }

        @Override
        public void carryOut(Ports ports) {
            ports.slurm().undrain(node);
        }
    }

    /** Makes slurmd report now. */
    record Wake(NodeName node, String reason) implements InSlurm {
        @Override
        public String title() {
            return "wake slurmd";
        }

        @Override
        public void carryOut(Ports ports) {
            ports.slurm().wake(node);
        }
    }

    /** Suspends jobs in Slurm. */
    record SuspendJobs(SortedSet<String> jobs, String reason) implements InSlurm {
        @Override
        public String title() {
            return "suspend jobs";
        }

        @Override
        public void carryOut(Ports ports) {
            ports.slurm().suspend(jobs);
        }
    }

    /** Resumes jobs in Slurm. */
    record ResumeJobs(SortedSet<String> jobs, String reason) implements InSlurm {
        @Override
        public String title() {
            return "resume jobs";
        }

        @Override
        public void carryOut(Ports ports) {
            ports.slurm().resume(jobs);
        }
    }

    /** Lets another node go that came back earlier and waited for jobs that it shares with this one. */
    record Release(NodeName node, UUID server, Held held, boolean undrain, String reason) implements InSlurm {
        @Override
        public String title() {
            return "release " + node;
        }

        @Override
        public void carryOut(Ports ports) {
            if (undrain) {
                ports.slurm().undrain(node);
            }
            ports.cloud().setMetadata(server, Marks.writing(held, true));
        }
    }

    /** Puts the server's memory on disk. */
    record SuspendServer(UUID server, String reason) implements OnServer {
        @Override
        public String title() {
            return "suspend server";
        }

        @Override
        public void carryOut(Ports ports) {
            ports.cloud().suspend(server);
        }
    }

    /** Brings the server's memory back from disk. */
    record ResumeServer(UUID server, String reason) implements OnServer {
        @Override
        public String title() {
            return "resume server";
        }

        @Override
        public void carryOut(Ports ports) {
            ports.cloud().resume(server);
        }
    }

    /** Boots a server that died. */
    record StartServer(UUID server, String reason) implements OnServer {
        @Override
        public String title() {
            return "start server";
        }

        @Override
        public void carryOut(Ports ports) {
            ports.cloud().start(server);
        }
    }

    /** Makes the server's CPUs stand still. */
    record PauseServer(UUID server, String reason) implements OnServer {
        @Override
        public String title() {
            return "pause server";
        }

        @Override
        public void carryOut(Ports ports) {
            ports.cloud().pause(server);
        }
    }

    /** Lets a paused server's CPUs go on. */
    record UnpauseServer(UUID server, String reason) implements OnServer {
        @Override
        public String title() {
            return "unpause server";
        }

        @Override
        public void carryOut(Ports ports) {
            ports.cloud().unpause(server);
        }
    }

    /** Moves the server as it runs; {@code after} is the newest migration there was before. */
    record LiveMigrate(UUID server, String host, long after, String reason) implements OnServer {
        @Override
        public String title() {
            return "live-migrate to " + host;
        }

        @Override
        public void carryOut(Ports ports) {
            ports.cloud().liveMigrate(server, host);
        }
    }

    /** Removes a second server of a node; port and key belong to the first one and stay. */
    record RemoveTwin(UUID server, String reason) implements OnServer {
        @Override
        public String title() {
            return "delete twin";
        }

        @Override
        public void carryOut(Ports ports) {
            ports.cloud().delete(server);
        }
    }

    /** Applies all Salt states, and then writes that it was done. */
    record ApplyStates(NodeName node, UUID server, String reason) implements BySalt {
        @Override
        public String title() {
            return "apply states";
        }

        @Override
        public void carryOut(Ports ports) {
            ports.provisioner().applyStates(node);
            ports.cloud().setMetadata(server, Map.of(Marks.STATES, Marks.APPLIED));
        }
    }

    /** Makes Slurm forget the node. */
    record DeleteNode(NodeName node, String reason) implements InSlurm {
        @Override
        public String title() {
            return "delete Slurm node";
        }

        @Override
        public void carryOut(Ports ports) {
            ports.slurm().delete(node);
        }
    }

    /** Removes server, port and minion key; without a server, what is left of the others. */
    record Destroy(NodeName node, Optional<UUID> server, String reason) implements BySalt {
        @Override
        public String title() {
            return server.isPresent() ? "delete server" : "clear port and key";
        }

        @Override
        public void carryOut(Ports ports) {
            ports.provisioner().destroy(node, server);
        }
    }
}
