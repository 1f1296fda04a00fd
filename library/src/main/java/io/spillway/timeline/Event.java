package io.spillway.timeline;

import io.spillway.model.Phase;
import io.spillway.policy.Action;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Something that happened, as it stands in the event log. Each says what is from then on. */
public sealed interface Event {
    /**
     * When it was seen.
     *
     * @return by the clock of who saw it
     */
    Instant time();

    /**
     * Somebody watches, or does no longer: what happened meanwhile is not known.
     *
     * @param time when
     * @param state which of these
     */
    record Watch(Instant time, Turn state) implements Event {
        /** Whether somebody watches. */
        public enum Turn {
            /** From now on; what was since the event before is not known. */
            BEGINS,
            /** Still; nothing else may have happened for long. */
            GOES_ON,
            /** No longer. */
            ENDS
        }
    }

    /**
     * A host is there, or its compute service went up or down.
     *
     * @param time when
     * @param host its name
     * @param up whether it is up
     */
    record HostChanged(Instant time, String host, boolean up) implements Event {}

    /**
     * Somebody wants a host for maintenance, or gives it back.
     *
     * @param time when
     * @param host its name
     * @param state how far it is
     * @param reason why, in one line; may be empty
     */
    record Maintenance(Instant time, String host, Stage state, String reason) implements Event {
        /** How far it is. */
        public enum Stage {
            /** Its nodes go elsewhere. */
            EMPTYING,
            /** Nothing of ours is on it. */
            EMPTY,
            /** It may be used again. */
            OVER
        }
    }

    /**
     * A virtual node is in another phase, or on another host.
     *
     * @param time when
     * @param node its name
     * @param phase what it is now
     * @param host the host it is on, a checkpointed one that whose disk has its memory; empty if that is not known
     * @param from the host it was on before, if that is another one
     * @param reason why, in one line; may be empty
     */
    record NodeChanged(
            Instant time, String node, Phase phase, Optional<String> host, Optional<String> from, String reason)
            implements Event {}

    /**
     * A job is in another state, or has other nodes.
     *
     * @param time when
     * @param job its id as users know it, such as {@code 12_3}
     * @param name what its user called it
     * @param user whose it is
     * @param state what it does now
     * @param nodes the names of its nodes
     * @param end Slurm's word for how it ended, such as {@code COMPLETED}; empty if it is not over or nobody saw its end
     * @param exit its exit code and signal, such as {@code 0:0}, where they are known
     */
    record JobChanged(
            Instant time,
            String job,
            String name,
            String user,
            Doing state,
            List<String> nodes,
            Optional<String> end,
            Optional<String> exit)
            implements Event {
        public JobChanged {
            nodes = List.copyOf(nodes);
        }

        /** What a job does. */
        public enum Doing {
            /** It waits for nodes. */
            PENDING,
            /** Its processes run. */
            RUNNING,
            /** Its processes stand still. */
            SUSPENDED,
            /** It starts, ends or changes its size. */
            UNSETTLED,
            /** It is over. */
            OVER
        }
    }

    /**
     * A policy or a person decided something.
     *
     * @param time when
     * @param by who: a policy's name or a person's
     * @param what the action, such as {@code checkpoint}
     * @param node the node it is for, if it is for one
     * @param from the host it is about, or that the node is to leave
     * @param to the host that the node is to go to
     * @param reason why, in one line
     * @param rule the policy's rule that said so; empty for a person
     */
    record Decided(
            Instant time,
            String by,
            String what,
            Optional<String> node,
            Optional<String> from,
            Optional<String> to,
            String reason,
            Optional<String> rule)
            implements Event {
        /**
         * That a policy wants an action.
         *
         * @param time when
         * @param action what, by whom and why
         * @return the event
         */
        public static Decided of(Instant time, Action action) {
            return new Decided(
                    time,
                    action.why().policy(),
                    action.verb(),
                    action instanceof Action.OnNode on ? Optional.of(on.node().value()) : Optional.empty(),
                    Optional.empty(),
                    action.target(),
                    action.why().reason(),
                    Optional.of(action.why().rule()));
        }
    }
}
