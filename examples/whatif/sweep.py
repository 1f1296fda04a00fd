#!/usr/bin/env python3
"""A sweep as a Slurm job array, on the lab's own cluster: user alice submits the batch script that spillway writes.

The nodes have no Java, and need none: a runtime image (jlink) with the command goes into alice's home, which all nodes
share. The parts are joined and compared, to the last byte, with the same sweep in one process. Ends

    sweep: N of N parts, equal to the one in-process

Exit code 0 if so, 1 otherwise with what was seen instead.

usage: sweep.py
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TREE / "integration-tests"))

from onlab.lab import ENTRY, Broken, eventually, on, run  # noqa: E402

HOME = "/home/alice/sweep"
PARTS = f"{HOME}/parts"
SPILLWAY = f"{HOME}/spillway/bin/spillway"
# a small machine has room for the JVM beside the lab: no big compiler, little heap
ENVIRONMENT = {"JAVA_HOME": f"{HOME}/java", "SPILLWAY_JAVA_OPTS": "-Xmx192m -XX:TieredStopAtLevel=1"}
MODULES = "java.se,jdk.unsupported,jdk.crypto.ec"
SWEEP = (
    "simulate --generate 300 --site 50x8 --htc 0.2 --policies kill,checkpoint"
    " --sweep load=0.5,0.7 --sweep reclaim=15m,1h --seeds 3"
)


def as_alice(command: str, timeout: float = 300) -> str:
    words = " ".join(f"{name}={shlex.quote(value)}" for name, value in ENVIRONMENT.items())
    script = f"cd /home/alice && export {words} && {command}"
    return on("ctl", "runuser", "-u", "alice", "--", "sh", "-c", script, timeout=timeout)


def install() -> None:
    """The command with a Java of its own, in the home that the nodes share."""
    java = Path(os.environ.get("JAVA_HOME") or Path(shutil.which("javac") or "").resolve().parents[1])
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder) / "java"
        link = [str(java / "bin" / "jlink"), "--add-modules", MODULES, "--strip-java-debug-attributes"]
        run(*link, "--no-header-files", "--no-man-pages", "--output", str(image), timeout=300)
        command = Path(folder) / "spillway"
        (command / "bin").mkdir(parents=True)
        shutil.copy(TREE / "daemon" / "bin" / "spillway", command / "bin")
        shutil.copytree(TREE / "daemon" / "target" / "lib", command / "target" / "lib")
        shutil.copy(TREE / "daemon" / "target" / "spillway-daemon.jar", command / "target")
        on("ctl", "runuser", "-u", "alice", "--", "sh", "-c", f"rm -rf {HOME} && mkdir -p {HOME}")
        pack = subprocess.Popen(["tar", "-c", "-C", folder, "."], stdout=subprocess.PIPE)
        unpack = [str(ENTRY), "sh", "ctl", "runuser", "-u", "alice", "--", "tar", "-x", "-C", HOME]
        done = subprocess.run(unpack, stdin=pack.stdout, capture_output=True, text=True, timeout=300, check=False)
        if pack.wait() != 0 or done.returncode != 0:
            raise Broken(f"the runtime image did not get into {HOME}: {done.stderr.strip()}")


def play() -> int:
    """How many parts there were; Broken unless they are all there and say what one process says."""
    told = as_alice(f"{SPILLWAY} {SWEEP} --array {PARTS} --at-once 2")
    print(told.strip())
    number = as_alice(f"sbatch --parsable --partition=all {PARTS}/sweep.sbatch").strip()
    print(f"job array {number}")
    eventually(f"the end of job array {number}", lambda: not left(number), 900)
    print(as_alice(f"cat {PARTS}/task-*.log").strip() or "no task had anything to say")
    joined = as_alice(f"{SPILLWAY} simulate --gather {PARTS} --json")
    alone = as_alice(f"{SPILLWAY} {SWEEP} --json")
    if joined != alone:
        raise Broken(f"the joined parts are not the report of one process: {PARTS}")
    print(as_alice(f"{SPILLWAY} simulate --gather {PARTS}").strip())
    return int(re.search(r"(\d+) parts", told)[1])


def left(number: str) -> str:
    return on("ctl", "squeue", "--noheader", f"--jobs={number}", check=False).strip()


def main(words: list[str]) -> int:
    if words:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        install()
        parts = play()
    except Broken as cause:
        print(f"sweep: broken: {cause}")
        return 1
    print(f"sweep: {parts} of {parts} parts, equal to the one in-process")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
