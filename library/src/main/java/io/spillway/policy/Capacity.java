package io.spillway.policy;

import io.spillway.model.Goal;
import io.spillway.model.Host;
import io.spillway.model.Job;
import io.spillway.model.Node;
import io.spillway.model.Phase;
import io.spillway.model.PhysicalNode;
import io.spillway.model.Request;
import io.spillway.model.SiteView;
import io.spillway.model.Size;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The capacity ledger: what is really in use on each host. Nova keeps the claim of a server whose memory is on disk, so
 * this counts itself:
 *
 * <ul>
 *   <li>a node that runs or is on its way uses its memory and CPUs; a held one its memory only; a checkpointed one nothing;
 *   <li>a node on its way to another host is counted on both, also while it is still to be woken where its memory is;
 *   <li>a node whose host nobody knows yet is counted on every host;
 *   <li>jobs on the physical node of a host's name use what they asked for; a suspended one its memory only; one that named
 *       no memory its part of the node's by its CPUs;
 *   <li>a host of unknown size, or with a node or job of unknown size on it, has no room at all.
 * </ul>
 *
 * What a node leaves free counts only when it is seen to be gone: so a plan's actions may end in any order, and fail,
 * and still the memory in use is never more than a host has. Not threadsafe: each caller takes one of its own.
 */
public final class Capacity {
    private final Map<String, Room> rooms;
    private long floatingCpus;
    private long floatingMemory;

    /** Whether Nova would find a place. */
    public enum Answer {
        /** Nova's claims leave room. */
        YES,
        /** Nova would refuse. */
        NO,
        /** Nobody told how often the host is given away. */
        UNKNOWN
    }

    /** One host. */
    private static final class Room {
        final boolean open;
        final Optional<Size> size;
        final Optional<Host.AllocationRatio> ratio;
        long cpus;
        long memory;
        long claimedCpus;
        long claimedMemory;
        int doubts;

        Room(Host host) {
            open = host.up() && host.disabled().isEmpty();
            size = host.size();
            ratio = host.ratio();
        }

        Room(Room other) {
            open = other.open;
            size = other.size;
            ratio = other.ratio;
            cpus = other.cpus;
            memory = other.memory;
            claimedCpus = other.claimedCpus;
            claimedMemory = other.claimedMemory;
            doubts = other.doubts;
        }
    }

    private final Size reserve;

    private Capacity(Map<String, Room> rooms, Size reserve) {
        this.rooms = rooms;
        this.reserve = reserve;
    }

    /**
     * The ledger of a site.
     *
     * @param view a look at it
     * @param reserve what of each host is never given to nodes
     * @return the ledger
     */
    public static Capacity of(SiteView view, Size reserve) {
        Map<String, Room> rooms = new HashMap<>();
        view.hosts().forEach(host -> rooms.put(host.name(), new Room(host)));
        Capacity capacity = new Capacity(rooms, reserve);
        view.nodes().forEach(node -> capacity.count(node, 1));
        view.physical().forEach(capacity::count);
        return capacity;
    }

    /**
     * Whether the memory of the hosts that are physical nodes, too, bears all that these may give to jobs beside the
     * virtual nodes there.
     *
     * @param view a look at the site
     * @param reserve what of each host is never given to nodes
     * @return each of them by name: empty if it does, else why not, in one line
     */
    public static SortedMap<String, Optional<String>> lacking(SiteView view, Size reserve) {
        Map<String, Room> rooms = new HashMap<>();
        view.hosts().forEach(host -> rooms.put(host.name(), new Room(host)));
        Capacity nodes = new Capacity(rooms, reserve);
        view.nodes().forEach(node -> nodes.count(node, 1));
        SortedMap<String, Optional<String>> lacking = new TreeMap<>();
        for (PhysicalNode node : view.physical()) {
            Room room = rooms.get(node.name().value());
            if (room != null) {
                lacking.put(node.name().value(), nodes.lacks(room, node.size().memory()));
            }
        }
        return lacking;
    }

