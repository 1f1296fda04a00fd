"""
What happens in Slurm, found by comparing what is with what was told last.

Slurm's hooks write a line into a socket (:class:`Inbox`) where they exist; that is told at once.
What no hook tells (suspended jobs, states of nodes) is found by asking slurmctld: at the start,
soon after each hook, and every so often. Only differences are told, and what was told is kept in
a file: what happened while Salt or Slurm was away is told afterwards.
"""

import contextlib
import json
import logging
import os
import pwd
import queue
import re
import socket
import threading
import time

from saltext.spillway.utils import hostlist, slurm
from saltext.spillway.utils.errors import SpillwayError

log = logging.getLogger(__name__)

TAG = "spillway/slurm"

SUBMITTED = "spillway-slurm: submitted"

PENDING, RUNNING, SUSPENDED, ENDED = "pending", "running", "suspended", "ended"

_ENDED = {
    "BOOT_FAIL",
    "CANCELLED",
    "COMPLETED",
    "COMPLETING",  # 22.05 shows this alone
    "DEADLINE",
    "FAILED",
    "NODE_FAIL",
    "OUT_OF_MEMORY",
    "PREEMPTED",
    "REVOKED",
    "TIMEOUT",
}
_WAITING = {"PENDING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "SPECIAL_EXIT", "RESV_DEL_HOLD"}

# the backfill scheduler's own notes, which come and go
_NOISE = {"PLANNED"}
_MOVING = {"COMPLETING", "CONFIGURING", "POWERING_UP", "POWERING_DOWN", "REBOOT_ISSUED"}

# by the hooks of the states in salt/states/spillway/slurm: what, raw id, array, task, state, nodes
_HOOK = re.compile(r"spillway-slurm: (started|ended) (\d+) (\d*) (\d*) ([A-Z_]*) ?(\S*)\s*$")

_NO_TASK = "4294967294"  # of the rest of an array that waits


class Inbox:
    """
    A Unix socket for datagrams. A hook writes and goes: a thread always reads, since a look may
    take long and a full socket would keep hooks waiting. Beside it a file for the hook that may
    not even open a socket: slurmctld itself writes it, and whatever becomes of who reads it, a
    file in memory keeps nobody waiting. When it changes, the line ``submitted`` comes.

    path
        Where; what lies there is replaced.

    user
        Who may write besides root: the account Slurm's hooks run as. One that does not exist
        leaves both to root.

    file
        The file; None for none.
    """

    _LONGEST = 4096
    _MOST = 256  # what does not fit is found by the look that the others bring
    _GLANCE = 0.1  # seconds between two glances at the file

    def __init__(self, path, user, file=None):
        self.path, self.file = path, file
        for old in filter(None, (path, file)):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(old)
        self._lines = queue.Queue(self._MOST)
        self._closed = False
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        mask = os.umask(0o177)
        try:
            self._socket.bind(path)
            if file:
                open(file, "x", encoding="ascii").close()
        finally:
            os.umask(mask)
        for mine in filter(None, (path, file)):
            with contextlib.suppress(KeyError, PermissionError):
                os.chown(mine, pwd.getpwnam(user).pw_uid, -1)
        self._written = self._time()
        threading.Thread(target=self._read, name="hooks", daemon=True).start()

    def _time(self):
        try:
            return os.stat(self.file).st_mtime_ns if self.file else None
        except OSError:
            return None

    def _read(self):
        self._socket.settimeout(self._GLANCE if self.file else None)
        while True:
            line = b""
            with contextlib.suppress(TimeoutError):
                line = self._socket.recv(self._LONGEST)
            if self._closed:
                self._socket.close()
                return
            if line:
                self._put(line.decode(errors="replace"))
            written = self._time()
            if written != self._written:
                self._written = written
                self._put(SUBMITTED)

    def _put(self, line):
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait(line)

    def wait(self, seconds):
        """Return the lines that came, after ``seconds`` at the latest."""
        lines = []
        with contextlib.suppress(queue.Empty):
            lines.append(self._lines.get(timeout=max(0, seconds)))
            while len(lines) < self._MOST:
                lines.append(self._lines.get_nowait())
        return lines

    def close(self):
        self._closed = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        for mine in filter(None, (self.path, self.file)):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(mine)


class Memory:
    """What was told last, in a file. One that cannot be read counts as none."""

    def __init__(self, path):
        self._path = path

    def load(self):
        """Return ``(jobs, nodes)``, or None before the first look."""
        try:
            with open(self._path, encoding="utf-8") as file:
                data = json.load(file)
            return {int(job): phase for job, phase in data["jobs"].items()}, dict(data["nodes"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as exc:
            log.warning("what was told before is lost: %s: %s", self._path, exc)
            return None

    def save(self, jobs, nodes):
        os.makedirs(os.path.dirname(self._path), mode=0o700, exist_ok=True)
        new = f"{self._path}.new"
        with open(new, "w", encoding="utf-8") as file:
            json.dump({"jobs": jobs, "nodes": nodes}, file)
        os.replace(new, self._path)


def phase(states):
    """What a job's states come down to."""
    if "SUSPENDED" in states:
        return SUSPENDED
    if _WAITING & set(states):
        return PENDING
    return ENDED if _ENDED & set(states) else RUNNING


def word(states):
    """A node's state in one word, as ``sinfo`` has it without its marks."""
    base = states[0].lower() if states else "unknown"
    if "DRAIN" not in states:
        return base
    return "draining" if base in ("allocated", "mixed") or "COMPLETING" in states else "drained"


def happened(before, after, ran=True):
    """The events of a job that went from one phase to the other."""
    if before == after:
        return []
    events = []
    if before is None or after == PENDING:
        events.append("submitted")
    if after == RUNNING:
        events.append("resumed" if before == SUSPENDED else "started")
    if before in (None, PENDING) and (after == SUSPENDED or (after == ENDED and ran)):
        events.append("started")
    if after in (SUSPENDED, ENDED):
        events.append(after)
    return events


class Watch:
    """
    Tells differences.

    tell
        ``tell(tag, data)``: returns whether it was taken; what was not is told again later.

    memory
        A :class:`Memory`.

    site
        Returns ``{"nodes": …, "jobs": …}``; raises SpillwayError.
    """

    def __init__(self, tell, memory, site=slurm.site):
        self._tell = tell
        self._memory = memory
        self._site = site
        told = memory.load()
        self._first = told is None
        self._jobs, self._nodes = told or ({}, {})
        self._blind = None
        self._changed = False
        self._expected = 0

    def hook(self, line):
        """Tell what a hook says; whatever else a line says, it means: look."""
        if line == SUBMITTED:
            # slurmctld has not taken the job yet, and may refuse it: one look more may be needed
            self._expected = 2
        match = _HOOK.search(line)
        if not match or self._first:
            return
        what, raw, array, task, state, nodes = match.groups()
        job_id, after = int(raw), RUNNING if what == "started" else ENDED
        before = self._jobs.get(job_id)
        if after == ENDED and state not in _ENDED:
            return  # requeued, resized
        if before == after or (after == RUNNING and before in (SUSPENDED, ENDED)):
            return  # a look was quicker
        job = {
            "id": raw if array.strip("0") == "" or task == _NO_TASK else f"{array}_{task}",
            "job_id": job_id,
            "states": [state],
            "nodes": _names(nodes),
        }
        self._job(job, before, after)

    def look(self):
        """
        Ask slurmctld and tell what is different.

        Returns whether all is at rest: slurmctld answered, everything was told, and nothing is
        on its way from one state to another.
        """
        try:
            seen = self._site()
        except SpillwayError as exc:
            if self._blind != exc.message:
                log.warning("no look at Slurm, asked again: %s", exc.message)
            self._blind = exc.message
            return False
        if self._blind is not None:
            log.info("Slurm answers again")
        self._blind = None
        jobs = {job["job_id"]: job for job in seen["jobs"]}
        nodes = {node["name"]: node for node in seen["nodes"]}
        if self._first:
            # nobody was told of the time before
            self._jobs = {job_id: phase(job["states"]) for job_id, job in jobs.items()}
            self._nodes = {name: _states(node) for name, node in nodes.items()}
            self._first, self._changed = False, True
            told = True
        else:
            told = self._differences(jobs, nodes)
        self._save()
        self._expected = max(0, self._expected - 1)
        return (
            told
            and not self._expected
            and not any(_MOVING & set(one["states"]) for one in [*jobs.values(), *nodes.values()])
        )

    def _differences(self, jobs, nodes):
        told = True
        for job_id, job in jobs.items():
            told &= self._job(job, self._jobs.get(job_id), phase(job["states"]))
        for job_id in self._jobs.keys() - jobs.keys():
            job = {"id": str(job_id), "job_id": job_id, "states": [], "nodes": []}
            if self._job(job, self._jobs[job_id], ENDED):  # Slurm has forgotten it
                del self._jobs[job_id]
                self._changed = True
        for name, node in nodes.items():
            told &= self._node(name, _states(node), node["reason"])
        for name in self._nodes.keys() - nodes.keys():
            if self._node(name, ["GONE"], ""):
                del self._nodes[name]
        return told

    def _job(self, job, before, after):
        data = {key: job[key] for key in ("id", "job_id", "states", "nodes")}
        for event in happened(before, after, ran=bool(job["nodes"])):
            if not self._tell(f"{TAG}/job/{event}", data):
                return False
        if before != after:
            self._jobs[job["job_id"]] = after
            self._changed = True
        if before is None:
            self._expected = 0
        return True

    def _node(self, name, states, reason):
        before = self._nodes.get(name)
        if before == states:
            return True
        data = {"node": name, "states": states, "before": before or [], "reason": reason}
        if not self._tell(f"{TAG}/node/{word(states)}", data):
            return False
        self._nodes[name] = states
        self._changed = True
        return True

    def _save(self):
        if not self._changed:
            return
        try:
            self._memory.save(self._jobs, self._nodes)
            self._changed = False
        except OSError as exc:
            log.warning("what was told cannot be kept: %s", exc)


def _names(nodes):
    try:
        return [] if nodes == "(null)" else hostlist.expand(nodes)
    except SpillwayError:
        return []


def _states(node):
    base, *flags = node["states"] or ["UNKNOWN"]
    return [base, *sorted(set(flags) - _NOISE)]


class Rhythm:
    """
    When to look next, in the seconds of one clock.

    At rest after ``interval``, longer if looks are so dear that they would cost a hundredth of a
    core. After a hook almost at once, but no more than a tenth of a core. While something is on
    its way or slurmctld is silent soon, then ever later.
    """

    SETTLED = 0.05  # a hook runs before slurmctld has finished with the job
    GAP = 1.0
    FIRST = 0.5
    BUSY, REST = 10, 100

    def __init__(self, interval, now):
        self._interval = interval
        self._pause = self.FIRST
        self._soonest = now
        self.due = now

    def hooked(self, now):
        self._pause = self.FIRST
        self.due = min(self.due, max(now + self.SETTLED, self._soonest))

    def looked(self, now, cost, at_rest):
        """A look is over that took ``cost`` seconds of CPU."""
        self._soonest = now + max(self.GAP, self.BUSY * cost)
        if at_rest:
            self._pause = self.FIRST
            self.due = now + max(self._interval, self.REST * cost)
        else:
            self.due = max(now + self._pause, now + self.BUSY * cost)
            self._pause = min(2 * self._pause, self._interval)


def _cpu():
    """Seconds of CPU of this process and of the programs it has run."""
    return sum(os.times()[:4])


def run(inbox, watch, interval, forever=lambda: True):
    """Tell what happens until the process ends."""
    rhythm = Rhythm(interval, time.monotonic())
    while forever():
        lines = inbox.wait(rhythm.due - time.monotonic())
        for line in lines:
            watch.hook(line)
        if lines:
            rhythm.hooked(time.monotonic())
        if time.monotonic() >= rhythm.due:
            before = _cpu()
            at_rest = watch.look()
            rhythm.looked(time.monotonic(), _cpu() - before, at_rest)
