#!/usr/bin/env python3
"""The chain: Slurm jobs outlive the checkpoint, the absence, the restore and the move of their nodes.

Runs on the lab (integration-tests/lab) with real parts only: a physical Slurm cluster, OpenStack,
Salt. Prints one row for each step with its seconds and its evidence. The last line of a good run is

    chain: N of N steps, jobs COMPLETED 0:0, lines 1..M without gap

Exit code 0 when every step did what it says, 1 otherwise with the step named.

usage: demo.py            away for 6 minutes, longer than munge forgives
       FAST=1 demo.py     away for 30 seconds
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

TREE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TREE / "integration-tests"))

from onlab.jobs import job, must_be  # noqa: E402
from onlab.lab import CONFIG, ENTRY, Broken, eventually, footprint, guest, on, other_host, run  # noqa: E402

AWAY = 30 if os.environ.get("FAST") == "1" else 360
NODES = ["vn01", "vn02"]
HOSTLIST = "vn[01-02]"
HOME = "/home/alice/chain"


def as_alice(script: str, **more) -> str:
    return on("ctl", "runuser", "-u", "alice", "--", "bash", "-c", f"cd {HOME} && {script}", **more)


def spillway(*words: str, timeout: float = 900) -> dict[str, dict]:
    """The product's command, as a maintainer types it, with --json: what it says of each node."""
    command = [str(TREE / "daemon" / "bin" / "spillway"), "--config", str(CONFIG)]
    answer = json.loads(run(str(ENTRY), "exec", *command, *words, "--json", timeout=timeout))
    return {node["name"]: node for node in answer["nodes"]}


def require(true: object, otherwise: str) -> None:
    if not true:
        raise Broken(otherwise)


# --- what is, as each system tells it


def job_states() -> set[str]:
    return {job(number)["JobState"] for number in Chain.jobs.values()}


def numbers(file: str) -> list[int]:
    """The first word of each line of a counter file, read on the NFS server."""
    text = on("ctl", "cat", f"{HOME}/{file}", check=False)
    return [int(line.split()[0]) for line in text.splitlines() if line.strip()]


def unbroken(file: str) -> int:
    """The last number of a counter file that has no gap and no repetition."""
    seen = numbers(file)
    require(seen, f"{file} has no line")
    for at, number in enumerate(seen, start=1):
        require(number == at, f"{file}: line {at} says {number}")
    return seen[-1]


def require_phase(nodes: dict[str, dict], phase: str) -> None:
    for name, seen in nodes.items():
        require(seen["phase"] == phase, f"{name} is {seen['phase']}: {seen['reason']}")


def qemu_megabytes() -> int:
    """Resident memory of all virtual machines on both hosts."""
    total = 0
    for host in ("hyp01", "hyp02"):
        sizes = on(host, "ps", "-C", "qemu-system-x86_64", "-o", "rss=", check=False)
        total += sum(int(size) for size in sizes.split())
    return total // 1024


# --- the steps: each returns its evidence in one line