    private Optional<String> lacks(Room room, long jobs) {
        if (room.size.isEmpty() || room.doubts > 0 || jobs <= 0) {
            return Optional.of("nobody knows how much memory is free there");
        }
        long all = room.size.get().memory();
        long used = room.memory + floatingMemory;
        return jobs + used + reserve.memory() <= all
                ? Optional.empty()
                : Optional.of("%d MiB for jobs, %d MiB in virtual nodes and %d MiB kept back are more than its %d MiB"
                        .formatted(jobs, used, reserve.memory(), all));
    }

    /**
     * Another ledger that says the same.
     *
     * @return a copy to try things on
     */
    public Capacity copy() {
        Map<String, Room> copies = new HashMap<>();
        rooms.forEach((name, room) -> copies.put(name, new Room(room)));
        Capacity copy = new Capacity(copies, reserve);
        copy.floatingCpus = floatingCpus;
        copy.floatingMemory = floatingMemory;
        return copy;
    }

    /** Where a node uses something, or may. */
    private static Set<String> places(Node node) {
        Optional<String> target = node.goal().isPresent() && node.goal().get().state() != Goal.State.ABSENT
                ? node.goal().get().host()
                : Optional.empty();
        if (target.isEmpty() || target.equals(node.host())) {
            return node.host().isPresent() ? Set.of(node.host().get()) : Set.of();
        }
        return node.host().map(host -> Set.of(host, target.get())).orElse(Set.of(target.get()));
    }

    private void count(Node node, int sign) {
        Room home = node.host().isPresent() ? rooms.get(node.host().get()) : null;
        if (home != null) {
            claim(home, node, sign);
        }
        if (!active(node)) {
            return;
        }
        Set<String> places = places(node);
        boolean everywhere = places.isEmpty() || goesNobodyKnowsWhere(node);
        if (everywhere) {
            Size size = node.size().orElse(Size.NONE);
            floatingCpus += (long) sign * size.cpus();
            floatingMemory += sign * size.memory();
            places = node.size().isPresent() ? Set.of() : Set.copyOf(rooms.keySet());
        }
        for (String place : places) {
            Room room = rooms.get(place);
            if (room != null && node.size().isEmpty()) {
                room.doubts += sign;
            } else if (room != null) {
                room.cpus +=
                        (long) sign * (resting(node) ? 0 : node.size().get().cpus());
                room.memory += sign * node.size().get().memory();
            }
        }
    }

    private static void claim(Room room, Node node, int sign) {
        Size size = node.size().orElse(Size.NONE);
        room.claimedCpus += (long) sign * size.cpus();
        room.claimedMemory += sign * size.memory();
    }

    /** Whether it is in a host's memory, or may come to be without another word from us. */
    private static boolean active(Node node) {
        return switch (node.phase()) {
            case ABSENT -> false;
            case CHECKPOINTED -> Outlook.inMotion(node);
            case LOST -> node.server().isPresent();
            case BUILDING, JOINING, READY, HELD, MOVING, RETURNING, LEAVING -> true;
        };
    }

    private static boolean goesNobodyKnowsWhere(Node node) {
        boolean moves = node.phase() == Phase.MOVING;
        return moves
                && node.goal()
                        .flatMap(Goal::host)
                        .filter(host -> !node.host().equals(Optional.of(host)))
                        .isEmpty();
    }

    /** Whether its jobs are suspended and stay so. One that moves is moved to where its jobs can go on. */
    private static boolean resting(Node node) {
        return node.phase() == Phase.HELD
                && node.goal()
                        .filter(goal -> (goal.state() == Goal.State.READY
                                        && node.pause().isEmpty())
                                || goal.host()
                                        .filter(host -> !node.host().equals(Optional.of(host)))
                                        .isPresent())
                        .isEmpty();
    }

    private void count(PhysicalNode node) {
        Room room = rooms.get(node.name().value());
        if (room == null) {
            return;
        }
        for (Job job : node.jobs()) {
            if (!job.onNodes()) {
                continue;
            }
            if (job.request().equals(Request.UNKNOWN)) {
                room.doubts++;
                continue;
            }
            Size share = share(job);
            room.cpus += job.suspended() ? 0 : Math.max(1, share.cpus());
            room.memory += share.memory() > 0 ? share.memory() : unnamed(node, share.cpus(), room);
        }
    }

