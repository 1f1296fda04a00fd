"""From the end of a job in Slurm to the step that it causes."""

from __future__ import annotations

import re
import statistics
import time

from onlab.lab import Broken, Job, Order, eventually, on, served

NODES = ["vn02", "vn03", "vn04", "vn05"]

# Without events a node is looked at each 30 s: half of that on average.
FULL_LOOK = 15.0


def react() -> list[str]:
    """Nodes that are to go wait for their jobs; the jobs are cancelled one after the other.

    Timed by the machine's own clock from just before slurmctld is asked to the daemon's line of its next step; between
    them lie the job's end, slurmctld's hook, the extension's engine, Salt's bus, the daemon's second of calm, and its
    look at Slurm.
    """
    seconds = []
    with served(",".join(NODES)) as daemon:
        Order("up", ",".join(NODES)).must(900)
        jobs = [Job(node) for node in NODES]
        down = Order("down", ",".join(NODES))
        try:
            for job in jobs:
                if not daemon.log.until(rf"{job.node} to be ABSENT: .*wait JOBS", 60):
                    raise Broken(f"{job.node} does not wait for its job")
            time.sleep(30)  # as one that waits long
            for job in jobs:
                step = re.compile(rf"{job.node} to be ABSENT: .*step ")
                before = float(on("ctl", "sh", "-c", f"date +%s.%N; scancel {job.number}").split()[0])

                def told(since: float = before, step: re.Pattern = step) -> list[float]:
                    return [when for when, line in daemon.log.timed() if when >= since and step.search(line)]

                seconds.append(eventually("the next step", told)[0] - before)
                print(f"event to step: {seconds[-1]:.2f} s", flush=True)
            down.must(300)
        finally:
            down.end()
    middle = statistics.median(seconds)
    return [
        f"figure: event-to-step = {middle:.2f} s, baseline {FULL_LOOK:.2f}, ratio {middle / FULL_LOOK:.3f}",
        f"figure: event-to-step-longest = {max(seconds):.2f} s, baseline {FULL_LOOK:.2f},"
        f" ratio {max(seconds) / FULL_LOOK:.3f}",
    ]
