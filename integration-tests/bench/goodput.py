"""What is left of the CPU time that jobs spend on a node that is wanted back again and again.

A job of three times T of CPU runs on a virtual node that is evicted each time it has run for T, for ten times T: by
checkpoint and restore, and, beside it, by killing and requeueing. Useful is the CPU time of jobs that COMPLETED.
"""

from __future__ import annotations

import math
import os
import time

from onlab.jobs import job, submit
from onlab.lab import HOME, Broken, eventually, guest, on, served, spillway

NODE = "vn01"
SECONDS = int(os.environ.get("GOODPUT_SECONDS", "60"))  # T
LENGTH, WINDOW, BASELINE = 3, 10, 3  # in T
PAUSE = 10  # seconds away

# A line for each second of its own CPU time, written at once, and what it took in all at the end.
WORK = """perl -e '
sub say_ { open F, ">>", "{file}" or die; print F @_, "\\n"; close F or die }
say_("start");
$n = 0;
while ($n < {length}) {
    $x += $_ for 1..20000;
    ($user, $system) = times;
    say_(++$n) while $n < {length} and $user + $system >= $n + 1;
}
($user, $system) = times;
say_("spent ", $user + $system);
'"""


class Work:
    """A job of so much CPU time on the node, and what it wrote."""

    def __init__(self) -> None:
        self.file = f"{HOME}/goodput-{time.time_ns()}"
        script = WORK.replace("{file}", self.file).replace("{length}", str(LENGTH * SECONDS))
        self.number = submit(f"--nodelist={NODE}", "--requeue", script=script)
        self.runs()

    def state(self) -> str:
        return eventually(f"an answer about job {self.number}", lambda: job(self.number).get("JobState"), 60)

    def runs(self) -> None:
        eventually(f"job {self.number} runs", lambda: self.state() in ("RUNNING", "COMPLETED"), 300)

    def runs_for(self, seconds: float) -> bool:
        """Lets it run; whether it still does."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.state() == "RUNNING":
            time.sleep(1)
        if self.state() == "RUNNING":
            return True
        self.ends(60)
        return False

    def ends(self, seconds: float) -> None:
        eventually(f"the end of job {self.number}", lambda: self.state() not in ("RUNNING", "COMPLETING"), seconds)

    def attempts(self) -> list[list[str]]:
        """What each of its attempts wrote."""
        tries: list[list[str]] = []
        for line in on("ctl", "cat", self.file, check=False).splitlines():
            tries.append([]) if line == "start" else tries[-1].append(line)
        return tries

    def useful(self) -> int:
        """Seconds of CPU whose work is kept; Broken unless it COMPLETED at its first attempt without a gap."""
        seen = job(self.number)
        if (seen.get("JobState"), seen.get("ExitCode"), seen.get("Restarts")) != ("COMPLETED", "0:0", "0"):
            raise Broken(f"job {self.number} ended {seen.get('JobState')} {seen.get('ExitCode')}")
        (lines,) = self.attempts()
        if lines[:-1] != [str(number) for number in range(1, LENGTH * SECONDS + 1)]:
            raise Broken(f"job {self.number} has a gap in its lines, {len(lines)} of them")
        return LENGTH * SECONDS

    def spent(self) -> float:
        """Seconds of CPU in all attempts, in whole seconds those that were killed."""
        last = [lines[-1] for lines in self.attempts() if lines]
        return sum(float(line.removeprefix("spent ")) for line in last)


def busy() -> float:
    """Seconds of CPU that all of the node has spent since it booted: the job, slurmd, the minion, the kernel."""
    user, nice, system, _, _, irq, softirq = map(int, guest(NODE, "head", "-n1", "/proc/stat").split()[1:8])
    return (user + nice + system + irq + softirq) / int(guest(NODE, "getconf", "CLK_TCK"))


def ours() -> tuple[float, float, float]:
    """Useful CPU, what the jobs spent, and what all of the node spent."""
    before = busy()
    end = time.monotonic() + WINDOW * SECONDS
    works, evictions = [Work()], 0
    while time.monotonic() < end:
        if not works[-1].runs_for(SECONDS):
            works[-1].useful()
            print(f"job {works[-1].number} has COMPLETED after {evictions} evictions in all", flush=True)
            if time.monotonic() < end:
                works.append(Work())
            continue
        spillway("checkpoint", NODE)
        time.sleep(PAUSE)
        spillway("restore", NODE)
        evictions += 1
        works[-1].runs()
    works[-1].ends(10 * LENGTH * SECONDS)
    useful = sum(work.useful() for work in works)
    spent = sum(work.spent() for work in works)
    everything = busy() - before
    print(
        f"checkpoint: {evictions} evictions, {len(works)} jobs COMPLETED, {useful} s of CPU useful, {spent:.1f} s "
        f"spent by the jobs, {everything:.1f} s by all of the node",
        flush=True,
    )
    return useful, spent, everything


def requeued() -> tuple[float, float]:
    """Useful CPU, and what the job spent, where each eviction kills it and Slurm starts it anew."""
    end = time.monotonic() + BASELINE * SECONDS
    work, evictions = Work(), 0
    try:
        while time.monotonic() < end:
            if work.runs_for(min(SECONDS, max(1.0, end - time.monotonic()))) and time.monotonic() < end:
                on("ctl", "scontrol", "requeue", work.number)
                evictions += 1
                eventually(f"job {work.number} was killed", lambda: work.state() == "PENDING", 60)
                eventually(
                    f"job {work.number} runs anew", lambda: work.state() == "RUNNING" or time.monotonic() > end, 600
                )
        useful = work.useful() if work.state() == "COMPLETED" else 0
    finally:
        on("ctl", "scancel", work.number)
    print(
        f"requeue: {evictions} evictions in {BASELINE} T only (no attempt is longer than T, so none ever completes): "
        f"{useful} s of CPU useful, {work.spent():.1f} s spent",
        flush=True,
    )
    return useful, work.spent()


def goodput() -> list[str]:
    """Plays both; returns the figures."""
    on("ctl", "runuser", "-u", "alice", "--", "mkdir", "-p", HOME)
    print(f"T is {SECONDS} s, a job is {LENGTH} T of CPU, evictions for {WINDOW} T, {PAUSE} s away each", flush=True)
    with served(NODE):
        spillway("up", NODE)
        useful, spent, everything = ours()
        kept, lost = requeued()
    base = 100 * kept / lost
    figures = []
    for label, value in (("goodput", 100 * useful / spent), ("goodput-of-the-node", 100 * useful / everything)):
        ratio = value / base if base else math.inf
        figures.append(f"figure: {label} = {value:.1f} %, baseline {base:.1f}, ratio {ratio:.2f}")
    return figures