    /**
     * What a job may use that named no memory. Nothing bounds it: where memory is no resource of Slurm's it shares the
     * node's with the jobs on the other CPUs, so its CPUs' part is what Slurm has given it in all fairness; where memory is
     * one, Slurm gives such a job all, and with it all CPUs are taken. If nobody knows the parts it may use all there is.
     */
    private static long unnamed(PhysicalNode node, int cpus, Room room) {
        long all = node.size().memory() > 0
                ? node.size().memory()
                : room.size.map(Size::memory).orElse(0L);
        int of = node.size().cpus();
        return cpus < 1 || of < 1 ? all : Math.min(all, (all * cpus + of - 1) / of);
    }

    /**
     * What a job asked for on each of its nodes.
     *
     * @param job the job
     * @return its CPUs and memory over its nodes, rounded up
     */
    public static Size share(Job job) {
        int nodes = Math.max(1, job.request().nodes());
        Size all = job.request().size();
        return new Size((all.cpus() + nodes - 1) / nodes, (all.memory() + nodes - 1) / nodes);
    }

    /**
     * What is still free on a host.
     *
     * @param host its name
     * @return nothing if there is no such host, it is down, disabled or of unknown size, or what uses it is in doubt
     */
    public Size free(String host) {
        Room room = rooms.get(host);
        return room == null || !room.open ? Size.NONE : inside(room);
    }

    private Size inside(Room room) {
        if (room.size.isEmpty() || room.doubts > 0) {
            return Size.NONE;
        }
        long cpus = room.size.get().cpus() - reserve.cpus() - room.cpus - floatingCpus;
        long memory = room.size.get().memory() - reserve.memory() - room.memory - floatingMemory;
        return new Size((int) Math.max(0, cpus), Math.max(0, memory));
    }

    /**
     * Keeps room for something that is not there yet.
     *
     * @param host its name
     * @param size what it wants
     */
    public void keep(String host, Size size) {
        Room room = rooms.get(host);
        if (room != null) {
            room.cpus += size.cpus();
            room.memory += size.memory();
        }
    }

    /**
     * Leaves a node out of the count, as if it were gone.
     *
     * @param node a node as it was counted
     */
    public void forget(Node node) {
        count(node, -1);
    }

    /**
     * The open host that has room and will have least left: so that big ones stay free for big things.
     *
     * @param size what it wants
     * @param allowed which hosts may be taken
     * @return its name; empty if none has room, or Nova's claims leave none
     */
    public Optional<String> tightest(Size size, Predicate<String> allowed) {
        @Nullable String best = null;
        long least = Long.MAX_VALUE;
        for (Map.Entry<String, Room> entry : rooms.entrySet()) {
            String name = entry.getKey();
            if (!entry.getValue().open) {
                continue;
            }
            Size free = inside(entry.getValue());
            long left = free.memory() - size.memory();
            boolean better = best == null || left < least || (left == least && name.compareTo(best) < 0);
            if (better && size.fitsIn(free) && allowed.test(name) && novaCouldPlace(name, size) != Answer.NO) {
                best = name;
                least = left;
            }
        }
        return Optional.ofNullable(best);
    }

    /**
     * The memory in use on a host.
     *
     * @param host its name
     * @return MiB, of what is known; what is nobody knows where counts on each host
     */
    public long activeMemory(String host) {
        Room room = rooms.get(host);
        return room == null ? 0 : room.memory + floatingMemory;
    }

    /**
     * By how much the memory in use on a host is more than may be given away.
     *
     * @param host its name
     * @return MiB; 0 if there is enough, or nobody knows how much there is
     */
    public long overdrawn(String host) {
        Room room = rooms.get(host);
        return room == null || room.size.isEmpty()
                ? 0
                : Math.max(
                        0,
                        activeMemory(host) + reserve.memory() - room.size.get().memory());
    }

