package io.spillway.policy;

import io.spillway.model.NodeName;
import java.util.Optional;

/** Something that a policy wants done, to one node, one job or one host. */
public sealed interface Action {
    /**
     * Why, and at what cost.
     *
     * @return the reason, rule, cost and deadline
     */
    Why why();

    /**
     * What is done, in one word, as it is stored.
     *
     * @return such as {@code checkpoint}
     */
    String verb();

    /**
     * What it is done to, for people.
     *
     * @return such as {@code vn01}, {@code job 12} or {@code host cn01}
     */
    String subject();

    /**
     * The host it puts something on.
     *
     * @return its name; empty if the node stays where it is, or the cloud chooses
     */
    default Optional<String> target() {
        return Optional.empty();
    }

    /** An action on a virtual node. */
    sealed interface OnNode extends Action {
        /**
         * Which node.
         *
         * @return its name
         */
        NodeName node();

        @Override
        default String subject() {
            return node().value();
        }
    }

    /** An action on a job. */
    sealed interface OnJob extends Action {
        /**
         * Which job.
         *
         * @return its id, as users know it
         */
        String job();

        @Override
        default String subject() {
            return "job " + job();
        }
    }

    /** An action on a host. */
    sealed interface OnHost extends Action {
        /**
         * Which host.
         *
         * @return its name
         */
        String host();

        @Override
        default String subject() {
            return "host " + host();
        }
    }

    /**
     * A node is made.
     *
     * @param node its name
     * @param pool the pool it is of
     * @param target the host whose room was counted for it; empty if any will do
     * @param why why
     */
    record Build(NodeName node, String pool, Optional<String> target, Why why) implements OnNode {
        @Override
        public String verb() {
            return "build";
        }
    }

    /**
     * A node's jobs are suspended and its memory goes to disk.
     *
     * @param node which node
     * @param why why
     */
    record Checkpoint(NodeName node, Why why) implements OnNode {
        @Override
        public String verb() {
            return "checkpoint";
        }
    }

    /**
     * A checkpointed node comes back.
     *
     * @param node which node
     * @param target the host to go to; empty for the one where it is
     * @param why why
     */
    record Restore(NodeName node, Optional<String> target, Why why) implements OnNode {
        @Override
        public String verb() {
            return "restore";
        }
    }

    /**
     * A node moves, with its jobs running, or held if they are.
     *
     * @param node which node
     * @param host the host to go to
     * @param why why
     */
    record Migrate(NodeName node, String host, Why why) implements OnNode {
        @Override
        public String verb() {
            return "migrate";
        }

        @Override
        public Optional<String> target() {
            return Optional.of(host);
        }
    }

    /**
     * A node's jobs are suspended; its memory stays.
     *
     * @param node which node
     * @param why why
     */
    record Hold(NodeName node, Why why) implements OnNode {
        @Override
        public String verb() {
            return "hold";
        }
    }

    /**
     * A held node's jobs go on.
     *
     * @param node which node
     * @param why why
     */
    record Release(NodeName node, Why why) implements OnNode {
        @Override
        public String verb() {
            return "release";
        }
    }

    /**
     * A node is removed, after the end of its jobs.
     *
     * @param node which node
     * @param why why
     */
    record Remove(NodeName node, Why why) implements OnNode {
        @Override
        public String verb() {
            return "remove";
        }
    }

    /**
     * A job starts anew later.
     *
     * @param job its id
     * @param why why
     */
    record Requeue(String job, Why why) implements OnJob {
        @Override
        public String verb() {
            return "requeue";
        }
    }

    /**
     * A job is ended.
     *
     * @param job its id
     * @param why why
     */
    record Cancel(String job, Why why) implements OnJob {
        @Override
        public String verb() {
            return "cancel";
        }
    }

    /**
     * A host takes no more servers: its compute service is disabled.
     *
     * @param host which host
     * @param words Nova's {@code disabled_reason}, see {@link Clearance}
     * @param why why
     */
    record DisableHost(String host, String words, Why why) implements OnHost {
        @Override
        public String verb() {
            return "disable";
        }
    }

    /**
     * A host takes servers again.
     *
     * @param host which host
     * @param why why
     */
    record EnableHost(String host, Why why) implements OnHost {
        @Override
        public String verb() {
            return "enable";
        }
    }

    /**
     * One line for a person.
     *
     * @return such as {@code migrate vn01 to cn02: cn01 is to be emptied [maintenance migrate] (takes 9.8 s)}
     */
    default String line() {
        String to = target().map(host -> " to " + host).orElse("");
        String by = why().deadline().map(deadline -> ", by " + deadline).orElse("");
        return "%s %s%s: %s [%s] (%s%s)"
                .formatted(verb(), subject(), to, why().reason(), why().rule(), why().cost(), by);
    }
}
