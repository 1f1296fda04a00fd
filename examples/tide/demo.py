#!/usr/bin/env python3
"""The tide's scene: an urgent job comes to a box on which low-priority work runs in a virtual node, and starts at once.

Runs on the lab (integration-tests/lab) with real parts only. The hosts cn01 and cn02 are physical nodes of Slurm and
hypervisors at once. slurmctld is nudged, so the urgent job starts as soon as it is submitted, beside the virtual node,
which yields the CPUs and is brought to a stand; when the urgent job has had the host for a while, the node moves to the
other one, and the low work goes on there. Then a short one comes to that host: it is waited for. Nobody types anything.
Draws what happened, and ends

    tide: N of N moves by policy, jobs COMPLETED 0:0

Exit code 0 when the scene went as told, 1 otherwise with what was seen instead.

usage: demo.py [PICTURE]     without a name the picture is target/tide.svg, and tide.png beside it
"""

from __future__ import annotations

import sys
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TREE / "integration-tests"))

from onlab.lab import Broken  # noqa: E402
from onlab.scene import LOW, ONE_CPU, Scene, Work, played, pool_terms  # noqa: E402
from onlab.site import Site, starts_at_once  # noqa: E402
from onlab.yielding import yielding  # noqa: E402

A, B = "cn01", "cn02"
NODE = "vn01"
AFTER = 15  # seconds that a job has had a host before a node moves away from it

PILLAR = f"""
spillway:
  slurm:
    gate: {{hosts: 'cn[01-02]', start: at_once}}
    nudge: [all]
    partitions:
      {LOW}
"""

TERMS = "{cpus: 1, memory: 768, partitions: [low], features: [virtual], minimum: 1}"
POLICIES = f"""
policies:
  classes:
    low: {{partitions: [low], ladder: [migrate, checkpoint], run: 10, times: 10}}
  tide: {{after: {AFTER}}}
  queue: {{idle: 3600, remove: 7200}}
"""


def configuration(text: str) -> str:
    return pool_terms(text, TERMS) + POLICIES


def on_the_box(name: str, host: str) -> Work:
    return Work(name, "--partition=all", f"--nodelist={host}", "--cpus-per-task=4")


def play(scene: Scene, _: Path) -> list[str]:
    """The scene; returns how it went for the urgent jobs and the low work."""
    busy = on_the_box("busy", B)
    scene.until(f"{B} is busy with a job of its own", lambda: busy.state() == "RUNNING", 30)
    scene.until(f"a virtual node is kept on {A}", lambda: scene.is_on(NODE, A), 400)
    low = Work("low", "--partition=low")
    scene.until(f"low-priority work runs on {A}", lambda: len(low.numbers()) > 3, 90)
    busy.finish()
    starts_at_once(A)

    with yielding(A):
        long = on_the_box("urgent", A)
        scene.tell(f"an urgent job comes to {A}")
        first_line = long.first_line(30)
        scene.tell(f"its first line is there after {first_line:.1f} s")
        scene.until(
            "the node stands still beside it, the low work is suspended", lambda: low.state() == "SUSPENDED", 30
        )
    scene.until(f"it moves to {B}", lambda: scene.is_on(NODE, B), 180)
    done = len(low.numbers())
    scene.until("and the low work counts on, while the urgent job runs", lambda: len(low.numbers()) > done, 60)
    if long.state() != "RUNNING":
        raise Broken(f"the urgent job is {long.state()}")
    long.finish()
    scene.tell("the urgent job has COMPLETED 0:0")

    starts_at_once(B)
    with yielding(B):
        short = on_the_box("short", B)
        scene.tell(f"a short one comes to {B}")
        second = short.first_line(30)
        scene.until("the node stands still beside it", lambda: low.state() == "SUSPENDED", 30)
        short.finish()
    scene.until(
        "it is over, and the low work goes on where it was",
        lambda: low.state() == "RUNNING" and scene.is_on(NODE, B),
        120,
    )
    low.finish()
    scene.tell("the low work has COMPLETED 0:0")
    return [f"first lines of the urgent jobs after {first_line:.1f} s and {second:.1f} s; the low work lost none"]


if __name__ == "__main__":
    site = Site(PILLAR, {"vn0*": ONE_CPU}, configuration)
    sys.exit(played("tide", __doc__, sys.argv[1:], site, play))
