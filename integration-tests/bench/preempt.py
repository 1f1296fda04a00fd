"""An urgent job comes to a box on which low-priority work runs: from sbatch to the job's first instruction.

The tide (the low work in virtual nodes on that box) beside Slurm's own SUSPEND,GANG (the low work on the box itself),
with Slurm's default timers and with the quickest.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable

from onlab.jobs import job, must_complete, submit
from onlab.lab import HOME, Broken, Job, Order, eventually, on
from onlab.site import Site, apply_states

NODES = ["vn01", "vn02"]
BOX = "cn01"
ROUNDS = 20

# its first instruction tells the time; then a second or so of work, to see whether the box is its own
URGENT = "date +%s.%N; perl -e '$x += $_ for 1..{loops}'; date +%s.%N"
LOOPS = 30_000_000

TIDE = """
spillway:
  slurm:
    gate: {hosts: 'cn[01-02]', timeout: 10, on_timeout: start}
"""

GANG = """
spillway:
  slurm:
    parameters:
      PreemptType: preempt/partition_prio
      PreemptMode: 'SUSPEND,GANG'
      {timers}
    partitions:
      low: {{Nodes: 'cn01', PriorityTier: 1, MaxTime: INFINITE, State: UP, OverSubscribe: 'FORCE:1'}}
      high: {{Nodes: 'cn01', PriorityTier: 10, MaxTime: INFINITE, State: UP, OverSubscribe: 'FORCE:1'}}
"""
DEFAULT = "SchedulerParameters: null"
TUNED = "SchedulerTimeSlice: 5"


def percentile(values: list[float], percent: float) -> float:
    """The smallest value that so many percent do not exceed."""
    ordered = sorted(values)
    return ordered[math.ceil(len(ordered) * percent / 100) - 1]


def urgent(*words: str) -> tuple[float, float]:
    """Submits one and waits for its end: seconds to its first instruction, and seconds of its work."""
    file = f"{HOME}/urgent-{time.time_ns()}"
    wrap = URGENT.format(loops=LOOPS).replace("'", "'\\''")
    options = f"--parsable --chdir={HOME} --cpus-per-task=4 --output={file} {' '.join(words)}"
    command = f"date +%s.%N; sbatch {options} --wrap='{wrap}'"
    asked, number = on("ctl", "runuser", "-u", "alice", "--", "bash", "-c", command).split()
    must_complete(number, 120)
    began, ended = eventually(f"what job {number} said", lambda: on("ctl", "cat", file).split(), 10)[:2]
    return float(began) - float(asked), float(ended) - float(began)


def rounds(label: str, play: Callable[[], tuple[float, float]], number: int) -> tuple[list[float], list[float]]:
    waits, works = [], []
    for at in range(1, number + 1):
        wait, work = play()
        waits.append(wait)
        works.append(work)
        print(f"{label} {at} of {number}: first instruction after {wait:.3f} s, its work took {work:.3f} s", flush=True)
    return waits, works


def must(*words: str) -> None:
    order = Order(*words)
    if order.exit(900) != 0:
        order.end()
        raise Broken(f"{' '.join(words)}: {order.reason()}")


def alone() -> tuple[list[float], list[float]]:
    """On the box with nothing else on it."""
    return rounds("alone", lambda: urgent(f"--nodelist={BOX}"), 5)


def tide(number: int) -> tuple[list[float], list[float]]:
    """Two virtual nodes on the box, each with a job that counts."""
    must("up", ",".join(NODES), "--host", BOX)
    low = [Job(node) for node in NODES]

    def play() -> tuple[float, float]:
        seen = urgent(f"--nodelist={BOX}")
        for one in low:
            eventually(f"job {one.number} goes on", lambda one=one: one.shown().get("JobState") == "RUNNING", 120)
            one.must_be("RUNNING")
        return seen

    seen = rounds("tide", play, number)
    for one in low:
        one.finish()
    return seen


def gang(label: str, number: int) -> tuple[list[float], list[float]]:
    """Slurm suspends the low job on the box itself."""
    low = submit("--partition=low", "--cpus-per-task=4", f"--nodelist={BOX}", script="while :; do :; done")
    eventually(f"job {low} runs", lambda: job(low).get("JobState") == "RUNNING", 60)

    def play() -> tuple[float, float]:
        seen = urgent("--partition=high", f"--nodelist={BOX}")
        eventually(f"job {low} goes on", lambda: job(low).get("JobState") == "RUNNING", 60)
        return seen

    try:
        return rounds(label, play, number)
    finally:
        on("ctl", "scancel", low)


def preempt(number: int = ROUNDS) -> list[str]:
    """Plays all of it; returns the figures."""
    on("ctl", "runuser", "-u", "alice", "--", "mkdir", "-p", HOME)
    try:
        with Site(TIDE) as site:
            with site.served():
                empty = alone()
                risen = tide(number)
                must("down", ",".join(NODES))
            site.set(GANG.format(timers=DEFAULT))
            apply_states()
            slow = gang("SUSPEND,GANG with default timers", number)
            site.set(GANG.format(timers=TUNED))
            apply_states()
            quick = gang("SUSPEND,GANG with the quickest timers", number)
    finally:
        Order("down", ",".join(NODES)).exit(300)
    figures = []
    for percent in (50, 95):
        ours = percentile(risen[0], percent)
        for label, other in (("suspend-gang", slow), ("suspend-gang-tuned", quick), ("empty-box", empty)):
            base = percentile(other[0], percent)
            figures.append(
                f"figure: preempt-p{percent}-tide-to-{label} = {ours:.3f} s, baseline {base:.3f},"
                f" ratio {ours / base:.2f}"
            )
    ours, base = statistics.median(risen[1]), statistics.median(empty[1])
    figures.append(f"figure: urgent-work-under-tide = {ours:.3f} s, baseline {base:.3f}, ratio {ours / base:.2f}")
    return figures
