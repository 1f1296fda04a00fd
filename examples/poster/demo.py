#!/usr/bin/env python3
"""The poster's scene: low-priority work steps aside, goes where room is, and comes back, and nobody types anything.

Runs on the lab (integration-tests/lab) with real parts only. Two hosts, cn01 and cn02, with room for one virtual node
each, and spillwayd with its policies. What people do here: users submit jobs, the cloud's owner wants a host empty by
a time, an admin announces maintenance. All that happens to nodes is decided by policies. Then the same urgent job comes
to the same host under Slurm's own SUSPEND,GANG, and under its kill-and-requeue, with the low work on the host itself:
two lines beside ours. Draws what happened, writes beside the picture when what was told (poster-lab.txt) and how long
things took (poster-calibration.json), by which Simulated.java plays the same scene, and ends

    poster: N of N moves by policy, jobs COMPLETED 0:0

Exit code 0 when the scene went as told, 1 otherwise with what was seen instead.

usage: demo.py [PICTURE]     without a name the picture is target/poster.svg, and poster.png beside it
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TREE / "integration-tests"))

from onlab.durations import durations  # noqa: E402
from onlab.lab import Broken, as_admin, eventually, on  # noqa: E402
from onlab.scene import LOW, ONE_CPU, URGENT, Scene, Work, played, pool_terms, room_for_one  # noqa: E402
from onlab.site import Site, apply_states  # noqa: E402

A, B = "cn01", "cn02"
EVICTION = 120  # seconds that the cloud's owner gives

PILLAR = f"""
spillway:
  slurm:
    partitions:
      {LOW}
      {URGENT}
"""

TERMS = "{cpus: 1, memory: 768, partitions: [low, urgent], features: [virtual], minimum: 1}"
POLICIES = """
policies:
  {reserve}
  classes:
    urgent: {{partitions: [urgent], urgent: true}}
    low: {{partitions: [low], ladder: [migrate, checkpoint], run: 10, times: 10}}
  queue: {{idle: 10, remove: 20}}
  backfill: {{}}
  opportunistic: {{}}
  maintenance: {{}}
"""

# What Slurm does by itself, with the low work on the host.
PREEMPTION = """
spillway:
  slurm:
    parameters: {{PreemptType: preempt/partition_prio, PreemptMode: '{mode}'}}
    partitions:
      low: {{Nodes: {host}, PriorityTier: 1, MaxTime: INFINITE, State: UP, OverSubscribe: '{share}'}}
      urgent: {{Nodes: {host}, PriorityTier: 10, MaxTime: INFINITE, State: UP, OverSubscribe: '{share}'}}
"""


def configuration(text: str) -> str:
    """The lab's configuration with policies, and each host with room for one virtual node."""
    return pool_terms(text, TERMS) + POLICIES.format(reserve=room_for_one())


def service(host: str, enable: bool, reason: str = "") -> None:
    """What an owner or an admin of the cloud does to a host."""
    find = f"one = next(s for s in cloud.compute.services() if s.binary == 'nova-compute' and s.host == '{host}')"
    change = (
        "cloud.compute.enable_service(one)"
        if enable
        else f"cloud.compute.disable_service(one, disabled_reason='{reason}')"
    )
    as_admin(f"{find}; {change}")


