"""The cached address: a node that is made again under its name has another address, and Slurm sends to the old one.

The cure: the node's entry goes from Slurm with its server; the new one registers itself (slurmd -Z), and Slurm takes
the address from the registration, whatever name services and /etc/hosts still say.
"""

from __future__ import annotations

import re

from onlab.jobs import completes, job, must_complete, must_srun, must_srun_inside, submit
from onlab.lab import Broken, eventually, guest, on, spillway
from onlab.site import Site

NODE = "vn04"
OLD, NEW = "10.78.0.104", "10.78.0.144"
PILLAR = f"spillway: {{master: {{cloud: {{profiles: {{htc: {{addresses: {{{NODE}: {NEW}}}}}}}}}}}}}\n"
LATE = 30  # seconds; a job here begins within one or two


def address_of(node: str) -> str:
    """Where Slurm sends what is for the node."""
    shown = on("ctl", "scontrol", "--oneliner", "show", "node", node, check=False)
    found = re.search(r" NodeAddr=(\S+)", shown)
    return found.group(1) if found else ""


def idle(node: str) -> bool:
    return on("ctl", "sinfo", "--noheader", "--Node", f"--nodes={node}", "--format=%T", check=False).strip() == "idle"


def must_work() -> None:
    """sbatch, srun over three nodes, and an inner one."""
    must_complete(submit(f"--nodelist={NODE}", script="timeout 60 srun hostname"), 120)
    must_srun(["cn01", "cn02", NODE])
    must_srun_inside(["cn01", "cn02", NODE])


def must_stand_still(node: str) -> str:
    """A job for the node that does not end; what Slurm says of it. It is cancelled then."""
    number = submit("--no-requeue", f"--nodelist={node}", script="true")
    ended = completes(number, LATE)
    state = job(number).get("JobState")
    on("ctl", "scancel", number, check=False)
    if ended:
        raise Broken(f"job {number} on {node} at {address_of(node)} ended well: no failure without the cure")
    return f"job {number} is {state} after {LATE} s"


def address() -> str:
    spillway("up", NODE)
    try:
        if address_of(NODE) != OLD:
            raise Broken(f"{NODE} is at {address_of(NODE)}, not at {OLD}")
        must_work()
    finally:
        spillway("down", NODE)
    with Site(PILLAR):
        try:
            spillway("up", NODE)
            return as_seen()
        finally:
            on("ctl", "scancel", "--user=alice", check=False)
            spillway("down", NODE)


def as_seen() -> str:
    if address_of(NODE) != NEW:
        raise Broken(f"the new {NODE} is at {address_of(NODE)} in Slurm, not at {NEW}")
    for machine in ("ctl", "cn01"):
        if f"{OLD} {NODE}" not in on(machine, "cat", "/etc/hosts"):
            raise Broken(f"/etc/hosts of {machine} has no stale {NODE}: nothing is shown")
    must_work()
    on("ctl", "scontrol", "update", f"nodename={NODE}", f"nodeaddr={OLD}")
    without = must_stand_still(NODE)
    guest(NEW, "systemctl kill --kill-whom=main --signal=HUP slurmd")
    eventually(f"{NODE} at {NEW} by its registration", lambda: address_of(NODE) == NEW, 60)
    eventually(f"{NODE} is idle", lambda: idle(NODE), 240)
    must_work()
    return f"with the old address {without}; the registration brings the new one, sbatch, srun and inner srun work"
