"""Jobs of the lab's user, as Slurm tells of them."""

from __future__ import annotations

import re

from onlab.lab import Broken, eventually, on


def submit(*words: str, script: str = "sleep 5") -> str:
    command = ["sbatch", "--parsable", "--chdir=/home/alice", "--output=/dev/null", *words, f"--wrap={script}"]
    return on("ctl", "runuser", "-u", "alice", "--", *command).strip()


def job(number: str) -> dict[str, str]:
    return dict(re.findall(r"(\w+)=(\S*)", on("ctl", "scontrol", "--oneliner", "show", "job", number, check=False)))


def must_complete(number: str, seconds: float, restarts: str = "0") -> None:
    over = {"COMPLETED", "FAILED", "CANCELLED", "NODE_FAIL", "TIMEOUT"}
    eventually(f"the end of job {number}", lambda: job(number).get("JobState") in over, seconds)
    end = job(number)
    if (end["JobState"], end["ExitCode"], end["Restarts"]) != ("COMPLETED", "0:0", restarts):
        raise Broken(f"job {number} ended {end['JobState']} {end['ExitCode']}, restarts {end['Restarts']}")