class Chain:
    jobs: ClassVar[dict[str, str]] = {}
    before: ClassVar[dict[str, list[str]]] = {}
    home: str = ""

    @staticmethod
    def clean_start() -> str:
        Chain.before = footprint()
        taken = [name for name in Chain.before["servers"] if name in NODES]
        require(not taken, f"{', '.join(taken)} exist already: spillway down {','.join(taken)}")
        return "; ".join(f"{what}: {','.join(names) or 'none'}" for what, names in Chain.before.items())

    @staticmethod
    def up() -> str:
        spillway("up", HOSTLIST)
        nodes = spillway("nodes", HOSTLIST)
        require(sorted(nodes) == NODES, f"spillway nodes shows {sorted(nodes)}")
        require_phase(nodes, "READY")
        return ", ".join(f"{name} READY on {seen['host']}" for name, seen in nodes.items())

    @staticmethod
    def array() -> str:
        on("ctl", "runuser", "-u", "alice", "--", "rm", "-rf", HOME)
        on("ctl", "runuser", "-u", "alice", "--", "mkdir", HOME)
        for script in sorted((TREE / "examples" / "chain" / "jobs").iterdir()):
            text = script.read_text(encoding="utf-8")
            as_alice(f"cat >{script.name} <<'END-OF-JOB'\n{text}END-OF-JOB\nchmod +x {script.name}")
        as_alice("echo no >finish")
        number = as_alice("sbatch --parsable --array=1-16 array.sh").strip()
        # not `sbatch --wait`: that looks ever more rarely
        eventually("the array's end", lambda: not on("ctl", "squeue", "--noheader", f"--jobs={number}"), 300)
        places = sorted(set(as_alice("cat array-*.out").split()) & {"cn01", "cn02", *NODES})
        require(places == sorted(["cn01", "cn02", *NODES]), f"the array ran on {places} only")
        return f"16 tasks by plain sbatch ran on {', '.join(places)}"

    @staticmethod
    def work() -> str:
        def submit(words: str) -> str:
            return as_alice(f"sbatch --parsable --output=%x.out {words}").strip()

        Chain.jobs = {
            "count": submit("--nodelist=vn01 count.sh"),
            "steps": submit("--nodelist=vn01 steps.sh"),
            "pair": submit(f"--nodelist={HOSTLIST} pair.sh"),
        }
        files = ["count.txt", "steps.txt", *(f"pair-{name}.txt" for name in NODES)]
        eventually("three lines of each job", lambda: all(len(numbers(file)) >= 3 for file in files), 90)
        cure = guest("vn01", "cat", "/sys/module/nfs/parameters/recover_lost_locks").strip()
        require(cure == "Y", f"recover_lost_locks is {cure} on vn01: its lock would not outlive the absence")
        return f"jobs {Chain.jobs} count, count.txt is locked over NFS (cure: recover_lost_locks={cure})"

    @staticmethod
    def checkpoint() -> str:
        memory = qemu_megabytes()
        require_phase(spillway("checkpoint", HOSTLIST), "CHECKPOINTED")
        must_be(Chain.jobs, "SUSPENDED", HOME)
        freed = memory - qemu_megabytes()
        require(qemu_megabytes() == 0, f"QEMU still holds {qemu_megabytes()} MB")
        return f"jobs SUSPENDED, VMs on disk, {freed} MB of the hosts' RAM free again"

    @staticmethod
    def away() -> str:
        lines = len(numbers("count.txt"))
        start = time.monotonic()
        time.sleep(AWAY / 2)
        on("ctl", "systemctl", "restart", "slurmctld")
        eventually("slurmctld answers", lambda: "UP" in on("ctl", "scontrol", "ping", check=False))
        time.sleep(max(0.0, AWAY - (time.monotonic() - start)))
        must_be(Chain.jobs, "SUSPENDED", HOME)
        require(len(numbers("count.txt")) == lines, "count.txt grew while its node was away")
        return f"{AWAY} s away, slurmctld restarted meanwhile, jobs still SUSPENDED at line {lines}"

    @staticmethod
    def restore() -> str:
        lines = len(numbers("count.txt"))
        require_phase(spillway("restore", HOSTLIST), "READY")
        must_be(Chain.jobs, "RUNNING", HOME)
        eventually("new lines", lambda: len(numbers("count.txt")) >= lines + 3)
        return f"clock right, munge both ways, jobs RUNNING, counting on from {lines}"

    @staticmethod
    def migrate() -> str:
        Chain.home = spillway("nodes", "vn01")["vn01"]["host"]
        other = other_host(Chain.home)
        lines = len(numbers("count.txt"))
        moved = spillway("migrate", "vn01", "--host", other)["vn01"]
        require(moved["host"] == other, f"vn01 is on {moved['host']}")
        eventually("new lines", lambda: len(numbers("count.txt")) >= lines + 3)
        must_be(Chain.jobs, "RUNNING", HOME)
        return f"vn01 {Chain.home} -> {other} with its jobs running, lines {lines} -> {len(numbers('count.txt'))}"

    @staticmethod
    def checkpoint_again() -> str:
        nodes = spillway("checkpoint", "vn01")
        require_phase(nodes, "CHECKPOINTED")
        must_be(Chain.jobs, "SUSPENDED", HOME)
        return f"vn01 CHECKPOINTED on {nodes['vn01']['host']}"

    @staticmethod
    def restore_elsewhere() -> str:
        came_from = spillway("nodes", "vn01")["vn01"]["host"]
        lines = len(numbers("count.txt"))
        back = spillway("restore", "vn01", "--host", Chain.home)["vn01"]
        require(back["host"] == Chain.home, f"vn01 is on {back['host']}")
        must_be(Chain.jobs, "RUNNING", HOME)
        eventually("new lines", lambda: len(numbers("count.txt")) >= lines + 3)
        return f"vn01 checkpointed on {came_from}, restored on {Chain.home}, counting on from {lines}"

    @staticmethod
    def finish() -> str:
        as_alice("echo yes >finish")
        eventually("the jobs' end", lambda: not job_states() & {"RUNNING", "COMPLETING"}, 90)
        for name, number in Chain.jobs.items():
            end = job(number)
            state = f"{end['JobState']} {end['ExitCode']}"
            require(state == "COMPLETED 0:0", f"job {name} ({number}) ended {state}")
            require(end["Restarts"] == "0", f"job {name} ({number}) was restarted")
        for file in ["steps.txt", *(f"pair-{name}.txt" for name in NODES)]:
            unbroken(file)
        return f"count, steps, pair: COMPLETED 0:0, no restart; count.txt 1..{unbroken('count.txt')}"

    @staticmethod
    def not_charged() -> str:
        end = job(Chain.jobs["count"])
        clock = [int(part) for part in re.split("[-:]", end["RunTime"])]
        charged = sum(part * unit for part, unit in zip(reversed(clock), (1, 60, 3600, 86400), strict=False))
        times = [time.mktime(time.strptime(end[key], "%Y-%m-%dT%H:%M:%S")) for key in ("StartTime", "EndTime")]
        wall = times[1] - times[0]
        require(wall - charged >= AWAY, f"{wall:.0f} s on the wall, {charged} s charged, {AWAY} s away")
        return f"{wall:.0f} s on the wall, {charged} s charged by Slurm (RunTime {end['RunTime']})"

    @staticmethod
    def down() -> str:
        spillway("down", HOSTLIST)
        after = footprint()
        for what, names in Chain.before.items():
            require(after[what] == names, f"{what} before: {names}, after: {after[what]}")
        return "servers, ports, minion keys and Slurm nodes are as they were before"


