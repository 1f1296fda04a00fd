"""
Processes of Slurm on this node, read from /proc.
"""

import os
import re
import signal
from pathlib import Path

from saltext.spillway.utils import check
from saltext.spillway.utils.errors import FAILED, UNREACHABLE, SpillwayError

PROC = Path("/proc")

_STEPD = re.compile(r"slurmstepd: \[(?:StepId=)?([0-9]+)\.")
_CGROUP = re.compile(r"/job_([0-9]+)(?:/|$)", re.MULTILINE)
_STOPPED = "Tt"
_GONE = "ZX"


def _read(path):
    try:
        return path.read_bytes().decode(errors="replace")
    except OSError:  # the process has ended meanwhile
        return ""


def _stat(path):
    """Return (state, parent) of a process or thread from its stat file, None if it is gone."""
    # the name in brackets may itself hold brackets and blanks: the last ")" ends it
    fields = _read(path / "stat").rpartition(")")[2].split()
    return (fields[0], int(fields[1])) if len(fields) > 1 else None


def _pids():
    return [int(entry) for entry in os.listdir(PROC) if entry.isdigit()]


def _daemon(pid):
    """The process's name; Debian's slurmd calls itself slurmd-wlm once it re-executed itself."""
    return _read(PROC / str(pid) / "comm").strip().removesuffix("-wlm")


def stopped(jobs):
    """
    Count the processes of jobs (Slurm's raw job ids) on this node.

    Returns ``{"running": n, "stopped": n}``: those in which some thread is not in state T, and
    the others. Counted is what Slurm itself tracks: the descendants of a job's slurmstepd and
    the members of the job's cgroup, not slurmstepd itself, which Slurm never stops.
    """
    jobs = set(check.jobs(jobs)) if jobs else set()
    children, job_of = {}, {}
    stepds = set()
    for pid in _pids():
        stat = _stat(PROC / str(pid))
        if stat is None:
            continue
        children.setdefault(stat[1], []).append(pid)
        if _daemon(pid) == "slurmstepd":
            stepds.add(pid)
            match = _STEPD.match(_read(PROC / str(pid) / "cmdline"))
        else:
            match = _CGROUP.search(_read(PROC / str(pid) / "cgroup"))
        if match:
            job_of[pid] = match[1]

    todo = [pid for pid, job in job_of.items() if job in jobs]
    members = set()
    while todo:
        pid = todo.pop()
        if pid not in members:
            members.add(pid)
            todo += children.get(pid, [])

    count = {"running": 0, "stopped": 0}
    for pid in members - stepds:
        states = _thread_states(pid)
        if states:
            count["stopped" if all(s in _STOPPED for s in states) else "running"] += 1
    return count


def _thread_states(pid):
    """The states of all threads that have not ended."""
    try:
        tasks = list((PROC / str(pid) / "task").iterdir())
    except OSError:
        return []
    stats = (_stat(task) for task in tasks)
    return [stat[0] for stat in stats if stat and stat[0] not in _GONE]


def slurmd_pids():
    """Return the process ids of the slurmd daemons here (more than one with multiple slurmd)."""
    pids = [pid for pid in _pids() if _daemon(pid) == "slurmd"]
    parents = {pid: (_stat(PROC / str(pid)) or ("", 0))[1] for pid in pids}
    # a slurmd that has just forked a child which still bears its name
    return [pid for pid in pids if parents[pid] not in parents]


def wake():
    """Send SIGHUP to slurmd, so that it registers at once. Raises unreachable if there is none."""
    pids = slurmd_pids()
    if not pids:
        raise SpillwayError(UNREACHABLE, "slurmd is not running here")
    for pid in pids:
        try:
            os.kill(pid, signal.SIGHUP)
        except OSError as exc:
            raise SpillwayError(FAILED, f"slurmd (pid {pid}) cannot be signalled: {exc}") from None
    return True