def play(scene: Scene, picture: Path) -> list[str]:
    """The scene, and its times beside the picture; returns how it went for the urgent job and the low work."""
    began = datetime.now(UTC)
    first = Work("p0", "--partition=all", f"--nodelist={B}", "--cpus-per-task=4")
    scene.until(f"{B} is busy with a job of its own", lambda: first.state() == "RUNNING", 30)
    scene.until(f"a virtual node is kept on {A}", lambda: scene.is_on("vn01", A), 400)
    low = Work("low", "--partition=low")
    scene.until(f"low-priority work runs on {A}", lambda: low.state() == "RUNNING", 60)
    time.sleep(10)  # the time that its class gives it

    urgent = Work("urgent", "--partition=urgent")
    scene.tell("an urgent job comes")
    scene.until("the low work is suspended and goes to disk", lambda: scene.is_on("vn01", A, "CHECKPOINTED"), 120)
    room = urgent.waited()
    scene.until(f"the urgent job runs on {A}", lambda: urgent.state() == "RUNNING", 400)
    first_line = urgent.first_line(60)
    first.finish()
    scene.until(f"{B} frees first: the low work goes on there", lambda: scene.is_on("vn01", B), 180)
    scene.until("and counts on", lambda: low.state() == "RUNNING", 30)
    away = urgent.waited() - room

    by = datetime.now(UTC) + timedelta(seconds=EVICTION)
    service(A, enable=False, reason=f"spillway: eviction by {by:%Y-%m-%dT%H:%M:%SZ}")
    scene.tell(f"the owner of the cloud wants {A} empty by {by:%H:%M:%S}")
    scene.until(f"{A} is empty, the urgent job on disk", lambda: scene.is_on("vn02", A, "CHECKPOINTED"), EVICTION)
    if datetime.now(UTC) > by:
        raise Broken(f"{A} was empty after the time given")
    service(A, enable=True)
    scene.until(f"{A} is given back: the urgent job goes on", lambda: urgent.state() == "RUNNING", 180)
    urgent.finish()
    scene.until("the urgent job has COMPLETED 0:0, its node is removed", lambda: is_gone(scene, "vn02"), 240)

    service(B, enable=False, reason="spillway: maintenance")
    scene.tell(f"an admin announces maintenance of {B}")
    scene.until(f"the low work runs on {A} again, it was moved alive", lambda: scene.is_on("vn01", A), 180)
    low.finish()
    scene.tell("the low work has COMPLETED 0:0")
    write_times(picture, scene, began)
    how = (
        f"room on {A} after {room:.0f} s, then a new node. The low work lost 0 s; it was away for {away:.0f} s and "
        f"went on at {B} while the urgent job ran"
    )
    return [beside("Spillway", first_line, how)]


def write_times(picture: Path, scene: Scene, began: datetime) -> None:
    """For the same scene on the simulated site."""
    source = f"the poster's scene on the lab, {began:%Y-%m-%d}"
    told = picture.with_name(picture.stem + "-lab.txt")
    told.write_text("\n".join([f"# {source}", *scene.told]) + "\n", encoding="utf-8")
    calibration = picture.with_name(picture.stem + "-calibration.json")
    seen = durations(scene.daemon.log.timed(), source)
    calibration.write_text(json.dumps(seen, indent=2) + "\n", encoding="utf-8")


def beside(what: str, first_line: float, how: str) -> str:
    return f"{what:22} {first_line:6.1f} s to the urgent job's first line: {how}"


def preempted(what: str, site: Site, mode: str, share: str) -> str:
    """The same urgent job, with the low work on the host itself and Slurm's own preemption."""
    site.set(PREEMPTION.format(host=A, mode=mode, share=share))
    apply_states()
    whole = (f"--nodelist={A}", "--cpus-per-task=4")
    try:
        low = Work("low", "--partition=low", *whole)
        eventually(f"low-priority work runs on {A}, by {what}", lambda: len(low.numbers()) >= 10, 90)
        urgent = Work("urgent", "--partition=urgent", *whole)
        first_line = urgent.first_line(180)
        state = eventually("an answer about the low work", low.state, 30)
        done = len(low.numbers())
    finally:
        on("ctl", "scancel", "--user=alice", check=False)
    if state == "RUNNING":
        raise Broken(f"{what}: both jobs run on {A}")
    return beside(
        what,
        first_line,
        f"the low work lost 0 s; it stands still in the memory of {A} till the urgent job ends"
        if state == "SUSPENDED"
        else f"the low work was killed, {done} s of it are lost",
    )


def is_gone(scene: Scene, node: str) -> bool:
    return scene.daemon.node(node)["phase"] == "ABSENT"


def slurm_alone(site: Site) -> list[str]:
    """The same urgent job by what Slurm has itself."""
    return [
        preempted("Slurm's SUSPEND,GANG", site, "SUSPEND,GANG", "FORCE:1"),
        preempted("Slurm's REQUEUE", site, "REQUEUE", "NO"),
    ]


def all_hosts() -> None:
    for host in (A, B):
        service(host, enable=True)


if __name__ == "__main__":
    site = Site(PILLAR, {"vn0*": ONE_CPU}, configuration)
    sys.exit(played("poster", __doc__, sys.argv[1:], site, play, after=slurm_alone, clear=all_hosts))