STEPS: list[tuple[str, Callable[[], str]]] = [
    ("before", Chain.clean_start),
    (f"up {HOSTLIST}", Chain.up),
    ("array on metal and cloud", Chain.array),
    ("three jobs on vn[01-02]", Chain.work),
    (f"checkpoint {HOSTLIST}", Chain.checkpoint),
    ("away", Chain.away),
    (f"restore {HOSTLIST}", Chain.restore),
    ("migrate vn01, running", Chain.migrate),
    ("checkpoint vn01", Chain.checkpoint_again),
    ("restore vn01 on the other host", Chain.restore_elsewhere),
    ("the jobs end", Chain.finish),
    ("time away not charged", Chain.not_charged),
    (f"down {HOSTLIST}", Chain.down),
]


def main() -> int:
    print(f"{'step':32} {'seconds':>8}  evidence", flush=True)
    for name, step in STEPS:
        start = time.monotonic()
        try:
            evidence = step()
        except (Broken, subprocess.TimeoutExpired, KeyError, ValueError) as cause:
            print(f"{name:32} {time.monotonic() - start:8.1f}  FAILED: {cause}", flush=True)
            print(f"chain: broken at '{name}': {cause}", file=sys.stderr)
            return 1
        print(f"{name:32} {time.monotonic() - start:8.1f}  {evidence}", flush=True)
        if name == "the jobs end":
            last = unbroken("count.txt")
    print(f"chain: {len(STEPS)} of {len(STEPS)} steps, jobs COMPLETED 0:0, lines 1..{last} without gap")
    return 0


if __name__ == "__main__":
    sys.exit(main())
