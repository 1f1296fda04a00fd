package io.spillway.reconcile;

import io.spillway.failure.SpillwayException;
import io.spillway.model.Away;
import io.spillway.model.Goal;
import io.spillway.model.NodeName;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What we write into a Nova server's metadata. It is all the memory that Spillway has.
 *
 * @param node whose server it is; a server without this mark is not ours
 * @param pool the pool it was made for
 * @param goal what the node should be
 * @param held the jobs that we suspended on it, or were about to
 * @param back whether the node has come back and its held jobs only wait for other nodes of theirs
 * @param provisioned whether all its Salt states were applied once
 * @param died whether it was seen dead, and has not had its Salt states applied since; then {@code held} are the jobs
 *     that Slurm will hold when it has taken them off
 * @param pin why an admin has pinned it, if one has: then it stays what and where it is
 * @param pause the job's host for which it is to stand still, if it is
 * @param away the policy by whose word the goal stands, if that put the node away or moved it
 */
public record Marks(
        Optional<NodeName> node,
        Optional<String> pool,
        Optional<Goal> goal,
        Held held,
        boolean back,
        boolean provisioned,
        boolean died,
        Optional<String> pin,
        Optional<Pause> pause,
        Optional<Away> away) {
    static final String NODE = "spillway:node";
    static final String POOL = "spillway:pool";
    static final String GOAL = "spillway:goal";
    static final String HOST = "spillway:goal-host";
    static final String BY = "spillway:by";
    static final String HELD = "spillway:held-jobs";
    static final String BACK = "spillway:back";
    static final String STATES = "spillway:states";

    /** Of {@link #STATES}: all were applied. */
    static final String APPLIED = "applied";

    /** Of {@link #STATES}: they must be applied anew, for the server died. */
    static final String DIED = "died";

    /** Set by an admin, never by us: {@code openstack server set --property spillway:pin=WHY UUID}. */
    public static final String PIN = "spillway:pin";

    /** See {@link Pause}. */
    static final String PAUSE = "spillway:pause";

    /** Nova's limit for one value. */
    private static final int LONGEST = 255;

    /** Stands for "no host", so that goal and host change in one request. */
    private static final String ANY = "any";

    /** Stands for "by no policy", for the same reason. */
    private static final String NOBODY = "no policy";

    private static final Pattern WORD = Pattern.compile("(\\S+) (aside|moved) (\\S+) ?(\\S*)");

    /** Those of a server that bears none. */
    static final Marks NONE = of(Map.of());

    /**
     * Reads the marks.
     *
     * @param metadata a server's metadata
     * @return what of ours is in it; what cannot be read counts as not there
     */
    public static Marks of(Map<String, String> metadata) {
        return new Marks(
                nodeName(metadata.get(NODE)),
                Optional.ofNullable(metadata.get(POOL)),
                goal(metadata),
                heldIn(metadata),
                "true".equals(metadata.get(BACK)),
                APPLIED.equals(metadata.get(STATES)),
                DIED.equals(metadata.get(STATES)),
                Optional.ofNullable(metadata.get(PIN)),
                Optional.ofNullable(metadata.get(PAUSE)).flatMap(Pause::read),
                Optional.ofNullable(metadata.get(BY)).flatMap(Marks::away));
    }

    private static Optional<NodeName> nodeName(@org.jspecify.annotations.Nullable String text) {
        try {
            return Optional.ofNullable(text).map(NodeName::of);
        } catch (SpillwayException notOurs) {
            return Optional.empty();
        }
    }

    private static Optional<Goal> goal(Map<String, String> metadata) {
        Optional<String> host = Optional.ofNullable(metadata.get(HOST)).filter(name -> !name.equals(ANY));
        try {
            return Optional.ofNullable(metadata.get(GOAL)).map(word -> new Goal(Goal.State.valueOf(word), host));
        } catch (IllegalArgumentException | SpillwayException unreadable) {
            return Optional.empty();
        }
    }

    private static Optional<Away> away(String word) {
        Matcher match = WORD.matcher(word);
        try {
            return match.matches()
                    ? Optional.of(new Away(
                            match.group(1),
                            match.group(2).equals("aside"),
                            Instant.parse(match.group(3)),
                            match.group(4)))
                    : Optional.empty();
        } catch (DateTimeException unreadable) {
            return Optional.empty();
        }
    }

    /** Such as {@code maintenance aside 2026-11-23T15:00:00Z cn01}. */
    private static String word(Away away) {
        return "%s %s %s %s"
                .formatted(away.policy(), away.aside() ? "aside" : "moved", away.since(), away.host())
                .strip();
    }

    /** A value that ends with a comma goes on under the next key; what stands under later keys is stale. */
    private static Held heldIn(Map<String, String> metadata) {
        List<String> held = new ArrayList<>();
        for (int part = 1; ; part++) {
            String value = metadata.getOrDefault(heldKey(part), "");
            if (value.isEmpty()) {
                return held.isEmpty() ? Held.NONE : Held.read(held);
            }
            for (String job : value.split(",", -1)) {
                if (!job.isEmpty()) {
                    held.add(job);
                }
            }
            if (!value.endsWith(",")) {
                return Held.read(held);
            }
        }
    }

    private static String heldKey(int part) {
        return part == 1 ? HELD : HELD + "-" + part;
    }

    /**
     * The metadata that say this goal.
     *
     * @param goal the goal
     * @return keys and values
     */
    static Map<String, String> writing(Goal goal) {
        return Map.of(GOAL, goal.state().name(), HOST, goal.host().orElse(ANY));
    }

    /**
     * The metadata that say this goal, and whose word it is.
     *
     * @param goal the goal
     * @param away the policy's that puts the node away; empty if it is nobody's that would bring it back
     * @return keys and values
     */
    static Map<String, String> writing(Goal goal, Optional<Away> away) {
        Map<String, String> metadata = new LinkedHashMap<>(writing(goal));
        metadata.put(BY, away.map(Marks::word).orElse(NOBODY));
        return metadata;
    }

    /** The metadata that say which jobs are held, and whether the node is back. */
    static Map<String, String> writing(Held held, boolean back) {
        List<StringBuilder> parts = new ArrayList<>(List.of(new StringBuilder()));
        for (String job : held.words()) {
            StringBuilder part = parts.get(parts.size() - 1);
            // room for the comma before, and for the one that says "goes on"
            if (part.length() + job.length() + 2 > LONGEST) {
                part.append(',');
                part = new StringBuilder();
                parts.add(part);
            }
            part.append(part.isEmpty() ? "" : ",").append(job);
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        for (int i = 0; i < parts.size(); i++) {
            metadata.put(heldKey(i + 1), parts.get(i).toString());
        }
        metadata.put(BACK, Boolean.toString(back));
        return metadata;
    }

    /** The metadata that say that it is to stand still, and which jobs are held for that. */
    static Map<String, String> writing(Pause pause, Held held) {
        Map<String, String> metadata = new LinkedHashMap<>(writing(held, false));
        metadata.put(PAUSE, pause.word());
        return metadata;
    }

    /** The metadata that say that the server died, and which of the jobs on it we held. */
    static Map<String, String> writingDeath(Held held) {
        Map<String, String> metadata = new LinkedHashMap<>(writing(held, false));
        metadata.put(STATES, DIED);
        return metadata;
    }

    /** The keys to remove when no job is held any more, the list's beginning first. */
    static List<String> heldKeys(Map<String, String> metadata) {
        List<String> keys = new ArrayList<>();
        keys.add(HELD);
        metadata.keySet().stream()
                .filter(key -> key.startsWith(HELD + "-"))
                .sorted()
                .forEach(keys::add);
        keys.add(BACK);
        keys.removeIf(key -> !metadata.containsKey(key));
        return keys;
    }
}