    /**
     * Whether nothing of ours and no physical job uses a host.
     *
     * @param host its name
     * @return true if it is all free
     */
    public boolean empty(String host) {
        Room room = rooms.get(host);
        return room != null && room.memory == 0 && room.cpus == 0 && room.doubts == 0;
    }

    /**
     * Whether Nova's own claims, which a node's server keeps while its memory is on disk, leave room for one more.
     *
     * @param host its name
     * @param size what it wants
     * @return unknown where nobody told how often the host is given away
     */
    public Answer novaCouldPlace(String host, Size size) {
        Room room = rooms.get(host);
        if (room == null || !room.open) {
            return Answer.NO;
        }
        if (room.size.isEmpty() || room.ratio.isEmpty()) {
            return Answer.UNKNOWN;
        }
        double cpus = room.size.get().cpus() * room.ratio.get().cpus();
        double memory = room.size.get().memory() * room.ratio.get().memory();
        boolean fits = room.claimedCpus + size.cpus() <= cpus && room.claimedMemory + size.memory() <= memory;
        return fits ? Answer.YES : Answer.NO;
    }

    /**
     * Why a node cannot come to be what an action makes of it.
     *
     * @param before the node as it is; empty if it is not there
     * @param after the node with the action begun
     * @return one line; empty if there is room
     */
    public Optional<String> refuses(Optional<Node> before, Node after) {
        if (!active(after)) {
            return Optional.empty();
        }
        if (after.size().isEmpty()) {
            return Optional.of("nobody knows how big " + after.name() + " is");
        }
        Size size = after.size().get();
        Set<String> places = places(after);
        if (places.isEmpty()) {
            return anywhere(size);
        }
        boolean was = before.filter(Capacity::active).isPresent();
        Set<String> had = was ? places(before.get()) : Set.of();
        boolean rested = before.filter(Capacity::resting).isPresent();
        for (String place : places) {
            boolean home = after.host().filter(place::equals).isPresent();
            boolean passes = home && places.size() > 1;
            boolean wakes = rested && !resting(after) && !passes;
            Size more = had.contains(place)
                    ? new Size(wakes ? size.cpus() : 0, 0)
                    : new Size(resting(after) || passes ? 0 : size.cpus(), size.memory());
            Optional<String> full = full(place, more);
            if (full.isPresent()) {
                return full;
            }
            if (!home && novaCouldPlace(place, size) == Answer.NO) {
                return Optional.of("Nova's claims on %s leave no room for %s".formatted(place, size));
            }
        }
        return Optional.empty();
    }

    /** Nova chooses, by its claims and not by what is in use: so each host that it may choose must have room. */
    private Optional<String> anywhere(Size size) {
        boolean somewhere = false;
        for (String host : rooms.keySet()) {
            boolean chosen = novaCouldPlace(host, size) != Answer.NO;
            if (chosen && !size.fitsIn(free(host))) {
                return Optional.of("Nova may choose %s, which has no room for %s".formatted(host, size));
            }
            somewhere |= chosen;
        }
        return somewhere ? Optional.empty() : Optional.of("no host has room for " + size);
    }

    private Optional<String> full(String place, Size more) {
        if (more.equals(Size.NONE)) {
            return Optional.empty();
        }
        Room room = rooms.get(place);
        if (room == null) {
            return Optional.of("there is no host " + place);
        }
        if (!room.open && more.memory() > 0) {
            return Optional.of("host " + place + " is down or disabled");
        }
        if (room.size.isEmpty() || room.doubts > 0) {
            return Optional.of("nobody knows how much of " + place + " is free");
        }
        Size free = inside(room);
        return more.fitsIn(free)
                ? Optional.empty()
                : Optional.of("%s has %s free, %s would be wanted".formatted(place, free, more));
    }

    /**
     * Counts what an action makes of a node.
     *
     * @param before the node as it was; empty if it was not there
     * @param after the node with the action begun
     */
    public void change(Optional<Node> before, Node after) {
        before.ifPresent(node -> count(node, -1));
        count(after, 1);
    }
}
