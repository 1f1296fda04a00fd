"""From demand to the first line of the job: a node that is made anew, and one that comes back from the warm reserve.

The policy `queue` does both. The job's partition has a physical node too, which is busy: what overflows goes to
the cloud.
"""

from __future__ import annotations

import re
import statistics
import time

from onlab.jobs import job, must_complete, submit
from onlab.lab import HOME, Broken, Daemon, Order, eventually, on
from onlab.scene import ONE_CPU, pool_terms
from onlab.site import Site

BUSY = "cn01"
COLD, WARM = 2, 5  # rounds

PILLAR = f"""
spillway:
  slurm:
    events: {{hooks: [ended, started, submitted]}}
    partitions:
      flow: {{Nodes: '{BUSY},virtual', MaxTime: INFINITE, State: UP, OverSubscribe: 'NO'}}
"""
TERMS = "{cpus: 1, memory: 768, partitions: [flow], features: [virtual], minimum: 0, warm: 1}"
POLICIES = """
policies:
  queue: {idle: 10, remove: 600}
"""

# both moments by the controller's clock
DEMAND = """
date +%s.%N
runuser -u alice -- sbatch --parsable --chdir={home} --partition=flow --output={file} --wrap='echo here; sleep 2'
until grep -q here {file} 2>/dev/null; do sleep 0.05; done
date +%s.%N
"""


def configuration(text: str) -> str:
    return pool_terms(text, TERMS) + POLICIES


def phases(daemon: Daemon) -> dict[str, str]:
    return {one["name"]: one["phase"] for one in daemon.get("/v1/nodes")["nodes"] if one["phase"] != "ABSENT"}


def play(daemon: Daemon, label: str) -> tuple[float, float]:
    """Seconds from sbatch to the job's first line, and those of them from the policy's decision on."""
    file = f"{HOME}/{label}-{time.time_ns()}"
    asked, number, here = on("ctl", "bash", "-c", DEMAND.format(home=HOME, file=file), timeout=900).split()
    decided = next(at for at, line in daemon.log.timed() if at >= float(asked) and re.search(r"\[queue ", line))
    must_complete(number, 120)
    whole, made = float(here) - float(asked), float(here) - decided
    print(f"{label}: first line after {whole:.1f} s, {made:.1f} s after the decision", flush=True)
    return whole, made


def in_reserve(daemon: Daemon) -> None:
    """Waits until the idle node is checkpointed, by the policy."""
    eventually("a node in the warm reserve", lambda: list(phases(daemon).values()) == ["CHECKPOINTED"], 180)


def rounds(daemon: Daemon) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    cold, warm = [], []
    for at in range(1, COLD + 1):
        cold.append(play(daemon, f"cold {at} of {COLD}".replace(" ", "-")))
        in_reserve(daemon)
        if at < COLD:
            down(",".join(phases(daemon)))
            eventually("an empty pool", lambda: not phases(daemon), 60)
    for at in range(1, WARM + 1):
        warm.append(play(daemon, f"warm-{at}-of-{WARM}"))
        in_reserve(daemon)
    return cold, warm


def down(nodes: str) -> None:
    Order("down", nodes).must(300)


def warm() -> list[str]:
    """Plays all rounds; returns the figures."""
    on("ctl", "runuser", "-u", "alice", "--", "mkdir", "-p", HOME)
    try:
        with Site(PILLAR, {"vn0*": ONE_CPU}, configuration) as site, site.served() as daemon:
            if phases(daemon):
                raise Broken(f"the pool is not empty: {', '.join(phases(daemon))}")
            blocker = submit(f"--nodelist={BUSY}", "--cpus-per-task=4", script="sleep 86400")
            eventually(f"{BUSY} is busy", lambda: job(blocker).get("JobState") == "RUNNING", 60)
            colds, warms = rounds(daemon)
    finally:
        Order("down", "vn[01-04]").exit(300)
    figures = []
    for at, label in enumerate(("warm-start", "warm-start-from-the-decision")):
        ours, base = (statistics.median(values[at] for values in seen) for seen in (warms, colds))
        print(f"{label}: {base / ours:.1f} times as quick as a new node (medians of {WARM} and {COLD})")
        figures.append(f"figure: {label} = {ours:.2f} s, baseline {base:.2f}, ratio {ours / base:.3f}")
    return figures
