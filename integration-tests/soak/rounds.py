"""Many absences: jobs of every kind on a node that goes to disk and comes back, again and again, here and there.

What one absence in fifty harms no single play shows. The jobs are those of the chain (``examples/chain``): one that
holds a lock on NFS, one of many short srun steps, one whose srun holds connections to two nodes.
"""

from __future__ import annotations

import os
import time

from onlab.jobs import job, must_be, must_complete
from onlab.lab import HOME, TREE, Broken, eventually, guest, on, other_host, served, spillway

CHAIN = TREE / "examples" / "chain" / "jobs"
NODES = "vn[01-02]"
ROUNDS = int(os.environ.get("SOAK_ROUNDS", "40"))
# seconds: shorter and longer than Slurm's credentials last (cred_expire=30), and than the NFS server's lease (60)
AWAY = (0, 20, 40, 70)
JOBS = {
    "count": ("--nodelist=vn01", "count.sh"),
    "steps": ("--nodelist=vn01", "steps.sh"),
    "pair": (f"--nodelist={NODES}", "pair.sh"),
    "brief": ("--nodelist=vn01", "brief.sh"),
}
# srun is nearly always about to start a step, or about to end one
BRIEF = """#!/bin/bash
#SBATCH --job-name=brief --ntasks=1
set -e
until [ "$(cat finish)" = yes ]; do
    srun --ntasks=1 true
    echo >>brief.txt
done
"""


def rounds(count: int = ROUNDS) -> str:
    """The closing line; Broken, with what the job and Slurm said of it, when a job is lost."""
    with served(NODES):
        spillway("up", NODES)
        play = _Play()
        for number in range(1, count + 1):
            print(f"round {number:3}  {play.away(AWAY[number % len(AWAY)])}", flush=True)
        play.finish()
    return f"rounds: {count} absences of {len(JOBS)} jobs, 0 lost"


class _Play:
    def __init__(self) -> None:
        self.home = f"{HOME}/rounds-{time.time_ns()}"
        self._alice("mkdir", "-p", self.home)
        scripts = {file.name: file.read_text(encoding="utf-8") for file in CHAIN.iterdir()} | {"brief.sh": BRIEF}
        for name, text in scripts.items():
            self._alice("tee", f"{self.home}/{name}", stdin=text)
            self._alice("chmod", "+x", f"{self.home}/{name}")
        self._alice("tee", f"{self.home}/finish", stdin="no\n")
        self.jobs = {name: self._submit(name, *words) for name, words in JOBS.items()}
        eventually("all jobs write", lambda: all(self._lines().values()), 120)

    def _alice(self, *command: str, **more) -> str:
        return on("ctl", "runuser", "-u", "alice", "--", *command, **more)

    def _submit(self, name: str, where: str, script: str) -> str:
        words = ["sbatch", "--parsable", f"--chdir={self.home}", f"--output={name}.out", where]
        return self._alice(*words, f"{self.home}/{script}").strip()

    def _lines(self) -> dict[str, int]:
        files = ["count.txt", "steps.txt", "pair-vn01.txt", "pair-vn02.txt", "brief.txt"]
        return {file: len(on("ctl", "cat", f"{self.home}/{file}", check=False).splitlines()) for file in files}

    def away(self, seconds: float) -> str:
        """One absence; how many lines each file has after it."""
        began = time.monotonic()
        there = other_host(spillway("checkpoint", "vn01")["nodes"][0]["host"])
        self._must_be("SUSPENDED")
        before = self._lines()
        time.sleep(seconds)
        spillway("restore", "vn01", "--host", there)
        eventually("all jobs write on, or one is over", lambda: self._over() or self._grew(before), 120)
        self._must_be("RUNNING")
        return f"{time.monotonic() - began:5.1f} s  to {there}  {self._lines()}"

    def _grew(self, before: dict[str, int]) -> bool:
        return all(lines > before[file] for file, lines in self._lines().items())

    def _over(self) -> list[str]:
        return [name for name, number in self.jobs.items() if job(number)["JobState"] not in ("RUNNING", "SUSPENDED")]

    def _must_be(self, state: str) -> None:
        try:
            must_be(self.jobs, state, self.home)
        except Broken:
            self._tell()
            raise

    def _tell(self) -> None:
        """What the systems said of it, before all of it is taken down."""
        print(on("ctl", "tail", "-n", "60", "/var/log/slurm/slurmctld.log", check=False))
        print(guest("vn01", "tail", "-n", "60", "/var/log/slurm/slurmd.log", check=False))
        print(guest("vn01", "dmesg", check=False)[-3000:], flush=True)

    def finish(self) -> None:
        self._alice("tee", f"{self.home}/finish", stdin="yes\n")
        end = time.monotonic() + 90
        for number in self.jobs.values():
            must_complete(number, end - time.monotonic())
