"""Jobs of the lab's user, as Slurm tells of them."""

from __future__ import annotations

import re
import time

from onlab.lab import Broken, eventually, on


def submit(*words: str, script: str = "sleep 5") -> str:
    command = ["sbatch", "--parsable", "--chdir=/home/alice", "--output=/dev/null", *words, f"--wrap={script}"]
    return on("ctl", "runuser", "-u", "alice", "--", *command).strip()


def job(number: str) -> dict[str, str]:
    return dict(re.findall(r"(\w+)=(\S*)", on("ctl", "scontrol", "--oneliner", "show", "job", number, check=False)))


def completes(number: str, seconds: float) -> bool:
    """Whether it ends well in that time."""
    try:
        must_complete(number, seconds)
    except Broken:
        return False
    return True


def must_complete(number: str, seconds: float, restarts: str = "0") -> None:
    over = {"COMPLETED", "FAILED", "CANCELLED", "NODE_FAIL", "TIMEOUT"}
    eventually(f"the end of job {number}", lambda: job(number).get("JobState") in over, seconds)
    end = job(number)
    if (end["JobState"], end["ExitCode"], end["Restarts"]) != ("COMPLETED", "0:0", restarts):
        raise Broken(f"job {number} ended {end['JobState']} {end['ExitCode']}, restarts {end['Restarts']}")


def must_be(jobs: dict[str, str], state: str, folder: str) -> None:
    """Broken, with what the job itself said, unless all are in that state and none was restarted.

    ``jobs``: numbers by name; each writes NAME.out into the folder.
    """
    for name, number in jobs.items():
        seen = job(number)
        if (seen["JobState"], seen["Restarts"]) != (state, "0"):
            said = " / ".join(on("ctl", "tail", "-n", "5", f"{folder}/{name}.out", check=False).splitlines())
            raise Broken(
                f"job {number} ({name}) is {seen['JobState']} {seen['ExitCode']}, restarts {seen['Restarts']},"
                f" not {state}; it said: {said}"
            )


def must_srun(nodes: list[str]) -> None:
    """srun from the login side runs on all of them."""
    words = [
        "srun",
        "--immediate=60",
        "--chdir=/",
        f"--nodes={len(nodes)}",
        f"--nodelist={','.join(nodes)}",
        "hostname",
    ]
    seen = on("ctl", "timeout", "90", "runuser", "-u", "alice", "--", *words, check=False).split()
    if sorted(seen) != sorted(nodes):
        raise Broken(f"srun over {', '.join(nodes)} ran on {', '.join(sorted(seen)) or 'none'}")


def must_srun_inside(nodes: list[str]) -> None:
    """A batch job on these nodes starts a step on all of them, and ends well."""
    file = f"/home/alice/inner-{time.time_ns()}"
    words = [f"--nodes={len(nodes)}", f"--nodelist={','.join(nodes)}"]
    number = submit(*words, script=f"timeout 60 srun hostname >{file}")
    must_complete(number, 120)
    seen = on("ctl", "cat", file).split()
    on("ctl", "rm", file)
    if sorted(seen) != sorted(nodes):
        raise Broken(f"srun inside job {number} ran on {', '.join(sorted(seen)) or 'none'}, not {', '.join(nodes)}")
